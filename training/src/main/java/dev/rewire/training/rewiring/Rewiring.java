package dev.rewire.training.rewiring;

/**
 * How a network is rewired as it learns. Each layer drops the k stored blocks whose weights have the smallest L1 norm and grows k others, k =
 * floor(f(t)·blocks); all methods share this and differ in the rule by which they grow and in the schedule. In an N:M layer blocks are single
 * weights, and each group grows as many as it dropped. SR-STE, which stores all weights, chooses those that it computes with anew.
 *
 * <p>Blocks that were just dropped may grow again, and then keep their weights and slots; all others start from zero. Both, and the
 * defaults, are those of RigL (Evci et al. 2020) and of its code.
 *
 * @param grow where blocks grow
 * @param schedule when, and f(t)
 */
public record Rewiring(Grow grow, DropSchedule schedule) {
    /** Where blocks grow, among all places that are free after the drop. */
    public enum Grow {
        /** At random, each set of places being equally likely. The step's update happens first. */
        RANDOM,
        /** Where the L1 norm of the loss's gradient is largest. Takes the place of the step's update, as in the paper. */
        LARGEST_GRADIENT,
        /** Where the weights themselves are largest, all of them being stored. The step's update happens first. */
        LARGEST_WEIGHT
    }

    /**
     * That of a method of which blocks or N:M weights are stored.
     *
     * @param method how the network is trained; SR-STE has {@link #ofMasks}
     * @param alpha α, the share that the first rewiring exchanges
     * @param deltaT ΔT, steps from one rewiring to the next
     * @param end T<sub>end</sub>, the step from which on nothing is rewired
     * @return how it rewires
     */
    public static Rewiring of(Method method, double alpha, int deltaT, long end) {
        boolean rewires = method == Method.SET || method == Method.RIGL;
        return new Rewiring(
                method == Method.RIGL ? Grow.LARGEST_GRADIENT : Grow.RANDOM,
                DropSchedule.cosine(alpha, deltaT, rewires ? end : 0));
    }

    /**
     * That of SR-STE.
     *
     * @param maskInterval steps from one choice of the masks to the next
     * @param steps length of the run
     * @return how it rewires
     */
    public static Rewiring ofMasks(int maskInterval, long steps) {
        return new Rewiring(Grow.LARGEST_WEIGHT, DropSchedule.constant(1, maskInterval, steps));
    }

    /** {@return whether the gradients of a rewiring step serve the choice of places instead of an update} */
    public boolean replacesUpdate() {
        return grow == Grow.LARGEST_GRADIENT;
    }

    /** {@return whether all weights are stored and learn, so that choosing some of them anew is a part of ordinary steps} */
    public boolean keepsAllWeights() {
        return grow == Grow.LARGEST_WEIGHT;
    }
}
