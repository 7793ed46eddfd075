package dev.rewire.training.loop;

import java.util.Arrays;

/** How long steps took. */
public final class StepTimes {
    /** More would change the median little, and a checkpoint that claims billions must not cost their memory. */
    private static final int MOST = 1 << 20;

    private final long[] nanos;
    private int count;
    private long total;

    /** Times of so many steps, a million at most; later ones count in the total alone. */
    public StepTimes(long steps) {
        nanos = new long[(int) Math.min(steps, MOST)];
    }

    /** Adds a step; one with a rewiring counts in the total alone. */
    public void add(long time, boolean rewired) {
        total += time;
        if (!rewired && count < nanos.length) {
            nanos[count++] = time;
        }
    }

    /** The time of all steps. */
    public long totalNanos() {
        return total;
    }

    /** The median of the steps without rewiring, NaN if there are none. */
    public double medianNanos() {
        if (count == 0) {
            return Double.NaN;
        }
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2.0;
    }
}
