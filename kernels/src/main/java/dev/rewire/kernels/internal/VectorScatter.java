package dev.rewire.kernels.internal;

import java.lang.foreign.MemorySegment;

/** The product backward to the input of one sample by rows of W, whose values are added vector by vector to sums in kernel memory. */
public interface VectorScatter {
    /** Whether it walks lines and not blocks. */
    boolean takesLines();

    /** Floats of the sums of a grid column. */
    int sumsOfColumn();

    /** Floats of the inputs that it makes for some grid rows. */
    long inputFloats(int rows);

    /**
     * Walks rows of blocks.
     *
     * @param offsets for each grid row its first block, and the number of blocks at the end
     * @param columns for each block its grid column
     * @param records {@link LineRecord}s, if it takes lines
     * @param linesOfRow lines of a grid row
     * @param firstRow first grid row; of a record, if it takes lines
     * @param endRow grid row after the last
     * @param values the values of the blocks
     * @param sample one float per row of W, and two blocks of zeros behind them
     * @param inputs room for what it makes of them
     * @param sums is added to
     */
    void run(
            int[] offsets,
            int[] columns,
            MemorySegment records,
            int linesOfRow,
            int firstRow,
            int endRow,
            MemorySegment values,
            float[] sample,
            MemorySegment inputs,
            MemorySegment sums);

    /** Adds some of the sums of one part to those of another. */
    void add(MemorySegment to, MemorySegment from, int first, int end);

    /** Makes the outputs of some grid columns of the sums; there is room for a vector behind them. */
    void finish(MemorySegment sums, int firstColumn, int endColumn, MemorySegment outputs);
}
