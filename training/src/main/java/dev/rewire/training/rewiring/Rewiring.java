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

    /**
     * Whether the gradients of a step are added to those of others.
     *
     * @param step t, the number of steps already taken, at least 0
     * @return true of the steps up to a rewiring that the rule's {@linkplain GrowRule#memory memory} wants
     */
    public boolean observes(long step) {
        GrowRule.Memory memory = keepsAllWeights ? null : grow.memory();
        long next = memory == null ? -1 : schedule.nextRewiring(step);
        return memory != null && next >= 0 && next - step < memory.steps();
    }

    /**
     * How many steps compute gradients of all weights in the place of those of the stored ones, or besides.
     *
     * @param steps taken, at least 0
     * @return 0 to steps
     */
    public long denseSteps(long steps) {
        if (keepsAllWeights) {
            return steps;
        }
        if (!grow.usesGradient()) {
            return 0;
        }
        GrowRule.Memory memory = grow.memory();
        long each = memory == null ? 1 : memory.steps();
        long count = 0;
        long from = 0;
        for (long at = schedule.nextRewiring(0); at >= 0 && from < steps; at = schedule.nextRewiring(at + 1)) {
            long first = Math.max(from, at - Math.min(at, each - 1));
            count += Math.max(0, Math.min(steps, at + 1) - first);
            from = at + 1;
        }
        return count;
    }
}
