package dev.rewire.kernels;

import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs a product at every depth of a stack, from the deepest place that a call reaches. After each {@link StackOverflowError} another thread closes the
 * arenas of the product at once: where a helper still computed, the JVM would die.
 */
final class DeepCaller {
    private static final int SIZE = 128;

    /** Depths in a row at which the product runs to its end: from there on there is room. */
    private static final int ENOUGH = 20;

    /** What a product works on. */
    private static final class Operands {
        private final KernelArena arena = KernelArena.open();
        private final BlockSparseMatrix w = BlockSparseMatrix.allocate(arena, BlockPattern.full(SIZE, SIZE, 16, 16));
        private final Runnable product;
        private final Runnable check;

        Operands(String kind, Workers workers) {
            int batch = kind.equals("sample") ? 1 : SIZE;
            w.values().fill((byte) 0);
            DenseMatrix rows = DenseMatrix.allocate(arena, batch, SIZE);
            DenseMatrix outputs = DenseMatrix.allocate(arena, batch, SIZE);
            PanelMatrix x = PanelMatrix.allocate(arena, batch, SIZE);
            PanelMatrix y = PanelMatrix.allocate(arena, batch, SIZE);
            for (int i = 0; i < SIZE; i++) {
                long block = i / 16 * (SIZE / 16 + 1L);
                w.values().setAtIndex(ValueLayout.JAVA_FLOAT, block * 256 + i % 16 * 17L, 2);
                rows.set(i % batch, i, i);
                x.set(i % batch, i, i);
            }
            switch (kind) {
                case "panels", "sample" -> {
                    SpmmPlan plan = SpmmPlan.forward(arena, w, batch, Layout.PANELS, Epilogue.NONE, workers);
                    product = () -> plan.run(x, y);
                    check = () -> expect(2f * (SIZE - 1), y.get((SIZE - 1) % batch, SIZE - 1));
                }
                case "rows" -> {
                    SpmmPlan plan = SpmmPlan.backwardInput(arena, w, batch, Layout.ROW_MAJOR, Epilogue.NONE, workers);
                    product = () -> plan.run(rows, outputs);
                    check = () -> expect(2f * (SIZE - 1), outputs.get(SIZE - 1, SIZE - 1));
                }
                case "gradient" -> {
                    SddmmPlan plan = SddmmPlan.backwardWeight(arena, w, batch, Layout.ROW_MAJOR, false, workers);
                    product = () -> plan.run(rows, rows);
                    check = () -> expect((SIZE - 1f) * (SIZE - 1), w.get(SIZE - 1, SIZE - 1));
                }
                case "pack" -> {
                    product = () -> y.pack(rows, workers);
                    check = () -> expect(SIZE - 1, y.get(SIZE - 1, SIZE - 1));
                }
                case "sums" -> {
                    DenseMatrix sums = DenseMatrix.allocate(arena, 1, SIZE);
                    product = () -> Updates.sumOverBatch(x, sums, workers);
                    check = () -> expect(SIZE - 1, sums.get(0, SIZE - 1));
                }
                default -> throw new AssertionError(kind);
            }
        }
    }

    private static final AtomicInteger overflows = new AtomicInteger();
    private static volatile Operands operands;
    private static volatile boolean broken;
    private static volatile boolean done;
    private static int successes;
    private static int overflowsOfDive;

    private DeepCaller() {}

    public static void main(String[] arguments) throws Exception {
        int threads = Integer.parseInt(arguments[0]);
        boolean virtual = arguments[1].equals("virtual");
        try (Workers workers = Workers.of(threads)) {
            for (String kind : new String[] {"panels", "rows", "gradient", "sample", "pack", "sums"}) {
                for (int dive = 0; dive < 3; dive++) {
                    if (dive == 2) {
                        warmUp(kind, workers);
                    }
                    dive(kind, dive, virtual, workers);
                }
            }
        }
        System.out.println("overflows " + overflows.get());
    }

    private static Operands warm(String kind, Workers workers) {
        Operands warm = new Operands(kind, workers);
        warm.product.run();
        return warm;
    }

    private static void warmUp(String kind, Workers workers) {
        Operands warm = new Operands(kind, workers);
        long end = System.nanoTime() + 500_000_000;
        while (System.nanoTime() < end) {
            warm.product.run();
        }
        warm.arena.close();
    }

    private static void dive(String kind, int padding, boolean virtual, Workers workers) throws Exception {
        // The first dive runs code that never ran before.
        operands = padding == 0 ? new Operands(kind, workers) : warm(kind, workers);
        broken = false;
        done = false;
        Thread closer = new Thread(() -> closeWhatBroke(kind, workers));
        closer.start();
        Runnable work = () -> {
            successes = 0;
            overflowsOfDive = 0;
            pad(padding);
        };
        Thread diver = virtual ? Thread.ofVirtual().unstarted(work) : new Thread(null, work, "diver", 384 * 1024);
        diver.start();
        if (!diver.join(Duration.ofSeconds(60))) {
            System.err.println(kind + ": the caller hangs");
            System.exit(3);
        }
        done = true;
        closer.join();
        overflows.addAndGet(overflowsOfDive);
        // On this thread, with room: as if nothing had happened.
        CountDownLatch right = new CountDownLatch(1);
        Thread user = new Thread(() -> {
            operands.product.run();
            operands.check.run();
            operands.arena.close();
            right.countDown();
        });
        user.start();
        if (!right.await(60, TimeUnit.SECONDS)) {
            System.err.println(kind + ": the workers or the arena cannot be used afterwards");
            System.exit(4);
        }
    }

    private static void closeWhatBroke(String kind, Workers workers) {
        while (!done) {
            if (broken) {
                try {
                    operands.arena.close();
                } catch (IllegalStateException e) {
                    System.err.println(kind + ": " + e);
                    System.exit(5);
                }
                operands = warm(kind, workers);
                broken = false;
            }
            LockSupport.parkNanos(20_000);
        }
    }

    /** Frames of another size, so that each dive meets the end of the stack at other places. */
    private static void pad(int frames) {
        if (frames == 0) {
            dive(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
            awaitOperands();
        } else {
            pad(frames - 1);
        }
    }

    @SuppressWarnings("InfiniteRecursion") // the end of the stack is what it looks for
    private static void dive(long a, long b, long c, long d, long e, long f, long g, long h, long i, long j) {
        try {
            dive(a, b, c, d, e, f, g, h, i, j);
        } catch (StackOverflowError end) {
            successes = 0;
        }
        if (successes == ENOUGH) {
            return;
        }
        try {
            awaitOperands();
            operands.product.run();
            successes++;
        } catch (StackOverflowError end) {
            successes = 0;
            if (!broken) {
                overflowsOfDive++;
                broken = true;
            }
        }
    }

    private static void awaitOperands() {
        while (broken) {
            Thread.onSpinWait();
        }
    }

    private static void expect(float expected, float actual) {
        if (expected != actual) {
            System.err.println("expected " + expected + ", got " + actual);
            System.exit(6);
        }
    }
}
