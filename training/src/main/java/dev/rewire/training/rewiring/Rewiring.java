package dev.rewire.training.rewiring;

/**
 * How a network is rewired as it learns: a rule of what is dropped × a rule of where connections grow × a schedule. Of each weights the k stored blocks of the
 * smallest scores are dropped and k others grow, k = floor(f(t)·blocks). SET, RigL and static are settings of this. In N:M weights blocks are single weights, and each
 * group grows as many as it dropped, at random or by gradient. SR-STE, which stores all weights, chooses those that it computes with anew.
 *
 * <p>Blocks that were just dropped may grow again, and then keep their weights and slots; all others start from zero. Both, and the
 * defaults, are those of RigL (Evci et al. 2020) and of its code.
 *
 * @param drop what is dropped
 * @param grow where blocks grow
 * @param schedule when, and f(t)
 * @param keepsAllWeights whether all weights are stored and learn, so that choosing some of them anew is a part of ordinary steps (SR-STE): then what is stored sparsely
 *     beside them stays where it is
 */
public record Rewiring(DropRule drop, GrowRule grow, DropSchedule schedule, boolean keepsAllWeights) {
    /**
     * One of weights that are stored sparsely.
     *
     * @param drop what is dropped
     * @param grow where blocks grow
     * @param schedule when, and f(t)
     */
    public Rewiring(DropRule drop, GrowRule grow, DropSchedule schedule) {
        this(drop, grow, schedule, false);
    }

    /**
     * That of SR-STE.
     *
     * @param maskInterval steps from one choice of the masks to the next
     * @param steps length of the run
     * @return how it rewires
     */
    public static Rewiring ofMasks(int maskInterval, long steps) {
        DropSchedule schedule = DropSchedule.constant(1, maskInterval, steps);
        return new Rewiring(DropRule.MAGNITUDE, GrowRule.RANDOM, schedule, true);
    }

    /** {@return whether the gradients of a rewiring step serve the choice of places instead of an update} */
    public boolean replacesUpdate() {
        return !keepsAllWeights && grow.replacesUpdate();
    }
}
