package dev.rewire.kernels.measure;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/**
 * A loop over vectors whose length is the caller's choice.
 *
 * @param vectors that a turn computes with
 * @param run gets the number of turns
 */
record TimedLoop(long vectors, LongConsumer run) {
    /** A compiled operation on a vector takes less; as an object it takes tens. */
    private static final double MOST_NANOS_COMPILED = 5;

    private static final int CALLS = 256;

    /** The JIT has been asked after some 5,000 calls, and wants a processor from then on. */
    private static final int ROUNDS_BEFORE_PAUSES = 20;

    private static final long PAUSE_NANOS = 500_000;
    private static final int TRIAL_TURNS = 16;

    /** Fits between two interruptions, and is long beside the start of the threads. */
    private static final double ROUND_NANOS = 300_000;

    /**
     * Runs in short calls until the JIT has compiled the loop: interpreted vectors are objects, and a long call would stay with them.
     *
     * @param mostSeconds when to give up
     * @return whether it is compiled
     */
    boolean warmUp(double mostSeconds) {
        long end = System.nanoTime() + (long) (mostSeconds * 1e9);
        for (int round = 0; ; round++) {
            for (int i = 0; i < CALLS; i++) {
                // Few turns, but some more than one: C2 believes in what it has seen.
                run.accept(i % 4 == 0 ? 3 : 1);
            }
            if (nanos(TRIAL_TURNS) < MOST_NANOS_COMPILED * TRIAL_TURNS * vectors) {
                return true;
            }
            if (System.nanoTime() - end >= 0) {
                return false;
            }
            if (round >= ROUNDS_BEFORE_PAUSES) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** Turns that take about a round's time. */
    long turns() {
        long turns = 1;
        while (true) {
            // The best of three: what is too short a round because of an interruption stays so.
            double nanos = Math.min(nanos(turns), Math.min(nanos(turns), nanos(turns)));
            if (nanos >= ROUND_NANOS / 2) {
                return Math.max(1, Math.round(turns * ROUND_NANOS / nanos));
            }
            turns *= 2;
        }
    }

    /** Time of a call. */
    long nanos(long turns) {
        long start = System.nanoTime();
        run.accept(turns);
        return System.nanoTime() - start;
    }
}
