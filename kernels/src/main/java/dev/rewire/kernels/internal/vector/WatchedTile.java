package dev.rewire.kernels.internal.vector;

import java.util.Locale;
import java.util.function.IntFunction;

/**
 * A generated tile that is made anew where it stays slow. A tile whose vectors stay objects for the life of the process (docs/architecture.md, "Generated
 * tiles") is told by its time alone: it takes ten times and more what it takes once C2 has compiled it, and does not get faster. Then a class of the same
 * code takes its place, whose compilation begins afresh.
 *
 * <p>Few runs are timed as long as the tile is fast, and all while it is slow: as it is until it is compiled. Tiles are exchanged while threads run them;
 * each run takes the one or the other.
 *
 * @param <T> the interface that it implements
 */
final class WatchedTile<T> {
    /** What {@link #start} says of a run that is not timed. */
    static final long UNTIMED = 0;

    private static final int RUNS_PER_TIMED = 64;
    private static final int MOST_REPAIRS = 3;

    /** Calls after which HotSpot asks C2 for a method at the latest; one whose loops are long needs fewer, one whose calls are long may not come so far. */
    private static final int CALLS = 5_000;

    /** Time that a tile may spend in as many slow runs before it is made anew, and double that the next time: C2 may have other things to do first. */
    private static final long PATIENCE_NANOS = 3_000_000_000L;

    /** Times that, where runs are fewer. */
    private static final int FEW_RUNS = 5;

    /** Of slow runs without a fast one between them: a debugger interrupts one. */
    private static final int LEAST_RUNS = 8;

    private static final long NANOS_OF_RUN = 2_000;

    /** Compiled by C2 they take 0.2 to 1.6 ns, by C1 14 to 500, interpreted 200 and more, in all widths (docs/performance.md). */
    private static final long NANOS_OF_OPERATION = 6;

    private final String name;
    private final IntFunction<T> make;

    private volatile T tile;

    /** Counted by all threads, without order: it does not matter which run is timed. */
    private int runsUntilTimed;

    private long slowNanos;
    private long slowOperations;
    private int slowRuns;
    private int repairs;
    private int generationOfTile = 1;

    /**
     * Makes the first.
     *
     * @param name for people
     * @param make makes a tile of a generation, 1 and up, as a class of its own
     */
    WatchedTile(String name, IntFunction<T> make) {
        this.name = name;
        this.make = make;
        tile = make.apply(1);
    }

    /** The tile as it is now. */
    T tile() {
        return tile;
    }

    /** To be called before a run; the time, or {@link #UNTIMED}. */
    long start() {
        int left = runsUntilTimed - 1;
        runsUntilTimed = left;
        return left > 0 ? UNTIMED : System.nanoTime() | 1;
    }

    /**
     * To be called after a run that is timed.
     *
     * @param start what {@link #start} said
     * @param operations vectors that were multiplied and added, loaded or stored
     */
    void end(long start, long operations) {
        long nanos = System.nanoTime() - start;
        if (nanos > NANOS_OF_RUN + operations * NANOS_OF_OPERATION) {
            slow(nanos, operations);
        } else {
            runsUntilTimed = RUNS_PER_TIMED;
            if (slowRuns > 0) {
                fast();
            }
        }
    }

    private synchronized void fast() {
        slowNanos = 0;
        slowOperations = 0;
        slowRuns = 0;
    }

    private synchronized void slow(long nanos, long operations) {
        slowNanos += nanos;
        slowOperations += operations;
        slowRuns++;
        if (repairs == MOST_REPAIRS) {
            runsUntilTimed = RUNS_PER_TIMED;
            return;
        }
        long patience = (PATIENCE_NANOS << repairs) * (slowRuns < CALLS ? FEW_RUNS : 1);
        if (slowRuns >= LEAST_RUNS && slowNanos > patience) {
            String seen = String.format(
                    Locale.ROOT,
                    "%s: slow for %.1f s, %.0f ns a vector",
                    name,
                    slowNanos / 1e9,
                    (double) slowNanos / Math.max(1, slowOperations));
            repairs++;
            fast();
            int generation = repairs + 1;
            // Not here: it takes time, and more stack than a task may have left.
            Thread.ofPlatform()
                    .name("rewire-tile-repair")
                    .daemon()
                    .inheritInheritableThreadLocals(false)
                    .start(() -> repair(generation, seen));
        }
    }

    /** Who sees that it is fast again can see the warning, too. */
    private void repair(int generation, String seen) {
        T next = make.apply(generation);
        try {
            if (generation == 2) {
                warn(seen);
            }
        } finally {
            take(next, generation);
        }
    }

    /** A repair that took longer than the one after it comes too late. */
    private synchronized void take(T next, int generation) {
        if (generation > generationOfTile) {
            generationOfTile = generation;
            tile = next;
        }
    }

    private static void warn(String seen) {
        String c1 = CompilerRequests.absence()
                .map(reason -> "; C1 could not be kept away from it: " + reason)
                .orElse("");
        System.getLogger("dev.rewire.kernels")
                .log(
                        System.Logger.Level.WARNING,
                        "a kernel that the JVM has not compiled as it should: " + seen + ", where less than "
                                + NANOS_OF_OPERATION + " is expected; it was made anew, and will be up to "
                                + MOST_REPAIRS + " times" + c1);
    }
}
