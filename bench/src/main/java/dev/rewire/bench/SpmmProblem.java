package dev.rewire.bench;

import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.SemiStructuredMatrix;
import dev.rewire.kernels.SparseMatrix;
import dev.rewire.kernels.ValueType;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The operands of a measurement, the same for everyone who takes part.
 *
 * @param product which product
 * @param w sparse weights, outputs × inputs; of a product backward to the weights only the pattern counts
 * @param weights the same as Rewire multiplies them, in their format and with their type of values
 * @param x X, batch × inputs, row-major; without rows if the product does not read it
 * @param dy dY, batch × outputs, row-major; without rows if the product does not read it
 */
public record SpmmProblem(Product product, BlockSparseMatrix w, SparseMatrix weights, DenseMatrix x, DenseMatrix dy) {
    /**
     * Draws the operands.
     *
     * @param arena owns them
     * @param input the sparse matrix
     * @param settings which product, of how many samples
     * @return the operands
     */
    public static SpmmProblem draw(KernelArena arena, SparseInput input, SpmmSettings settings) {
        SplittableRandom random = new SplittableRandom(settings.seed());
        BlockSparseMatrix w = rounded(arena, input.allocate(arena, random.split()), settings.values());
        int rows = input.pattern().rows();
        int cols = input.pattern().cols();
        // What a product only writes is not drawn and takes no memory.
        boolean readsX = settings.product() != Product.BACKWARD_INPUT;
        boolean readsDy = settings.product() != Product.FORWARD;
        return new SpmmProblem(
                settings.product(),
                w,
                weights(arena, w, input.nm(), settings.values()),
                drawn(arena, readsX ? settings.batch() : 0, cols, random.split()),
                drawn(arena, readsDy ? settings.batch() : 0, rows, random.split()));
    }

    /** The values that a type stores, as floats. */
    private static BlockSparseMatrix rounded(KernelArena arena, BlockSparseMatrix w, ValueType type) {
        return type == ValueType.F32 ? w : w.convert(arena, type).convert(arena, ValueType.F32);
    }

    private static SparseMatrix weights(
            KernelArena arena, BlockSparseMatrix w, @Nullable NmPattern nm, ValueType type) {
        if (nm == null) {
            return type == ValueType.F32 ? w : w.convert(arena, type);
        }
        SemiStructuredMatrix matrix = SemiStructuredMatrix.allocate(arena, nm);
        // Kept elements have the order of 1×1 blocks.
        matrix.values().copyFrom(w.values());
        return type == ValueType.F32 ? matrix : matrix.convert(arena, type);
    }

    private static DenseMatrix drawn(KernelArena arena, int rows, int cols, RandomGenerator random) {
        DenseMatrix matrix = DenseMatrix.allocate(arena, rows, cols);
        for (int row = 0; row < rows; row++) {
            for (int col = 0; col < cols; col++) {
                matrix.set(row, col, random.nextFloat(-1, 1));
            }
        }
        return matrix;
    }

    /**
     * Samples.
     *
     * @return at least 1
     */
    public int batch() {
        return Math.max(x.rows(), dy.rows());
    }

    /**
     * Rows of W.
     *
     * @return outputs
     */
    public int outputs() {
        return w.pattern().rows();
    }

    /**
     * Columns of W.
     *
     * @return inputs
     */
    public int inputs() {
        return w.pattern().cols();
    }

    /**
     * The dense operand of a sparse-times-dense product.
     *
     * @return X or dY
     */
    public DenseMatrix input() {
        return product == Product.FORWARD ? x : dy;
    }

    /**
     * Columns of what a sparse-times-dense product writes.
     *
     * @return outputs or inputs
     */
    public int width() {
        return product == Product.FORWARD ? outputs() : inputs();
    }
}
