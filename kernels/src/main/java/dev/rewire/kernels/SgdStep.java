package dev.rewire.kernels;

import dev.rewire.kernels.internal.ElementwiseKernels;
import java.lang.foreign.MemorySegment;

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
        matrices.forEachPart(loop(matrices));
    }

    /** The update of a part; weights, gradient and velocity are the first operands. */
    Trained.Loop loop(Trained matrices) {
        ElementwiseKernels kernels = Providers.active().elementwise();
        MemorySegment w = matrices.values(0);
        MemorySegment dw = matrices.values(1);
        if (momentum == 0) {
            return (from, to) -> kernels.descend(w, dw, from, to, rate, decay);
        }
        MemorySegment velocity = matrices.values(2);
        return (from, to) -> kernels.sgd(w, dw, velocity, from, to, rate, momentum, nesterov, decay);
    }
}
