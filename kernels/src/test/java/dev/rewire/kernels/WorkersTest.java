package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WorkersTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 8})
    void everyTaskRunsOnceInEveryRound(int threads) {
        try (Workers workers = Workers.of(threads)) {
            for (int round = 0; round < 2000; round++) {
                int tasks = round % 17;
                AtomicIntegerArray runs = new AtomicIntegerArray(17);
                workers.run(tasks, (task, worker) -> runs.incrementAndGet(task));
                for (int task = 0; task < 17; task++) {
                    assertEquals(task < tasks ? 1 : 0, runs.get(task), "task " + task + " of round " + round);
                }
            }
        }
    }

    @Test
    void roundsAfterAPauseStillReachSleepingThreads() throws Exception {
        try (Workers workers = Workers.of(2)) {
            for (int round = 0; round < 20; round++) {
                LockSupport.parkNanos(2_000_000);
                // Each task waits for the other, so one thread alone would never end.
                CountDownLatch both = new CountDownLatch(2);
                workers.run(2, (task, worker) -> meet(both));
                assertEquals(0, both.getCount());
            }
        }
    }

    @Test
    void eachTaskIsDoneOnce() {
        try (Workers workers = Workers.of(3)) {
            AtomicIntegerArray done = new AtomicIntegerArray(100);
            workers.forEach(100, done::incrementAndGet);
            for (int task = 0; task < 100; task++) {
                assertEquals(1, done.get(task));
            }
            assertThrows(IllegalArgumentException.class, () -> workers.forEach(-1, task -> {}));
        }
    }

    @Test
    void noTwoTasksAtOnceHaveTheSameWorker() {
        try (Workers workers = Workers.of(4)) {
            AtomicIntegerArray inside = new AtomicIntegerArray(4);
            AtomicInteger clashes = new AtomicInteger();
            for (int round = 0; round < 200; round++) {
                workers.run(64, (task, worker) -> {
                    if (inside.incrementAndGet(worker) != 1) {
                        clashes.incrementAndGet();
                    }
                    Thread.onSpinWait();
                    inside.decrementAndGet(worker);
                });
            }
            assertEquals(0, clashes.get());
        }
    }

    @Test
    void productsOfSeveralThreadsRunOneAfterTheOther() throws Exception {
        try (Workers workers = Workers.of(2)) {
            AtomicInteger owner = new AtomicInteger(-1);
            AtomicInteger clashes = new AtomicInteger();
            List<Thread> callers = new ArrayList<>();
            for (int caller = 0; caller < 3; caller++) {
                int id = caller;
                callers.add(Thread.startVirtualThread(() -> {
                    for (int round = 0; round < 300; round++) {
                        workers.run(1, (task, worker) -> {
                            clashes.addAndGet(owner.compareAndSet(-1, id) ? 0 : 1);
                            LockSupport.parkNanos(1000);
                            owner.set(-1);
                        });
                    }
                }));
            }
            for (Thread caller : callers) {
                caller.join();
            }
            assertEquals(0, clashes.get());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void aFailureOfATaskIsThrownAsItIs(int threads) {
        IllegalStateException failure = new IllegalStateException("task 3");
        try (Workers workers = Workers.of(threads)) {
            IllegalStateException thrown = assertThrows(
                    IllegalStateException.class,
                    () -> workers.run(8, (task, worker) -> {
                        if (task == 3) {
                            throw failure;
                        }
                    }));
            assertSame(failure, thrown);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void theRoundAfterAFailureRunsWhole(int threads) {
        try (Workers workers = Workers.of(threads)) {
            assertThrows(
                    ArithmeticException.class,
                    () -> workers.run(8, (task, worker) -> {
                        throw new ArithmeticException();
                    }));
            AtomicInteger runs = new AtomicInteger();
            workers.run(8, (task, worker) -> runs.incrementAndGet());
            assertEquals(8, runs.get());
        }
    }

    @Test
    void anInterruptedCallerStillWaitsForItsTasks() {
        try (Workers workers = Workers.of(2)) {
            AtomicInteger done = new AtomicInteger();
            Thread.currentThread().interrupt();
            workers.run(2, (task, worker) -> {
                LockSupport.parkNanos(5_000_000);
                done.incrementAndGet();
            });
            assertTrue(Thread.interrupted(), "the interrupt was swallowed");
            assertEquals(2, done.get());
        }
    }

    /** Shares of the processor's time, of the half second that each of the two waits: a loop takes all of it, whatever else runs. */
    @Test
    void interruptedThreadsUseNoProcessorWhileTheyWait() throws Exception {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        ThreadGroup group = new ThreadGroup("workers");
        AtomicReference<Workers> made = new AtomicReference<>();
        Thread owner = new Thread(group, () -> made.set(Workers.of(2)));
        owner.start();
        owner.join();
        try (Workers workers = made.get()) {
            Thread[] helpers = new Thread[8];
            assertEquals(1, group.enumerate(helpers));
            CountDownLatch both = new CountDownLatch(2);
            AtomicLong before = new AtomicLong();
            workers.run(2, (task, worker) -> {
                meet(both);
                if (worker == 0) {
                    Thread.currentThread().interrupt();
                    before.set(threads.getCurrentThreadCpuTime());
                } else {
                    sleepHalfASecond();
                }
            });
            long nanosOfCaller = threads.getCurrentThreadCpuTime() - before.get();
            assertTrue(Thread.interrupted(), "the interrupt was swallowed");

            group.interrupt();
            before.set(threads.getThreadCpuTime(helpers[0].threadId()));
            sleepHalfASecond();
            long nanosOfHelper = threads.getThreadCpuTime(helpers[0].threadId()) - before.get();
            assertTrue(
                    Math.max(nanosOfCaller, nanosOfHelper) < 100_000_000,
                    () -> "nanoseconds in 500 ms: " + nanosOfCaller + " of the caller, " + nanosOfHelper
                            + " of the helper");
            CountDownLatch again = new CountDownLatch(2);
            workers.run(2, (task, worker) -> meet(again));
        }
    }

    private static void sleepHalfASecond() {
        long end = System.nanoTime() + 500_000_000;
        for (long left = 500_000_000; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {OutOfMemoryError.class, StackOverflowError.class})
    void afterAnErrorNoTaskRunsAnyMore(Class<? extends Error> kind) throws Exception {
        Error failure = kind.getDeclaredConstructor().newInstance();
        try (Workers workers = Workers.of(3)) {
            for (int round = 0; round < 200; round++) {
                AtomicInteger inside = new AtomicInteger();
                int failing = round % 8;
                assertSame(
                        failure,
                        assertThrows(
                                kind,
                                () -> workers.run(8, (task, worker) -> {
                                    inside.incrementAndGet();
                                    try {
                                        if (task == failing) {
                                            throw failure;
                                        }
                                        LockSupport.parkNanos(50_000);
                                    } finally {
                                        inside.decrementAndGet();
                                    }
                                })));
                assertEquals(0, inside.get(), "a helper was still in round " + round);
            }
        }
    }

    @Test
    void closedWorkersRefuseARun() {
        Workers workers = Workers.of(2);
        workers.close();
        Refusal.ofState("workers: closed", () -> workers.run(2, (task, worker) -> {}));
    }

    @Test
    void closingTwiceDoesNothing() {
        Workers workers = Workers.of(2);
        workers.close();
        workers.close();
        Refusal.ofState("workers: closed", () -> workers.run(1, (task, worker) -> {}));
    }

    @Test
    void closingEndsTheThreads() throws Exception {
        ThreadGroup group = new ThreadGroup("workers");
        Thread owner = new Thread(group, () -> Workers.of(4).close());
        owner.start();
        owner.join();
        Thread[] left = new Thread[8];
        for (int i = group.enumerate(left) - 1; i >= 0; i--) {
            left[i].join(10_000);
            assertTrue(!left[i].isAlive(), left[i]::toString);
        }
    }

    @Test
    void refusesNoThreads() {
        Refusal.ofArgument("threads: 0 ", () -> Workers.of(0));
    }

    @Test
    void refusesMoreThreadsThanTheMost() {
        Refusal.ofArgument("threads: 1025 ", () -> Workers.of(Workers.MAX_THREADS + 1));
    }

    private static void meet(CountDownLatch both) {
        both.countDown();
        try {
            assertTrue(both.await(30, TimeUnit.SECONDS), "the other task did not start");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
