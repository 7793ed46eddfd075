package dev.rewire.training.rewiring;

import dev.rewire.kernels.BlockNorms;
import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.training.parameter.Cells;
import dev.rewire.training.parameter.GradientScores;
import java.util.Arrays;

/** The gradient of a layer's weights at a few places, which are others each time. */
final class SampledGradient {
    private final BlockSparseMatrix gradient;
    private final GradientScores.At product;

    /**
     * Prepares the product.
     *
     * @param arena where memory comes from
     * @param grid shape and blocks of the weights
     * @param scores the layer's
     * @param most places at a time, at most as many as there are
     */
    SampledGradient(KernelArena arena, BlockPattern grid, GradientScores scores, int most) {
        int[] cells = new int[most];
        long all = Cells.count(grid);
        // As spread out as those to come, for the kernels may look at how many a row has.
        Arrays.setAll(cells, i -> (int) (i * all / most));
        gradient = BlockSparseMatrix.allocate(arena, pattern(grid, cells));
        product = scores.at(arena, gradient, false);
        product.run(); // compiles its kernels, which is no cost of the first rewiring
    }

    private static BlockPattern pattern(BlockPattern grid, int[] cells) {
        return Cells.pattern(grid.rows(), grid.cols(), grid.blockRows(), grid.blockCols(), cells);
    }

    /**
     * Computes it.
     *
     * @param cells places, ascending and distinct
     * @return the L1 norm at each
     */
    float[] norms(int[] cells) {
        gradient.rewire(pattern(gradient.pattern(), cells));
        product.replan();
        product.run();
        float[] norms = new float[cells.length];
        BlockNorms.l1(gradient, norms);
        return norms;
    }
}
