package dev.rewire.kernels.internal;

import java.lang.foreign.MemorySegment;

/** An SpMM with N:M weights of one sample. Its index has {@link SpmmIndex#selectors} in an order of the kernel's own. */
public interface NmSpmvKernel extends SpmvKernel {
    /** Bytes of the selectors of so many rows. */
    long selectorBytes(int rows);

    /**
     * Writes the selectors of a pattern.
     *
     * @param codes packed indices, as {@code NmPattern} has them
     * @param rows how many
     * @param selectors what is written, zeroed before
     */
    void select(byte[] codes, int rows, MemorySegment selectors);
}
