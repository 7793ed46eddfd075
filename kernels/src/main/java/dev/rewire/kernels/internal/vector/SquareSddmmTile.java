package dev.rewire.kernels.internal.vector;

/** A generated SDDMM of squares: single elements, four rows times four columns. */
interface SquareSddmmTile {
    /** Writes or adds one float per element to {@code target}, row after row of the squares; strides are bytes from panel to panel. */
    void run(
            int[] rows,
            int[] cols,
            int firstRow,
            int endRow,
            int panels,
            long gradient,
            long gradientStride,
            long input,
            long inputStride,
            long target);

    /** A run of nothing. */
    default void idle() {
        run(new int[0], new int[0], 0, 0, 1, 0, 0, 0, 0, 0);
    }
}
