package dev.rewire.bench;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;

/**
 * Watches the warm-up of one contender until its best run stops falling: until there were five runs, and {@link #QUIET_SECONDS} of runs, none of
 * which was a fiftieth faster than the best before, and the JIT had compiled next to nothing meanwhile. It gives up after {@link #MOST_SECONDS}, at
 * the sixth run at the earliest.
 *
 * <p>On a machine that is busy C2 may still wait for the processor then. So runs that are timed are watched, too: if one of them is much faster than all of
 * the warm-up, that was not over.
 */
public final class Settling {
    /** Longer than C2 takes for a tile. */
    private static final double QUIET_SECONDS = 0.5;

    /** Of one contender; seen with six processes for each processor: 10. */
    private static final double MOST_SECONDS = 20;

    /** Of compilation, in those seconds: little things are always compiled. */
    private static final long QUIET_JIT_MILLIS = 50;

    private static final int QUIET_RUNS = 5;
    private static final double FALL = 0.98;

    /** What C2 makes of a tile is faster by more, and noise makes less. */
    private static final double MUCH_FASTER = 0.75;

    private final LongSupplier jitMillis;
    private final boolean isTrial;
    private final double quietNanos;
    private final double mostNanos;

    private double firstNanos;
    private double bestNanos = Double.POSITIVE_INFINITY;
    private int runs;
    private double nanos;
    private int runsSinceFall;
    private double nanosSinceFall;
    private long jitMillisAtFall;

    /**
     * Prepares.
     *
     * @param seconds that runs are timed afterwards: who asks for less than {@link #QUIET_SECONDS} only tries whether it works, and has a warm-up
     *     that is shorter in proportion and does not wait for the JIT
     */
    public Settling(double seconds) {
        this(seconds, jit());
    }

    /** With who tells how many milliseconds the JIT has compiled so far. */
    Settling(double seconds, LongSupplier jitMillis) {
        this.jitMillis = jitMillis;
        jitMillisAtFall = jitMillis.getAsLong();
        double share = Math.min(1, seconds / QUIET_SECONDS);
        isTrial = share < 1;
        quietNanos = share * QUIET_SECONDS * 1e9;
        mostNanos = share * MOST_SECONDS * 1e9;
    }

    private static LongSupplier jit() {
        CompilationMXBean jit = ManagementFactory.getCompilationMXBean();
        return jit == null || !jit.isCompilationTimeMonitoringSupported() ? () -> 0 : jit::getTotalCompilationTime;
    }

    /**
     * Takes note of a run.
     *
     * @param took how long, in nanoseconds
     */
    public void add(long took) {
        add((double) took, 1);
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
        runsSinceFall += count;
        nanosSinceFall += count * each;
        boolean quiet = runsSinceFall >= QUIET_RUNS && nanosSinceFall >= quietNanos;
        boolean compiled = quiet && !isTrial && jitMillis.getAsLong() - jitMillisAtFall > QUIET_JIT_MILLIS;
        if (each < FALL * bestNanos || compiled) {
            bestNanos = Math.min(each, bestNanos);
            runsSinceFall = 0;
            nanosSinceFall = 0;
            jitMillisAtFall = jitMillis.getAsLong();
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
     * Whether a timed run shows that the warm-up ended too early, and there is time to go on with it.
     *
     * @param timed how long the run took, in nanoseconds
     * @return whether it is much faster than the best of the warm-up
     */
    public boolean wasEarly(double timed) {
        return timed < MUCH_FASTER * bestNanos && nanos < mostNanos;
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
