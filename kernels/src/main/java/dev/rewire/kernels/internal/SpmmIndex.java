package dev.rewire.kernels.internal;

import java.lang.foreign.MemorySegment;

/**
 * A pattern as an SpMM kernel walks it.
 *
 * @param offsets for each group its first item, and the number of items at the end
 * @param inputs for each item the first input (feature) of its block; empty for N:M
 * @param blocks for each item the number of its block, unless values are consecutive: then items and blocks have the same numbers
 * @param places for N:M, for each kept element of a group of rows its input, counted from the first input of its {@link NmShape#chunkInputs chunk};
 *     unsigned bytes in kernel memory
 * @param selectors what {@link NmSpmvKernel#select} wrote, or empty
 */
@SuppressWarnings("ArrayRecordComponent") // shared with kernels on purpose, which only read
public record SpmmIndex(int[] offsets, int[] inputs, int[] blocks, MemorySegment places, MemorySegment selectors) {
    private static final int[] NO_ITEMS = {};

    /** Of a pattern of blocks. */
    public static SpmmIndex ofBlocks(int[] offsets, int[] inputs, int[] blocks) {
        return new SpmmIndex(offsets, inputs, blocks, MemorySegment.NULL, MemorySegment.NULL);
    }

    /** Of an N:M pattern. */
    public static SpmmIndex ofPlaces(int[] offsets, MemorySegment places, MemorySegment selectors) {
        return new SpmmIndex(offsets, NO_ITEMS, NO_ITEMS, places, selectors);
    }

    /** How many groups there are. */
    public int groups() {
        return offsets.length - 1;
    }
}
