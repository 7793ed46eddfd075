package dev.rewire.bench;

/** One who computes the product; the result is that of the last run. */
interface Contender extends Result, AutoCloseable {
    /** Computes it once. */
    void run();

    /** Gives back what the arena of the measurement does not own. */
    @Override
    default void close() {
        // Most have nothing else.
    }
}
