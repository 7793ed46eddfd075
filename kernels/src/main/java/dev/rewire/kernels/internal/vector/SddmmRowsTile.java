package dev.rewire.kernels.internal.vector;

/** A generated SDDMM of single elements: as vectors of partial sums. */
interface SddmmRowsTile {
    /**
     * Writes one vector per element to {@code partials}, row after row; the elements are those of {@code SddmmRowsKernel}. Strides are bytes from panel to panel.
     */
    void run(
            int[] starts,
            char[] narrowCols,
            int[] wideCols,
            int from,
            int to,
            int firstRow,
            int endRow,
            int firstElement,
            int endElement,
            int panels,
            long gradient,
            long gradientStride,
            long input,
            long inputStride,
            long partials);

    /** A run of nothing. */
    default void idle() {
        run(new int[0], new char[0], new int[0], 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0);
    }
}
