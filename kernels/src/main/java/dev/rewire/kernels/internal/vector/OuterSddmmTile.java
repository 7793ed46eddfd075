package dev.rewire.kernels.internal.vector;

/** A generated sum of outer products: one block, or two of one row. */
interface OuterSddmmTile {
    /**
     * Sums over samples.
     *
     * @param gradient address of the first row's first sample
     * @param sampleBytes from one sample of the gradient to the next
     * @param input address of the block's strip
     * @param secondInput that of the second block
     * @param bytes of all samples in a strip
     * @param values address of the block; the second one follows
     * @param add 1 to begin with the values, 0 to begin with zero
     */
    void run(long gradient, long sampleBytes, long input, long secondInput, long bytes, long values, int add);

    /** A run of nothing. */
    default void idle() {
        run(0, 0, 0, 0, 0, 0, 0);
    }
}
