package dev.rewire.kernels.internal.vector;

/** A generated product of rows of an N:M matrix and one sample; addresses are of what belongs to row and input 0, target of the first row. */
interface NmSpmvTile {
    void run(int firstRow, int endRow, long selectors, long values, long input, long target);
}
