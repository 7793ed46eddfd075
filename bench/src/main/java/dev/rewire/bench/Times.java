package dev.rewire.bench;

import java.util.Arrays;

/**
 * How long the timed runs took, in milliseconds.
 *
 * @param runs how many there were
 * @param bestMs the fastest
 * @param q1Ms the first quartile, between two runs in proportion, as the median and the third
 * @param medianMs of all of them
 * @param q3Ms the third quartile
 * @param warmUp what preceded them
 */
public record Times(int runs, double bestMs, double q1Ms, double medianMs, double q3Ms, WarmUp warmUp) {
    private static final double NANOS_OF_MS = 1e6;

    /** Median over best of a machine that has something else to do; on an idle one it is below 1.1. */
    private static final double DISTURBED = 1.5;

    /**
     * Of some runs.
     *
     * @param nanos how long each took, at least one
     * @param warmUp what preceded them
     * @return their number, the best and the quartiles
     */
    public static Times of(long[] nanos, WarmUp warmUp) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return new Times(
                sorted.length,
                quantile(sorted, 0),
                quantile(sorted, 0.25),
                quantile(sorted, 0.5),
                quantile(sorted, 0.75),
                warmUp);
    }

    private static double quantile(long[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        double nanos = sorted[below] + (place - below) * (sorted[above] - sorted[below]);
        // The clock may not advance during a product of nothing, and rates are divided by this.
        return Math.max(1, nanos) / NANOS_OF_MS;
    }

    /**
     * Whether something else took the processor during the runs.
     *
     * @return whether the median is far from the best
     */
    public boolean disturbed() {
        return medianMs > DISTURBED * bestMs;
    }
}
