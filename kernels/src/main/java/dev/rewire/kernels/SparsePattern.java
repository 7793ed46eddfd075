package dev.rewire.kernels;

/**
 * Which elements of a {@code rows × cols} matrix are stored, whatever the format: blocks, or N of every M. Patterns are validated when they
 * are made, and immutable.
 */
public sealed interface SparsePattern permits BlockPattern, NmPattern {
    /**
     * Rows of the matrix.
     *
     * @return at least 0
     */
    int rows();

    /**
     * Columns of the matrix.
     *
     * @return at least 0
     */
    int cols();

    /**
     * Number of stored elements, with the padding of blocks at the edge.
     *
     * @return at least 0
     */
    long storedElements();

    /**
     * Share of the matrix that the stored elements make up.
     *
     * @return storedElements / (rows · cols)
     */
    double density();

    /**
     * Whether an element is stored, zero or not.
     *
     * @param row from 0 to rows − 1
     * @param col from 0 to cols − 1
     * @return whether the pattern has it
     * @throws IndexOutOfBoundsException if there is no such element
     */
    boolean stores(int row, int col);

    /**
     * The places of the transposed matrix.
     *
     * @return a cols × rows pattern
     * @throws IllegalStateException if the format has no such pattern, as N:M may have
     */
    SparsePattern transpose();

    /**
     * The same places as blocks: what has no use for more than that reads every format so.
     *
     * @return this pattern if it is one of blocks, otherwise one of 1×1 blocks in the order in which the matrix stores its values
     */
    BlockPattern asBlocks();
}
