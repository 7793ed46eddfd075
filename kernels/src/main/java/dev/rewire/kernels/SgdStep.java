package dev.rewire.kernels;

import dev.rewire.kernels.internal.ElementwiseKernels;
import dev.rewire.kernels.internal.scalar.Idle;
import java.lang.foreign.MemorySegment;

/** A step of stochastic gradient descent on weights, gradient and, with momentum, velocity, as {@link Updates} describes it. Used again by later ones, so that only first ones allocate. */
final class SgdStep implements Trained.Step {
    private static final Idle<SgdStep> IDLE = new Idle<>(SgdStep::new);

    private final ElementwiseKernels kernels = Providers.active().elementwise();
    private float rate;
    private float momentum;
    private boolean nesterov;
    private float decay;

    private SgdStep() {}

    static SgdStep of(boolean hasVelocity, float rate, float momentum, boolean nesterov, float decay) {
        Check.finite("rate", rate);
        Check.belowOne("momentum", momentum);
        Check.decay("decay", decay);
        if (hasVelocity != momentum > 0) {
            throw new IllegalArgumentException("velocity: " + (hasVelocity ? "given" : "null") + " with momentum "
                    + momentum + "; accepted is null with momentum 0, and a matrix otherwise");
        }
        SgdStep step = IDLE.take();
        step.rate = rate;
        step.momentum = momentum;
        step.nesterov = nesterov;
        step.decay = decay;
        return step;
    }

    /** Takes the step, and leaves this one to others. */
    void run(Trained matrices) {
        matrices.update(this);
        IDLE.give(this);
    }

    @Override
    public void run(MemorySegment[] all, long from, long to) {
        if (momentum == 0) {
            kernels.descend(all[0], all[1], from, to, rate, decay);
        } else {
            kernels.sgd(all[0], all[1], all[2], from, to, rate, momentum, nesterov, decay);
        }
    }
}
