package dev.rewire.kernels;

import dev.rewire.kernels.internal.ElementwiseKernels;

/** A step of Adam, as {@link Updates} describes it. */
record AdamStep(long number, Updates.Adam settings, float rate) {
    AdamStep {
        if (number < 1) {
            throw new IllegalArgumentException("step: " + number + " is out of range; accepted are numbers from 1");
        }
        Check.finite("rate", rate);
    }

    void run(Trained matrices) {
        matrices.update(step());
    }

    /** On weights, gradient and both moments. */
    Trained.Step step() {
        float correction1 = (float) (1 / (1 - Math.pow(settings.beta1(), (double) number)));
        float correction2 = (float) (1 / (1 - Math.pow(settings.beta2(), (double) number)));
        ElementwiseKernels kernels = Providers.active().elementwise();
        return (all, from, to) -> kernels.adam(
                all[0],
                all[1],
                all[2],
                all[3],
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
