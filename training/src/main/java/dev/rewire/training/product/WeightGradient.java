package dev.rewire.training.product;

import dev.rewire.kernels.SddmmPlan;

/** The product that gives the gradient of a layer's weights. */
@FunctionalInterface
interface WeightGradient {
    /** Computes it from the input and the gradient of the output as they are now. */
    void run();

    /** Follows the gradient to the pattern that it has now. */
    default void replan() {}

    /** Bytes of indices beside those of the pattern. */
    default long heldBytes() {
        return 0;
    }

    /** On the pattern of the weights. */
    static WeightGradient of(SddmmPlan plan, LayerBuffers buffers) {
        return new WeightGradient() {
            @Override
            public void run() {
                plan.run(buffers.dy(), buffers.x());
            }

            @Override
            public void replan() {
                plan.replan();
            }

            @Override
            public long heldBytes() {
                return plan.heldBytes();
            }
        };
    }
}
