package dev.rewire.training.parameter;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.DenseGradient;
import dev.rewire.kernels.KernelArena;

/** Scores the places of a layer's weights, stored or not, by the gradient of the loss: what a growing network asks a layer. */
public interface GradientScores {
    /**
     * Prepares to score.
     *
     * @param arena where scratch comes from
     * @param grid the shape of the weights and the blocks whose L1 norms are the scores
     * @return what scores, by the input and the gradient of the output that the layer has at that time
     */
    Pass prepare(KernelArena arena, BlockPattern grid);

    /**
     * Prepares to compute the gradient at some places, which costs what the products with as many weights do.
     *
     * @param arena where scratch comes from
     * @param gradient takes it; out × in, at the places of its pattern
     * @param accumulate whether it is added to what is there
     * @return what computes it, by the input and the gradient of the output that the layer has at that time
     * @throws UnsupportedOperationException if the layer knows no gradient but its scores
     */
    default At at(KernelArena arena, BlockSparseMatrix gradient, boolean accumulate) {
        throw new UnsupportedOperationException(
                "gradients: of this layer there are scores of all places alone; accepted are layers whose GradientScores have at");
    }

    /**
     * All places, in blocks that the products of the layer like best.
     *
     * @param grid the shape of the weights
     * @return a full pattern
     */
    default BlockPattern everywhere(BlockPattern grid) {
        return BlockPattern.full(grid.rows(), grid.cols(), 16, 16);
    }

    /** The gradient at some places. */
    interface At {
        /** Computes it. */
        void run();

        /** Prepares for the pattern that the gradient has now; after it was rewired. */
        void replan();
    }

    /** A look at all places. */
    @FunctionalInterface
    interface Pass {
        /**
         * Scores all places.
         *
         * @param rows takes the scores, one row of blocks after the other
         */
        void run(DenseGradient.RowSink rows);
    }
}
