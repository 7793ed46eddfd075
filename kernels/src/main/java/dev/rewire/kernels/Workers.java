package dev.rewire.kernels;

import dev.rewire.kernels.internal.WorkerTask;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The threads that share a product: an explicit number, the calling thread among them. Results have the same bits for any number, because
 * work is divided over outputs only. Several threads may use one instance; their products run one after the other.
 *
 * <p>Idle threads spin for a moment before they sleep, since the products of a training step follow each other within microseconds.
 */
public final class Workers implements AutoCloseable {
    /** The most threads that one instance may have. */
    public static final int MAX_THREADS = 1024;

    /** One share of the work. */
    interface Task extends WorkerTask {}

    // Long enough to bridge the scalar work between two products of a step, short enough not to be noticed when
    // training pauses.
    private static final long SPIN_NANOS = 50_000;

    // A helper that finds no memory to wake the caller with must not leave it asleep for ever.
    private static final long PARK_NANOS = 100_000_000;

    private static final long OPEN = 1L << 16;
    private static final long ROUND = 1L << 17;
    private static final long ENTERED = OPEN - 1;

    private final int threads;
    private final boolean spin;
    private final Helper[] helpers;
    private final ReentrantLock lock = new ReentrantLock();
    private final WorkerScratch scratch = new WorkerScratch();
    private final AtomicInteger nextTask = new AtomicInteger();

    // The round's number, whether it is open, and how many helpers are in it. A helper that wakes after the last task
    // was taken finds the
    // round shut, so nobody waits for it.
    private final AtomicLong gate = new AtomicLong();

    // Written by the caller before it opens the gate, read by helpers after they entered.
    private @Nullable WorkerTask task;
    private int tasks;
    private Thread caller = Thread.currentThread();
    private volatile boolean callerParked;
    private volatile boolean closed;
    private volatile @Nullable Throwable failure;

    /** What {@link #forEach} shares; here, so that it needs no object for each call. */
    private volatile IntConsumer shared = number -> {};

    private final WorkerTask sharing = (number, worker) -> shared.accept(number);

    private Workers(int threads) {
        this.threads = threads;
        // With more threads than processors a spinning one takes time from one that works.
        this.spin = threads <= Runtime.getRuntime().availableProcessors();
        this.helpers = new Helper[threads - 1];
        for (int i = 0; i < helpers.length; i++) {
            helpers[i] = new Helper(i + 1);
        }
        try {
            for (Helper helper : helpers) {
                helper.start();
            }
        } catch (Throwable e) {
            close(); // those that have started would wait for ever
            throw e;
        }
    }

    /**
     * Starts the threads; the caller closes them. They are daemons.
     *
     * @param threads 1 (the calling thread alone) to {@value #MAX_THREADS}
     * @return the workers
     * @throws IllegalArgumentException if the number is out of range
     */
    public static Workers of(int threads) {
        return new Workers(Check.range("threads", threads, 1, MAX_THREADS));
    }

    /**
     * Number of threads, the calling one included.
     *
     * @return at least 1
     */
    public int threads() {
        return threads;
    }

