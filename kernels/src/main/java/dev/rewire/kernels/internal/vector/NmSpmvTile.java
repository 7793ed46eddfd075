package dev.rewire.kernels.internal.vector;

/** A generated product of rows of an N:M matrix and one sample. */
interface NmSpmvTile {
    /**
     * Computes as many ranges of rows that follow each other as the tile reads streams.
     *
     * @param firstRow the first row of the first range
     * @param rows of each range
     * @param selectors address of row 0's
     * @param values address of row 0's
     * @param input address of input 0
     * @param target address of {@code firstRow}'s vector of partial sums
     */
    void run(int firstRow, int rows, long selectors, long values, long input, long target);

    /** A run of nothing. */
    default void idle() {
        run(0, 0, 0, 0, 0, 0);
    }
}
