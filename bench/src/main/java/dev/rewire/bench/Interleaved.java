package dev.rewire.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleConsumer;

/**
 * Times contenders in turns, one run each, so that a machine that slows down slows all of them.
 *
 * <p>A run that is not timed precedes each timed one, so that each finds the caches as its own kind leaves them, and not as the contender
 * before did. With several threads it lasts until those of the contender before have gone to sleep, and wakes the contender's own.
 */
final class Interleaved {
    /** Until the JIT has compiled what runs. */
    private static final double WARM_UP_SECONDS = 1.5;

    /** Runs of less than a quarter of a second try whether it works, and have a shorter warm-up. */
    private static final double MOST_WARM_UP_PER_SECOND = 6;

    private static final int LEAST_ROUNDS = 3;

    /** Longer than threads look for work before they sleep: 50 µs in Rewire, less than this in the peers, see {@link IdleThreads}. */
    private static final long WAKING_NANOS = 1_000_000;

    private final List<? extends Contender> contenders;
    private final boolean threaded;
    private final DoubleConsumer elapsed;

    private long start;

    /**
     * Prepares.
     *
     * @param threaded whether contenders have threads that have to go to sleep
     * @param elapsed is told between rounds how many seconds have passed
     */
    Interleaved(List<? extends Contender> contenders, boolean threaded, DoubleConsumer elapsed) {
        this.contenders = contenders;
        this.threaded = threaded;
        this.elapsed = elapsed;
    }

    /**
     * Runs all for a while.
     *
     * @param seconds that runs are timed, all contenders together
     * @return the times of each
     */
    List<Times> time(double seconds) {
        double warmUp = warmUpSeconds(seconds);
        start = System.nanoTime();
        // Half of it for the first alone, which is the one that a JIT compiles.
        long half = System.nanoTime() + nanos(warmUp / 2);
        do {
            contenders.get(0).run();
        } while (System.nanoTime() - half < 0);
        rounds(warmUp / 2, 1);
        return rounds(seconds, LEAST_ROUNDS);
    }

    static double warmUpSeconds(double seconds) {
        return Math.min(WARM_UP_SECONDS, MOST_WARM_UP_PER_SECOND * seconds);
    }

    private List<Times> rounds(double seconds, int least) {
        long[][] nanos = new long[contenders.size()][1024];
        long end = System.nanoTime() + nanos(seconds);
        int rounds = 0;
        do {
            for (int i = 0; i < nanos.length; i++) {
                if (rounds == nanos[i].length) {
                    nanos[i] = Arrays.copyOf(nanos[i], 2 * rounds);
                }
                nanos[i][rounds] = time(contenders.get(i));
            }
            rounds++;
            elapsed.accept((System.nanoTime() - start) / 1e9);
        } while (rounds < least || System.nanoTime() - end < 0);
        List<Times> times = new ArrayList<>();
        for (long[] of : nanos) {
            times.add(Times.of(Arrays.copyOf(of, rounds)));
        }
        return times;
    }

    private long time(Contender contender) {
        long awake = System.nanoTime() + WAKING_NANOS;
        do {
            contender.run();
        } while (threaded && System.nanoTime() - awake < 0);
        long begin = System.nanoTime();
        contender.run();
        return System.nanoTime() - begin;
    }

    private static long nanos(double seconds) {
        return (long) (seconds * 1e9);
    }
}
