package dev.rewire.kernels.internal;

import java.lang.foreign.MemorySegment;

/**
 * Loops of pooling over one window: {@code taps} are the byte offsets of its first {@code count} places, row by row, {@code at} that of its output, and of each so many floats, a
 * multiple of 16, are combined.
 */
public interface WindowKernels {
    /** The greatest; NaN where there is one. */
    void max(MemorySegment x, long[] taps, int count, MemorySegment y, long at, int floats);

    /** Adds dy to dx at the first place that holds y. */
    void maxGradient(
            MemorySegment x,
            MemorySegment dx,
            long[] taps,
            int count,
            MemorySegment y,
            MemorySegment dy,
            long at,
            int floats);

    /** The sum times a factor. */
    void sum(MemorySegment x, long[] taps, int count, MemorySegment y, long at, int floats, float factor);

    /** Adds dy times a factor to each place. */
    void spread(MemorySegment dx, long[] taps, int count, MemorySegment dy, long at, int floats, float factor);

    /** Sets floats to zero. */
    void clear(MemorySegment x, long at, int floats);
}
