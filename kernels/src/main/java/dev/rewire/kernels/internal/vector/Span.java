package dev.rewire.kernels.internal.vector;

/**
 * The vectors that hold the first samples of a panel. What lies behind them in the panel is zero, or nobody's.
 * They are as wide as all others of the process: C2 inlines the Vector API by a profile that all tiles share, and with several widths in it some tiles stay
 * slow.
 *
 * @param vectors how many
 */
record Span(int vectors) {
    /** A share of the vectors that a tile takes at a time: {@code times · vectors} are at least those asked for. */
    record Turns(int vectors, int times) {
        /** Vectors of all turns. */
        int total() {
            return vectors * times;
        }
    }

    /** The vectors of so many samples; of none, as of one. */
    static Span of(int samples) {
        return new Span(Math.max(1, (samples + RawMemory.LANES - 1) / RawMemory.LANES));
    }

    /** Samples that they have room for. */
    int samples() {
        return vectors * RawMemory.LANES;
    }

    /** Cuts them into as few turns as there can be of {@code most} vectors. */
    Turns turns(int most) {
        int times = (vectors + most - 1) / most;
        return new Turns((vectors + times - 1) / times, times);
    }
}