    /**
     * Shares work that is no product among the threads, and returns when all of it is done; a loss, or a layer of one's own. Results have the same bits for any number
     * of threads if each task writes what no other does.
     *
     * @param tasks how many there are, at least 0
     * @param task does one, by its number, 0 to {@code tasks − 1}; on any of the threads, so it may touch no confined arena, nor these workers
     * @throws IllegalArgumentException if the number of tasks is negative
     * @throws IllegalStateException if the workers are closed
     */
    public void forEach(int tasks, IntConsumer task) {
        if (tasks < 0) {
            throw new IllegalArgumentException("tasks: " + tasks + " is out of range; accepted are 0 and up");
        }
        lock.lock();
        try {
            IntConsumer outer = shared; // of a task that shares work itself, with one thread
            shared = task;
            try {
                run(tasks, sharing);
            } finally {
                shared = outer;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Refuses a segment that not every one of these threads may touch. */
    void checkReach(String argument, MemorySegment segment) {
        if (!segment.isAccessibleBy(Thread.currentThread()) || (threads > 1 && !segment.isAccessibleBy(helpers[0]))) {
            throw new IllegalArgumentException(
                    argument + ": a segment of a confined arena, out of reach of " + threads
                            + " workers; accepted are segments of a shared or automatic arena, or of the calling thread with 1 worker");
        }
    }

    /**
     * Runs tasks 0 to {@code tasks − 1}, each once, and returns when all are done. After a failure no further tasks are begun; it is thrown when the
     * last helper has left, never before, so that the caller may release what they work on.
     */
    void run(int tasks, WorkerTask task) {
        StackRoom.reserve();
        lock.lock();
        try {
            checkOpen();
            if (threads == 1 || tasks <= 1) {
                for (int i = 0; i < tasks; i++) {
                    task.run(i, 0);
                }
                return;
            }
            share(tasks, task);
        } finally {
            lock.unlock();
        }
    }

    /** The same after a preparation, in which the {@link #scratch} may be written: no other product runs from then on. */
    void run(Runnable preparation, int tasks, WorkerTask task) {
        StackRoom.reserve();
        lock.lock();
        try {
            checkOpen();
            preparation.run();
            run(tasks, task);
        } finally {
            lock.unlock();
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("workers: closed");
        }
    }

    /** Memory that plans have in common. */
    WorkerScratch scratch() {
        return scratch;
    }

    /**
     * Memory on the heap in which products find weights, one after the other; of all plans that these threads have had the one that needs most says how much.
     *
     * @return bytes
     */
    public long heldBytes() {
        return scratch.heldBytes();
    }

    private void share(int tasks, WorkerTask task) {
        this.task = task;
        this.tasks = tasks;
        caller = Thread.currentThread();
        failure = null;
        nextTask.set(0);
        gate.set(((gate.get() & -ROUND) + ROUND) | OPEN);
        try {
            for (Helper helper : helpers) {
                if (helper.parked) {
                    LockSupport.unpark(helper);
                }
            }
            drain(0, tasks, task);
        } finally {
            gate.addAndGet(-OPEN);
            awaitHelpers();
            this.task = null;
        }
        Throwable thrown = failure;
        if (thrown != null) {
            throw Workers.<RuntimeException>unchecked(thrown);
        }
    }

    private void awaitHelpers() {
        boolean interrupted = false;
        long until = System.nanoTime() + SPIN_NANOS;
        while ((gate.get() & ENTERED) != 0) {
            if (spin && System.nanoTime() < until) {
                Thread.onSpinWait();
                continue;
            }
            // An interrupted thread does not park: it is told of the interruption afterwards.
            interrupted |= Thread.interrupted();
            callerParked = true;
            try {
                if ((gate.get() & ENTERED) != 0) {
                    LockSupport.parkNanos(this, PARK_NANOS);
                }
            } catch (Throwable e) {
                Thread.onSpinWait(); // a virtual thread may find no memory to park with; it still has to wait
            }
            callerParked = false;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void drain(int worker, int tasks, WorkerTask task) {
        try {
            for (int i = nextTask.getAndIncrement(); i < tasks; i = nextTask.getAndIncrement()) {
                task.run(i, worker);
            }
        } catch (Throwable e) {
            failure = e;
            nextTask.set(tasks);
        }
    }

    /** Tasks throw nothing checked, so this only spares a wrapper that would hide the exception's type. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> E unchecked(Throwable thrown) throws E {
        throw (E) thrown;
    }

    /** Ends the threads, after the product that runs on them, if any. Closing twice does nothing. */
    @Override
    public void close() {
        StackRoom.reserve();
        lock.lock();
        try {
            closed = true;
            for (Helper helper : helpers) {
                LockSupport.unpark(helper);
            }
        } finally {
            lock.unlock();
        }
    }

    private final class Helper extends Thread {
        private final int worker;
        private volatile boolean parked;

        Helper(int worker) {
            super("rewire-worker-" + worker);
            this.worker = worker;
            setDaemon(true);
        }

        @Override
        public void run() {
            long seen = 0;
            while ((seen = enterRoundAfter(seen)) >= 0) {
                WorkerTask current = task;
                if (current != null) {
                    drain(worker, tasks, current);
                }
                if ((gate.decrementAndGet() & ENTERED) == 0 && callerParked) {
                    wake(caller);
                }
            }
        }

        private static void wake(Thread caller) {
            try {
                LockSupport.unpark(caller);
            } catch (Throwable e) {
                Thread.onSpinWait(); // no memory to queue a virtual thread with; it wakes by itself
            }
        }

        /** Waits for a new round, enters it and returns its number; −1 when the workers are closed. */
        private long enterRoundAfter(long seen) {
            long until = System.nanoTime() + SPIN_NANOS;
            while (!closed) {
                long state = gate.get();
                if ((state & OPEN) != 0 && (state & -ROUND) != seen) {
                    if (gate.compareAndSet(state, state + 1)) {
                        return state & -ROUND;
                    }
                } else if (spin && System.nanoTime() < until) {
                    Thread.onSpinWait();
                } else {
                    parked = true;
                    if (gate.get() == state && !closed) {
                        LockSupport.park(Workers.this);
                    }
                    parked = false;
                    // Of no use here, and an interrupted thread would not park any more but spin.
                    Thread.interrupted();
                    until = System.nanoTime() + SPIN_NANOS;
                }
            }
            return -1;
        }
    }

    @Override
    public String toString() {
        return "Workers: " + threads + (threads == 1 ? " thread" : " threads") + (closed ? ", closed" : "");
    }
}
