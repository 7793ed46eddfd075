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
    /** Of the warm-up: long enough that caches are the contender's own for most of it. */
    private static final long TURN_NANOS = 20_000_000;

    private static final int LEAST_ROUNDS = 3;

    /** Longer than threads look for work before they sleep: 50 µs in Rewire, less than this in the peers, see {@link IdleThreads}. */
    private static final long WAKING_NANOS = 1_000_000;

    private final List<? extends Contender> contenders;
    private final boolean threaded;
    private final DoubleConsumer elapsed;

    /**
     * Prepares.
     *
     * @param threaded whether contenders have threads that have to go to sleep
     * @param elapsed is told between rounds how many seconds of them have passed
     */
    Interleaved(List<? extends Contender> contenders, boolean threaded, DoubleConsumer elapsed) {
        this.contenders = contenders;
        this.threaded = threaded;
        this.elapsed = elapsed;
    }

    /**
     * Runs all until none gets faster any more, and then for a while.
     *
     * @param seconds that runs are timed, all contenders together, after the warm-up
     * @return the times of each
     */
    List<Times> time(double seconds) {
        List<Settling> settling =
                contenders.stream().map(each -> new Settling(seconds)).toList();
        long[][] nanos = rounds(settling, LEAST_ROUNDS, seconds);
        List<Times> times = new ArrayList<>();
        for (int i = 0; i < nanos.length; i++) {
            times.add(Times.of(nanos[i], settling.get(i).warmUp()));
        }
        return times;
    }

    /**
     * The same, with what is known of warm-ups.
     *
     * @param settling of each contender; who has settled before is not warmed up again
     * @param leastRounds how many there are however long they take
     * @param seconds that runs are timed, all contenders together
     * @return nanoseconds of each contender's run in each round
     */
    long[][] rounds(List<Settling> settling, int leastRounds, double seconds) {
        warmUp(settling);
        long[][] nanos = new long[contenders.size()][1024];
        long start = System.nanoTime();
        int rounds = 0;
        for (double passed = 0; rounds < leastRounds || passed < seconds; passed = (System.nanoTime() - start) / 1e9) {
            elapsed.accept(passed);
            boolean early = false;
            for (int i = 0; i < nanos.length; i++) {
                if (rounds == nanos[i].length) {
                    nanos[i] = Arrays.copyOf(nanos[i], 2 * rounds);
                }
                nanos[i][rounds] = time(contenders.get(i));
                early |= settling.get(i).wasEarly((double) nanos[i][rounds]);
            }
            rounds++;
            if (early) {
                // These were the warm-up, too.
                for (int i = 0; i < nanos.length; i++) {
                    Arrays.stream(nanos[i], 0, rounds).forEach(settling.get(i)::add);
                }
                warmUp(settling);
                rounds = 0;
                start = System.nanoTime();
            }
        }
        for (int i = 0; i < nanos.length; i++) {
            nanos[i] = Arrays.copyOf(nanos[i], rounds);
        }
        return nanos;
    }

    private void warmUp(List<Settling> settling) {
        boolean over;
        do {
            over = true;
            for (int i = 0; i < settling.size(); i++) {
                if (!settling.get(i).isOver()) {
                    turn(contenders.get(i), settling.get(i));
                    over = false;
                }
            }
        } while (!over);
    }

    /** At least two runs: the first may find the caches as another left them. */
    private static void turn(Contender contender, Settling settling) {
        long start = System.nanoTime();
        long begin = start;
        long end;
        int runs = 0;
        do {
            contender.run();
            end = System.nanoTime();
            settling.add(end - begin);
            begin = end;
            runs++;
        } while (runs < 2 || (end - start < TURN_NANOS && !settling.isOver()));
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
}
