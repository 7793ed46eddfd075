package dev.rewire.bench;

/** Is told how far a measurement is, between runs and on the thread that measures, so that it takes no time from them. */
public interface SpmmProgress {
    /** For whoever does not want to know. */
    SpmmProgress NONE = new SpmmProgress() {
        @Override
        public void start(double seconds) {}

        @Override
        public void at(double seconds) {}

        @Override
        public void stop() {}
    };

    /**
     * Operands and contenders are ready, and the warm-up begins.
     *
     * @param seconds that runs are timed after it
     */
    void start(double seconds);

    /**
     * Some of it is done.
     *
     * @param seconds that runs were timed
     */
    void at(double seconds);

    /** No more runs follow; makes room for other output. */
    void stop();
}
