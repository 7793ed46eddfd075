package dev.rewire.kernels.internal;

import dev.rewire.kernels.probe.Cpu;

/**
 * What fits the caches of this machine's cores. What is made of these sizes was tuned on AMD Zen 4, with 32 KiB and 1 MiB; so they
 * are rounded down to powers of two, by which 48 KiB count as 32. They change how work is cut, and bits only of blocks
 * of one output and several inputs, whose two sums meet at the end of a chunk.
 */
public final class CacheSizes {
    /** Where the system does not tell: what every server processor of the last ten years has at least. */
    private static final long DEFAULT_L1 = 32 << 10;

    private static final long DEFAULT_L2 = 256 << 10;

    /** Bytes of a core's first cache of data. */
    public static final long L1 = Cpu.current().l1DataBytes().orElse(DEFAULT_L1);

    /** Bytes of the second cache, which cores may share. */
    public static final long L2 = Cpu.current().l2Bytes().orElse(DEFAULT_L2);

    /** Below what any processor needs; N:M wants whole groups of 16. */
    private static final int LEAST = 16;

    private CacheSizes() {}

    /**
     * How many items fit.
     *
     * @param bytes there are
     * @param itemBytes bytes of one
     * @param most never more than this, a power of two
     * @return a power of two, at least 16
     */
    public static int items(long bytes, long itemBytes, int most) {
        return (int) Long.highestOneBit(Math.clamp(bytes / itemBytes, LEAST, most));
    }
}
