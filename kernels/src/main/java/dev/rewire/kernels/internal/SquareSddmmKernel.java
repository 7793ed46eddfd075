package dev.rewire.kernels.internal;

import java.lang.foreign.MemorySegment;

/** The gradient of single elements that come in squares, summed over some panels. */
public interface SquareSddmmKernel {
    /** Rows and columns of a square. */
    int SIDE = 4;

    /** Rows of half a square. */
    int HALF = SIDE / 2;

    /**
     * Computes squares, and then halves of squares of two rows: element {@code SIDE · i + j} is the sum over the panels of gradient feature {@code rows[i]} times
     * input feature {@code cols[SIDE · (i / HALF) + j]}. Both halves of a square have the same columns.
     *
     * @param rows rows of all squares and halves
     * @param cols columns of all halves
     * @param firstRow where the first square's rows begin, a multiple of {@link #SIDE}
     * @param endOfSquares where the rows of the last square end
     * @param endRow where the rows of the last half end, a multiple of {@link #SIDE}
     * @param firstPanel first panel
     * @param panels panels, at least one
     * @param gradient panels of the output's gradient
     * @param gradientStride bytes from one panel to the next
     * @param input panels of the input
     * @param inputStride bytes from one panel to the next
     * @param sums what is written, element 0 at its start
     */
    void run(
            int[] rows,
            int[] cols,
            int firstRow,
            int endOfSquares,
            int endRow,
            int firstPanel,
            int panels,
            MemorySegment gradient,
            long gradientStride,
            MemorySegment input,
            long inputStride,
            MemorySegment sums);
}
