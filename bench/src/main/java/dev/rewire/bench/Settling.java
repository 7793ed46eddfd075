package dev.rewire.bench;

/**
 * Watches the warm-up of one contender until its best run stops falling: until there were neither three runs nor {@link #QUIET_SECONDS} of runs
 * in a row of which one was a fiftieth faster than the best before. It gives up after {@link #MOST_SECONDS}, at the fourth run at the earliest.
 */
public final class Settling {
    /**
     * Longer than C2 takes for a tile. On a processor that is shared it takes longer, but then the runs meanwhile are so slow (some 100 times) that
     * three of them are.
     */
    private static final double QUIET_SECONDS = 0.3;

    /** Of one contender; seen on a busy machine: 4. */
    private static final double MOST_SECONDS = 10;

    private static final int QUIET_RUNS = 3;
    private static final double FALL = 0.98;

    private final double quietNanos;
    private final double mostNanos;

    private double firstNanos;
    private double bestNanos = Double.POSITIVE_INFINITY;
    private int runs;
    private double nanos;
    private int runsSinceFall;
    private double nanosSinceFall;

    /**
     * Prepares.
     *
     * @param seconds that runs are timed afterwards: who asks for less than {@link #QUIET_SECONDS} only tries whether it works, and has a warm-up
     *     that is shorter in proportion
     */
    public Settling(double seconds) {
        double share = Math.min(1, seconds / QUIET_SECONDS);
        quietNanos = share * QUIET_SECONDS * 1e9;
        mostNanos = share * MOST_SECONDS * 1e9;
    }

    /**
     * Takes note of runs that were timed together.
     *
     * @param each how long one took, in nanoseconds
     * @param count how many there were
     */
    public void add(double each, int count) {
        if (runs == 0) {
            firstNanos = each;
        }
        runs += count;
        nanos += count * each;
        if (each < FALL * bestNanos) {
            bestNanos = each;
            runsSinceFall = 0;
            nanosSinceFall = 0;
        } else {
            runsSinceFall += count;
            nanosSinceFall += count * each;
        }
    }

    /**
     * The fastest so far.
     *
     * @return nanoseconds, infinite before the first
     */
    public double bestNanos() {
        return bestNanos;
    }

    private boolean isSettled() {
        return runsSinceFall >= QUIET_RUNS && nanosSinceFall >= quietNanos;
    }

    /**
     * Whether the warm-up is over.
     *
     * @return whether the best has stopped falling, or it takes too long
     */
    public boolean isOver() {
        return isSettled() || (runs > QUIET_RUNS && nanos >= mostNanos);
    }

    /**
     * What it took so far.
     *
     * @return the warm-up
     */
    public WarmUp warmUp() {
        return new WarmUp(firstNanos / 1e6, runs, nanos / 1e9, isSettled());
    }
}
