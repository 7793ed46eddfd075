package dev.rewire.kernels.internal;

import java.lang.foreign.MemorySegment;

/**
 * A pattern as an SpMM kernel walks it.
 *
 * @param offsets for each group its first item, and the number of items at the end
 * @param inputs for each item the first input (feature) of its block; empty for N:M
 * @param narrowInputs the same in 16 bits, if {@link SpmmShape#narrow} says so; {@code inputs} is empty then
 * @param blocks for each item the number of its block, unless values are consecutive: then items and blocks have the same numbers
 * @param cuts where the items of a group are cut into chunks of inputs: for each chunk the first item of every group, and the number after each
 *     group's last at the end; {@code offsets} itself if there is one chunk
 * @param chunks chunks, at least 1; more than 1 for 1×1 blocks only
 * @param places for N:M, for each kept element of a group of rows its input, counted from the first input of its {@link NmShape#chunkInputs chunk};
 *     unsigned bytes in kernel memory
 * @param selectors what {@link NmSpmvKernel#select} wrote, or empty
 */
@SuppressWarnings("ArrayRecordComponent") // shared with kernels on purpose, which only read
public record SpmmIndex(
        int[] offsets,
        int[] inputs,
        char[] narrowInputs,
        int[] blocks,
        int[] cuts,
        int chunks,
        MemorySegment places,
        MemorySegment selectors) {
    private static final int[] NO_ITEMS = {};
    private static final char[] NOT_NARROW = {};

    /** Of a pattern of blocks. */
    public static SpmmIndex ofBlocks(int[] offsets, int[] inputs, int[] blocks, int[] cuts, int chunks) {
        return new SpmmIndex(offsets, inputs, NOT_NARROW, blocks, cuts, chunks, MemorySegment.NULL, MemorySegment.NULL);
    }

    /** Of single weights whose values are consecutive. */
    public static SpmmIndex ofConsecutive(int[] offsets, int[] inputs, char[] narrowInputs, int[] cuts, int chunks) {
        return new SpmmIndex(
                offsets, inputs, narrowInputs, NO_ITEMS, cuts, chunks, MemorySegment.NULL, MemorySegment.NULL);
    }

    /** Of blocks whose inputs are told in either width. */
    public static SpmmIndex ofInputs(int[] offsets, int[] inputs, char[] narrowInputs, int[] blocks) {
        return new SpmmIndex(offsets, inputs, narrowInputs, blocks, offsets, 1, MemorySegment.NULL, MemorySegment.NULL);
    }

    /** Of an N:M pattern. */
    public static SpmmIndex ofPlaces(int[] offsets, MemorySegment places, MemorySegment selectors) {
        return new SpmmIndex(offsets, NO_ITEMS, NOT_NARROW, NO_ITEMS, offsets, 1, places, selectors);
    }

    /** The first input of an item. */
    public int input(int item) {
        return inputs.length == 0 ? narrowInputs[item] : inputs[item];
    }

    /** How many groups there are. */
    public int groups() {
        return offsets.length - 1;
    }

    /** How far apart the cuts of a group lie in {@link #cuts}. */
    public int cutStride() {
        return chunks == 1 ? 1 : groups();
    }
}
