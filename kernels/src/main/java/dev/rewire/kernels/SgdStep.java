package dev.rewire.kernels;

import dev.rewire.kernels.internal.ElementwiseKernels;

/** A step of stochastic gradient descent, as {@link Updates} describes it. */
record SgdStep(float rate, float momentum, boolean nesterov, float decay) {
    static SgdStep of(boolean hasVelocity, float rate, float momentum, boolean nesterov, float decay) {
        Check.finite("rate", rate);
        Check.belowOne("momentum", momentum);
        Check.decay("decay", decay);
        if (hasVelocity != momentum > 0) {
            throw new IllegalArgumentException("velocity: " + (hasVelocity ? "given" : "null") + " with momentum "
                    + momentum + "; accepted is null with momentum 0, and a matrix otherwise");
        }
        return new SgdStep(rate, momentum, nesterov, decay);
    }

    void run(Trained matrices) {
        matrices.update(step());
    }

    /** On weights, gradient and, with momentum, velocity. */
    Trained.Step step() {
        ElementwiseKernels kernels = Providers.active().elementwise();
        if (momentum == 0) {
            return (all, from, to) -> kernels.descend(all[0], all[1], from, to, rate, decay);
        }
        return (all, from, to) -> kernels.sgd(all[0], all[1], all[2], from, to, rate, momentum, nesterov, decay);
    }
}
