package dev.rewire.kernels.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Threads that do the same work at the same time, over and over. They spin between rounds: a thread that sleeps starts too late for rounds of a tenth of a millisecond. */
final class Crew {
    /** After so many looks a waiting thread lets others run, which may be what it waits for. */
    private static final int SPINS = 100_000;

    private static final long PAUSE_NANOS = 20_000;

    private final int threads;
    private final long end;
    private final AtomicInteger arrived = new AtomicInteger();
    private volatile int turns;
    private volatile @Nullable Throwable failure;

    // Written by the last thread to arrive alone, which happens before the others see its turn.
    private boolean running;
    private boolean done;
    private long start;
    private long best = Long.MAX_VALUE;

    private Crew(int threads, double seconds) {
        this.threads = threads;
        end = System.nanoTime() + (long) (seconds * 1e9);
    }

    /**
     * The shortest time from when all threads start a round until the last is done. No thread is left when this returns or throws.
     *
     * @param threads how many, the caller among them
     * @param seconds how long rounds are repeated, the slow first ones included
     * @param work gets the number of its thread
     * @return nanoseconds of the best round
     * @throws IllegalStateException if the work fails in one of the threads, or the caller is interrupted; it stays so
     */
    static long bestNanos(int threads, double seconds, IntConsumer work) {
        Crew crew = new Crew(threads, seconds);
        List<Thread> others = new ArrayList<>();
        try {
            for (int i = 1; i < threads; i++) {
                int number = i;
                others.add(Thread.ofPlatform().daemon().start(() -> crew.rounds(number, work)));
            }
            crew.rounds(0, work);
        } catch (Throwable e) {
            // A thread that could not be started: those that wait for it must go.
            crew.failure = e;
            throw e;
        } finally {
            join(others);
        }
        Throwable failure = crew.failure;
        if (failure != null) {
            throw new IllegalStateException("a thread of the measurement failed: " + failure, failure);
        }
        return Math.max(1, crew.best);
    }

    private void rounds(int number, IntConsumer work) {
        try {
            while (await() && !done) {
                work.accept(number);
                if (!await()) {
                    return;
                }
            }
        } catch (Throwable e) {
            failure = e;
        }
    }

    private void turn() {
        long now = System.nanoTime();
        if (running) {
            best = Math.min(best, now - start);
        }
        running = !running;
        done = running && best < Long.MAX_VALUE && now - end >= 0;
        start = System.nanoTime();
    }

    /** Waits for all threads; false if one of them has failed. */
    private boolean await() throws InterruptedException {
        int before = turns;
        if (arrived.incrementAndGet() == threads) {
            arrived.set(0);
            turn();
            turns = before + 1;
        }
        for (int spins = 0; turns == before; spins++) {
            if (failure != null) {
                return false;
            }
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedException("interrupted");
        }
        return failure == null;
    }

    /** The threads use memory of the caller's, who must not free it before they have ended. */
    private static void join(List<Thread> threads) {
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
