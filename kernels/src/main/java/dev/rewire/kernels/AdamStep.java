package dev.rewire.kernels;

import dev.rewire.kernels.internal.ElementwiseKernels;
import dev.rewire.kernels.internal.scalar.Idle;
import java.lang.foreign.MemorySegment;

/** A step of Adam on weights, gradient and both moments, as {@link Updates} describes it. Used again by later ones, so that only first ones allocate. */
final class AdamStep implements Trained.Step {
    private static final Idle<AdamStep> IDLE = new Idle<>(AdamStep::new);

    private final ElementwiseKernels kernels = Providers.active().elementwise();
    private float rate;
    private float beta1;
    private float beta2;
    private float epsilon;
    private float correction1;
    private float correction2;
    private float l2;
    private float decay;

    private AdamStep() {}

    static AdamStep of(long number, Updates.Adam settings, float rate) {
        if (number < 1) {
            throw new IllegalArgumentException("step: " + number + " is out of range; accepted are numbers from 1");
        }
        Check.finite("rate", rate);
        AdamStep step = IDLE.take();
        step.rate = rate;
        step.beta1 = settings.beta1();
        step.beta2 = settings.beta2();
        step.epsilon = settings.epsilon();
        step.correction1 = (float) (1 / (1 - Math.pow(settings.beta1(), (double) number)));
        step.correction2 = (float) (1 / (1 - Math.pow(settings.beta2(), (double) number)));
        step.l2 = settings.l2();
        step.decay = settings.decay();
        return step;
    }

    /** Takes the step, and leaves this one to others. */
    void run(Trained matrices) {
        matrices.update(this);
        IDLE.give(this);
    }

    @Override
    public void run(MemorySegment[] all, long from, long to) {
        kernels.adam(
                all[0],
                all[1],
                all[2],
                all[3],
                from,
                to,
                rate,
                beta1,
                beta2,
                epsilon,
                correction1,
                correction2,
                l2,
                decay);
    }
}
