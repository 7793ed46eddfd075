/**
 * Sparse matrix formats and their products, off-heap, on the JDK alone. A first product, all of it:
 *
 * {@snippet :
 * package example;
 *
 * import dev.rewire.kernels.BlockPattern;
 * import dev.rewire.kernels.BlockSparseMatrix;
 * import dev.rewire.kernels.DenseMatrix;
 * import dev.rewire.kernels.Epilogue;
 * import dev.rewire.kernels.KernelArena;
 * import dev.rewire.kernels.Layout;
 * import dev.rewire.kernels.SpmmPlan;
 * import dev.rewire.kernels.Workers;
 * import java.util.Arrays;
 *
 * public final class Multiply {
 *     public static void main(String[] args) {
 *         try (KernelArena arena = KernelArena.open();
 *                 Workers workers = Workers.of(2)) {
 *             // 4 outputs, 4 inputs: the blocks of 2×2 at the upper left and at the lower right
 *             BlockPattern pattern = BlockPattern.of(4, 4, 2, 2, new int[] {0, 1, 2}, new int[] {0, 1});
 *             BlockSparseMatrix w = BlockSparseMatrix.of(arena, pattern, new float[] {1, 2, 3, 4, 5, 6, 7, 8});
 *
 *             // A batch of 3 samples; a plan is made once and runs as often as you like
 *             DenseMatrix x = DenseMatrix.copyOf(arena, new float[][] {{1, 0, 0, 0}, {0, 0, 0, 1}, {1, 1, -1, -1}});
 *             DenseMatrix y = DenseMatrix.allocate(arena, 3, 4);
 *             try (SpmmPlan plan = SpmmPlan.forward(arena, w, 3, Layout.ROW_MAJOR, Epilogue.NONE.withRelu(), workers)) {
 *                 plan.run(x, y); // y = relu(x·wᵀ)
 *             }
 *             System.out.println(Arrays.deepToString(y.toRows()));
 *         }
 *     }
 * }
 * }
 *
 * <p>It prints {@code [[1.0, 3.0, 0.0, 0.0], [0.0, 0.0, 6.0, 8.0], [3.0, 7.0, 0.0, 0.0]]}. The JVM needs
 * {@code --add-modules jdk.incubator.vector}; without, it computes the same on slower kernels and says so once. Native access
 * ({@code --enable-native-access=dev.rewire.kernels}, on the class path {@code ALL-UNNAMED}) spares the JVM's own warning.
 *
 * <p>{@link dev.rewire.kernels} has matrices and products, {@link dev.rewire.kernels.arrays} and {@link dev.rewire.kernels.io} the ways in and
 * out, {@link dev.rewire.kernels.prune} makes dense matrices sparse, {@link dev.rewire.kernels.probe} says what this machine offers.
 */
module dev.rewire.kernels {
    exports dev.rewire.kernels;
    exports dev.rewire.kernels.arrays;
    exports dev.rewire.kernels.io;
    exports dev.rewire.kernels.measure;
    exports dev.rewire.kernels.panel;
    exports dev.rewire.kernels.probe;
    exports dev.rewire.kernels.prune;

    // These are needed to compile and may be absent at run time: without the Vector API the scalar kernels run.
    requires static jdk.incubator.vector;
    // The flags of the JVM; without it the probe asks otherwise.
    requires static jdk.management;
    requires static transitive org.jspecify;
}
