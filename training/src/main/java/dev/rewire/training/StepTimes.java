package dev.rewire.training;

import java.util.Arrays;

/** How long steps took. */
final class StepTimes {
    private final long[] nanos;
    private int count;
    private long total;

    /** Times of so many steps at most; later ones count in the total alone. */
    StepTimes(long steps) {
        nanos = new long[(int) Math.min(steps, 1 << 24)];
    }

    /** Adds a step; one with a rewiring counts in the total alone. */
    void add(long time, boolean rewired) {
        total += time;
        if (!rewired && count < nanos.length) {
            nanos[count++] = time;
        }
    }

    /** The time of all steps. */
    long totalNanos() {
        return total;
    }

    /** The median of the steps without rewiring, NaN if there are none. */
    double medianNanos() {
        if (count == 0) {
            return Double.NaN;
        }
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2.0;
    }
}
