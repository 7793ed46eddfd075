package dev.rewire.kernels;

import dev.rewire.kernels.internal.ElementwiseKernels;
import java.lang.foreign.MemorySegment;

/** A step of Adam, as {@link Updates} describes it. */
record AdamStep(long step, Updates.Adam settings, float rate) {
    AdamStep {
        if (step < 1) {
            throw new IllegalArgumentException("step: " + step + " is out of range; accepted are numbers from 1");
        }
        Check.finite("rate", rate);
    }

    void run(Trained matrices) {
        matrices.forEachPart(loop(matrices));
    }

    /** The update of a part; weights, gradient and both moments are the first operands. */
    Trained.Loop loop(Trained matrices) {
        float correction1 = (float) (1 / (1 - Math.pow(settings.beta1(), (double) step)));
        float correction2 = (float) (1 / (1 - Math.pow(settings.beta2(), (double) step)));
        ElementwiseKernels kernels = Providers.active().elementwise();
        MemorySegment w = matrices.values(0);
        MemorySegment dw = matrices.values(1);
        MemorySegment first = matrices.values(2);
        MemorySegment second = matrices.values(3);
        return (from, to) -> kernels.adam(
                w,
                dw,
                first,
                second,
                from,
                to,
                rate,
                settings.beta1(),
                settings.beta2(),
                settings.epsilon(),
                correction1,
                correction2,
                settings.l2(),
                settings.decay());
    }
}
