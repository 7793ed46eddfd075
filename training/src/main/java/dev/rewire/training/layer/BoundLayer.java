package dev.rewire.training.layer;

import dev.rewire.kernels.PanelMatrix;

/** A layer on memory of its own, for a batch: its part of the forward and of the backward pass. */
public interface BoundLayer {
    /**
     * What it puts out.
     *
     * @return values, and the gradient from which {@link #backward} starts
     */
    Activations output();

    /**
     * Computes the output.
     *
     * @param step number of the step, from 0, of which random numbers are a function
     * @param training whether the network learns from the batch, or is evaluated: BatchNorm and Dropout make a difference
     */
    void forward(long step, boolean training);

    /**
     * Computes the gradient of the input, if anybody asks for it, and those of the parameters, from that of the output, which stays as it is; after {@link #forward} with training.
     *
     * @param parameters whether those of the parameters are wanted, too
     */
    void backward(boolean parameters);

    /**
     * Asks to add something to each output from now on, which costs less here than in a pass of its own. The gradient stays that of the output, which is that of both terms.
     *
     * @param addend of the shape of the output, computed before {@link #forward}
     * @param relu whether what is negative then becomes 0
     * @return whether it does; false, and nothing changes, if it cannot
     */
    default boolean adds(PanelMatrix addend, boolean relu) {
        return false;
    }

    /**
     * Asks to add something to each gradient of the input from now on, which costs less here than in a pass of its own.
     *
     * @param addend of the shape of the input, computed before {@link #backward}
     * @return whether it does; false, and nothing changes, if it cannot
     */
    default boolean addsToGradient(PanelMatrix addend) {
        return false;
    }

    /**
     * How it computes.
     *
     * @return a line for people
     */
    default String plan() {
        return "";
    }
}
