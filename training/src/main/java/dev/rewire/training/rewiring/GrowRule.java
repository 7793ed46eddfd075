package dev.rewire.training.rewiring;

/**
 * Where a rewiring grows connections. A rule of one's own implements {@link #choose}; one that looks at gradients says so. A run makes the same choices again, with
 * any number of threads and after an interruption, if a rule keeps nothing and draws from {@link FreePlaces#random} alone.
 */
@FunctionalInterface
public interface GrowRule {
    /** At random, each set of places being equally likely: the rule of SET. The step's update happens first. */
    GrowRule RANDOM = (free, count) -> free.cells(free.random().sample(free.count(), count));

    /** Where the L1 norm of the loss's gradient is largest: the rule of RigL. Takes the place of the step's update, as in the paper. */
    GrowRule GRADIENT = new GrowRule() {
        @Override
        public int[] choose(FreePlaces free, int count) {
            TopK largest = TopK.largest(count);
            free.gradientRows((firstCell, norms) -> largest.offerMagnitudes(norms, free.gridCols(), firstCell));
            return largest.indices();
        }

        @Override
        public boolean usesGradient() {
            return true;
        }

        @Override
        public boolean replacesUpdate() {
            return true;
        }
    };

    /**
     * Chooses places.
     *
     * @param free the places to choose from, among them those that were just dropped
     * @param count how many, at most as many as are free
     * @return their cells, each once, in any order
     */
    int[] choose(FreePlaces free, int count);

    /**
     * Whether the rule asks for gradients at places that are not stored.
     *
     * @return whether {@link FreePlaces#gradient} may be called
     */
    default boolean usesGradient() {
        return false;
    }

    /**
     * Whether the gradients of a rewiring step serve the choice of places instead of an update.
     *
     * @return true if the step has no update; otherwise it happens before the rewiring
     */
    default boolean replacesUpdate() {
        return false;
    }
}
