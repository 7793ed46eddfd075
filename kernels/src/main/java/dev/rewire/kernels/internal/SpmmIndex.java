package dev.rewire.kernels.internal;

/**
 * A pattern as an SpMM kernel walks it.
 *
 * @param offsets for each group its first item, and the number of items at the end
 * @param inputs for each item the first input (feature) of its block
 * @param blocks for each item the number of its block, unless values are consecutive: then items and blocks have the same numbers
 */
@SuppressWarnings("ArrayRecordComponent") // shared with kernels on purpose, which only read
public record SpmmIndex(int[] offsets, int[] inputs, int[] blocks) {}
