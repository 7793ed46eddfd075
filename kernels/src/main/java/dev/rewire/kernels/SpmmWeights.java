package dev.rewire.kernels;

import dev.rewire.kernels.internal.SpmmIndex;
import dev.rewire.kernels.internal.SpmmOperands;
import dev.rewire.kernels.internal.SpmvKernel;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The weights of an SpMM as a plan walks them, by rows or by columns: which kernels, over which index, in which order of values. */
sealed interface SpmmWeights permits BlockWeights, ExpandedWeights, NmWeights, PairedWeights {
    /** Rows of W or, transposed, its columns; in the format that it has, or as a dense matrix. */
    static SpmmWeights of(SparseMatrix w, boolean transposed, boolean dense, SpmmSetup setup) {
        return dense
                ? new ExpandedWeights(w, transposed, setup)
                : switch (w) {
                    case BlockSparseMatrix blocks -> new BlockWeights(StoredValues.of(blocks), transposed, setup);
                    case SemiStructuredMatrix nm ->
                        transposed ? NmWeights.backward(nm, setup) : NmWeights.forward(nm, setup);
                };
    }

    /** The arena that the weights lie in. */
    KernelArena arena();

    /** Where the matrix itself has its values. */
    MemorySegment stored();

    /** Whether the weights still have the pattern that this was prepared for. */
    boolean isCurrent();

    /**
     * Prepares for the pattern that the weights have now, in the memory it has.
     *
     * @return false if that pattern is of another kind: then it must be prepared anew
     */
    boolean replan();

    /** How the work is cut. */
    SpmmSchedule schedule();

    /** The pattern, in the order in which it is walked. */
    SpmmIndex index();

    /** Outputs of a group. */
    int outputsOfGroup();

    /** What each run copies the values to, or null where they are read where they lie. */
    @Nullable
    PreparedValues prepared();

    /** Where kernels find the values. */
    MemorySegment values();

    /** Bytes of indices, without those of the pattern itself, and of copies of values. */
    long heldBytes();

    /** Zeroes what lies outside of the matrix, before values are read. */
    default void clearPadding() {}

    /** Computes groups of outputs for the samples of one panel. */
    void multiply(int firstGroup, int endGroup, SpmmOperands at);

    /** Whether kernels take a feature-major input where it lies, and are faster so than with panels of it: its features lie so many bytes apart. */
    default boolean readsInPlace(long stride) {
        return false;
    }

    /** Whether kernels take a feature-major output where it lies. */
    default boolean writesInPlace() {
        return false;
    }

    /** The kernel for one sample after the other, or null where panels are as good. */
    @Nullable
    SpmvKernel spmv();
}
