package example;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.Epilogue;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.SpmmPlan;
import dev.rewire.kernels.Workers;
import java.util.Arrays;

public final class Multiply {
    public static void main(String[] args) {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(2)) {
            // 4 outputs, 4 inputs: the blocks of 2×2 at the upper left and at the lower right
            BlockPattern pattern = BlockPattern.of(4, 4, 2, 2, new int[] {0, 1, 2}, new int[] {0, 1});
            BlockSparseMatrix w = BlockSparseMatrix.of(arena, pattern, new float[] {1, 2, 3, 4, 5, 6, 7, 8});

            // A batch of 3 samples; a plan is made once and runs as often as you like
            DenseMatrix x = DenseMatrix.copyOf(arena, new float[][] {{1, 0, 0, 0}, {0, 0, 0, 1}, {1, 1, -1, -1}});
            DenseMatrix y = DenseMatrix.allocate(arena, 3, 4);
            try (SpmmPlan plan = SpmmPlan.forward(arena, w, 3, Layout.ROW_MAJOR, Epilogue.NONE.withRelu(), workers)) {
                plan.run(x, y); // y = relu(x·wᵀ)
            }
            System.out.println(Arrays.deepToString(y.toRows()));
        }
    }
}
