package dev.rewire.training.parameter;

import dev.rewire.kernels.Workers;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Values that are trained, with their gradient and the optimiser's slots, all on one pattern. */
public sealed interface Parameter permits SparseParameter, DenseParameter {
    /**
     * Follows the gradient.
     *
     * @param rule how
     * @param update number of the update, from 1
     * @param rate learning rate
     * @param rewires whether a rewiring comes next, which may be part of the same pass over the values
     * @param workers who computes
     */
    void update(UpdateRule rule, long update, double rate, boolean rewires, Workers workers);

    /**
     * All that training changes.
     *
     * @return the values, then each slot
     */
    List<MemorySegment> state();
}
