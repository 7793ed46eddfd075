package dev.rewire.training.rewiring;

/**
 * When a network is rewired, and which fraction of each layer is then replaced.
 *
 * <p>The network is rewired at the steps b, b + ΔT, b + 2ΔT, … below T<sub>end</sub>, b being the step at which it begins. Source: Evci et al., "Rigging the
 * lottery", 2020, algorithm 1, section 3 and, for other annealings than the cosine, its appendix. With p = (t − b)/(T<sub>end</sub> − b), the fraction starts
 * from α wherever it begins; RigL's code takes a cosine of t itself there, which starts below.
 *
 * @param annealing how the fraction falls
 * @param alpha α, the fraction at the first rewiring, above 0 and at most 1
 * @param deltaT ΔT, the steps from one rewiring to the next, at least 1
 * @param beginStep b, the step of the first rewiring, at least 0
 * @param endStep T<sub>end</sub>, the first step at which the network is rewired no more, at least 0
 */
public record DropSchedule(Annealing annealing, double alpha, long deltaT, long beginStep, long endStep) {
    /** How the dropped fraction falls with the steps. */
    public enum Annealing {
        /** f(t) = α. */
        CONSTANT,
        /** f(t) = α/2 · (1 + cos(π·p)). */
        COSINE,
        /** f(t) = α · (1 − p). */
        LINEAR,
        /** f(t) = α · (1 − p)³: what RigL's code calls exponential, and its paper inverse power, with the power 3. */
        EXPONENTIAL
    }

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public DropSchedule {
        if (!(alpha > 0 && alpha <= 1)) {
            throw new IllegalArgumentException(
                    "alpha: " + alpha + " is out of range; accepted are numbers above 0, at most 1");
        }
        if (deltaT < 1) {
            throw new IllegalArgumentException("deltaT: " + deltaT + " is out of range; accepted are 1 and more");
        }
        if (beginStep < 0) {
            throw new IllegalArgumentException("beginStep: " + beginStep + " is out of range; accepted are 0 and more");
        }
        if (endStep < 0) {
            throw new IllegalArgumentException("endStep: " + endStep + " is out of range; accepted are 0 and more");
        }
    }

    /**
     * RigL's schedule.
     *
     * @param alpha α, the fraction at step 0, above 0 and at most 1
     * @param deltaT ΔT, the steps from one rewiring to the next, at least 1
     * @param endStep T<sub>end</sub>, the first step at which the network is rewired no more, at least 0
     * @return a schedule whose fraction falls from α to 0 along half a cosine
     * @throws IllegalArgumentException if a number is out of range
     */
    public static DropSchedule cosine(double alpha, long deltaT, long endStep) {
        return new DropSchedule(Annealing.COSINE, alpha, deltaT, 0, endStep);
    }

    /**
     * SET's schedule.
     *
     * @param alpha α, the fraction at every rewiring, above 0 and at most 1
     * @param deltaT ΔT, the steps from one rewiring to the next, at least 1
     * @param endStep T<sub>end</sub>, the first step at which the network is rewired no more, at least 0
     * @return a schedule whose fraction is always α
     * @throws IllegalArgumentException if a number is out of range
     */
    public static DropSchedule constant(double alpha, long deltaT, long endStep) {
        return new DropSchedule(Annealing.CONSTANT, alpha, deltaT, 0, endStep);
    }

    /**
     * Whether the network is rewired at a step.
     *
     * @param step t, the number of steps already taken, at least 0
     * @return true if t − b is a multiple of ΔT, and t below T<sub>end</sub>
     */
    public boolean rewiresAt(long step) {
        return step >= beginStep && step < endStep && (step - beginStep) % deltaT == 0;
    }

    /**
     * When the network is rewired next.
     *
     * @param step t, the number of steps already taken, at least 0
     * @return the first step from t on that {@link #rewiresAt}, or −1 if there is none
     */
    public long nextRewiring(long step) {
        long next = step <= beginStep ? beginStep : beginStep + Math.ceilDiv(step - beginStep, deltaT) * deltaT;
        return next < endStep ? next : -1;
    }

    /**
     * How far the rewirings have come.
     *
     * @param step t, the number of steps already taken, at least 0
     * @return p, 0 at b and before, 1 from T<sub>end</sub> on
     */
    public double progress(long step) {
        return step >= endStep ? 1 : Math.max(0, step - beginStep) / (double) (endStep - beginStep);
    }

    /**
     * The fraction of a layer's stored blocks that a rewiring at a step replaces.
     *
     * @param step t, the number of steps already taken, at least 0
     * @return f(t), 0 to α; 0 before b, and from T<sub>end</sub> on
     */
    public double fraction(long step) {
        if (step < beginStep || step >= endStep) {
            return 0;
        }
        double length = endStep - beginStep;
        double left = 1 - (step - beginStep) / length;
        return switch (annealing) {
            case CONSTANT -> alpha;
            // StrictMath, so that a drop count never hangs on the platform's last bit.
            case COSINE -> alpha / 2 * (1 + StrictMath.cos(Math.PI * (step - beginStep) / length));
            case LINEAR -> alpha * left;
            case EXPONENTIAL -> alpha * left * left * left;
        };
    }

    /**
     * The number of blocks that a rewiring drops from a layer, and grows anew.
     *
     * @param step t, the number of steps already taken, at least 0
     * @param stored the number of blocks that the layer stores, at least 0
     * @return k = floor(f(t) · stored)
     */
    public long count(long step, long stored) {
        return (long) (fraction(step) * stored);
    }
}
