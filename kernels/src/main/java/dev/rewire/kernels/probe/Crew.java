package dev.rewire.kernels.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.function.IntConsumer;

/** Threads that do the same work at the same time, over and over. */
final class Crew {
    private final long end;
    private final CyclicBarrier barrier;

    // Written by the barrier's action alone, which happens before the threads go on.
    private boolean running;
    private boolean done;
    private long start;
    private long best = Long.MAX_VALUE;

    private Crew(int threads, double seconds) {
        end = System.nanoTime() + (long) (seconds * 1e9);
        barrier = new CyclicBarrier(threads, this::turn);
    }

    /**
     * The shortest time from when all threads start a round until the last is done.
     *
     * @param threads how many, the caller among them
     * @param seconds how long rounds are repeated, the slow first ones included
     * @param work gets the number of its thread
     * @return nanoseconds of the best round
     */
    static long bestNanos(int threads, double seconds, IntConsumer work) {
        Crew crew = new Crew(threads, seconds);
        List<Thread> others = new ArrayList<>();
        for (int i = 1; i < threads; i++) {
            int number = i;
            others.add(Thread.ofPlatform().daemon().start(() -> crew.rounds(number, work)));
        }
        crew.rounds(0, work);
        for (Thread other : others) {
            join(other);
        }
        return Math.max(1, crew.best);
    }

    private void rounds(int number, IntConsumer work) {
        while (true) {
            await();
            if (done) {
                return;
            }
            work.accept(number);
            await();
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

    private void await() {
        try {
            barrier.await();
        } catch (BrokenBarrierException e) {
            throw new IllegalStateException("another thread of the measurement failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
