package dev.rewire.training.parameter;

import dev.rewire.kernels.Workers;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

    /**
     * The gradient, after a backward pass.
     *
     * @return all of it as it lies in memory, padding being 0; null if it is never in one piece, as that of weights under a mask
     */
    @Nullable
    MemorySegment gradientMemory();

    /**
     * Memory that this takes: values, gradient, slots of the optimiser, copies that products read, and where on the pattern they lie.
     *
     * @return bytes, without what plans keep
     */
    long bytes();
}
