package dev.rewire.bench;

import java.util.Arrays;

/**
 * How long the timed runs took.
 *
 * @param medianMs of all of them, in milliseconds
 * @param bestMs the fastest
 * @param runs how many there were
 */
public record Times(double medianMs, double bestMs, int runs) {
    private static final double NANOS_OF_MS = 1e6;

    /**
     * Of some runs.
     *
     * @param nanos how long each took, at least one
     * @return median, best and number
     */
    public static Times of(long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        int runs = sorted.length;
        double median = (sorted[(runs - 1) / 2] + sorted[runs / 2]) / 2.0;
        // The clock may not advance during a product of nothing, and rates are divided by this.
        return new Times(Math.max(1, median) / NANOS_OF_MS, Math.max(1, sorted[0]) / NANOS_OF_MS, runs);
    }
}
