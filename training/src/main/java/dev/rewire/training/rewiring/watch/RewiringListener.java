package dev.rewire.training.rewiring.watch;

import java.util.List;

/** Is told what rewirings did. */
@FunctionalInterface
public interface RewiringListener {
    /** Where masks are chosen at each step, as by SR-STE, only those at a multiple of this are told of: looking at one takes as long as a step. */
    int MASK_INTERVAL = 100;

    /**
     * Called after a rewiring.
     *
     * @param step number of steps taken, of the whole run
     * @param weights what became of each weights, in the order of the forward pass
     */
    void rewired(long step, List<RewiredWeights> weights);
}
