package dev.rewire.bench;

/** One who computes the product. */
interface Contender extends AutoCloseable {
    /** Computes it once. */
    void run();

    /** One element of what the last run has computed: of Y or dX by sample, of dW by output. */
    float result(int row, int col);

    /** Gives back what the arena of the measurement does not own. */
    @Override
    default void close() {
        // Most have nothing else.
    }
}
