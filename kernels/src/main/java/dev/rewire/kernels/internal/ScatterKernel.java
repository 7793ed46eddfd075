package dev.rewire.kernels.internal;

import java.lang.foreign.MemorySegment;

/** Adds what rows of blocks give to the outputs of the product backward to the input, of one sample. */
public interface ScatterKernel {
    /**
     * Walks rows of blocks, whose values lie one after the other.
     *
     * @param offsets for each grid row its first block, and the number of blocks at the end
     * @param columns for each block its grid column
     * @param firstRow first grid row
     * @param endRow grid row after the last
     * @param values the values of the blocks
     * @param sample one float per row of W, and zeros behind them
     * @param sums is added to; one float per column of the grid's blocks
     */
    void run(
            int[] offsets, int[] columns, int firstRow, int endRow, MemorySegment values, float[] sample, float[] sums);
}
