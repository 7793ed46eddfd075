package dev.rewire.kernels.internal;

/**
 * A pattern as an SpMM kernel walks it.
 *
 * @param offsets for each group its first item, and the number of items at the end
 * @param inputs for each item the first input (feature) of its block
 * @param blocks for each item the number of its block, unless values are consecutive: then items and blocks have the same numbers
 * @param cuts where the items of a group are cut into chunks of inputs: for each chunk the first item of every group, and the number after each
 *     group's last at the end; {@code offsets} itself if there is one chunk
 * @param chunks chunks, at least 1; more than 1 for 1×1 blocks only
 */
@SuppressWarnings("ArrayRecordComponent") // shared with kernels on purpose, which only read
public record SpmmIndex(int[] offsets, int[] inputs, int[] blocks, int[] cuts, int chunks) {
    /** How far apart the cuts of a group lie in {@link #cuts}. */
    public int cutStride() {
        return chunks == 1 ? 1 : offsets.length - 1;
    }
}
