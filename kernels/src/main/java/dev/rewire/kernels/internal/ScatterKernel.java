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

    /** Whether it takes lines, too: those of blocks of one row, with the same bits. */
    default boolean takesLines() {
        return false;
    }

    /**
     * Walks rows of lines of 16 places, if it {@link #takesLines}.
     *
     * @param starts for each line its first value, row after row
     * @param masks for each line a bit for each place that has one
     * @param linesOfRow lines of a row
     * @param firstRow first row
     * @param endRow row after the last
     * @param values what the lines hold, one after the other
     * @param sample one float per row
     * @param sums is added to; one float per place of a row
     */
    default void runLines(
            int[] starts,
            short[] masks,
            int linesOfRow,
            int firstRow,
            int endRow,
            MemorySegment values,
            float[] sample,
            float[] sums) {
        throw new AssertionError("no lines");
    }
}
