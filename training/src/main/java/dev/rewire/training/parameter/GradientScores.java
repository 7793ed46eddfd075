package dev.rewire.training.parameter;

import dev.rewire.kernels.BlockPattern;
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
