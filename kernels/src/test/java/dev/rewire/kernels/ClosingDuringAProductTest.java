package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An arena that is closed on one thread while a product runs on another. */
@Timeout(120)
class ClosingDuringAProductTest {
    /** A product on its own thread, and what it threw. */
    private static final class Running {
        private final AtomicReference<Throwable> thrown = new AtomicReference<>();
        private final Thread thread;

        Running(Runnable product) {
            thread = new Thread(() -> {
                try {
                    product.run();
                } catch (Throwable e) {
                    thrown.set(e);
                }
            });
            thread.start();
        }

        Throwable failure() throws InterruptedException {
            thread.join();
            return thrown.get();
        }
    }

    /** Returns when the product has written its first element, long before its last. */
    private static void awaitFirstElement(MemorySegment output) {
        while ((float) ValueLayout.JAVA_FLOAT.varHandle().getVolatile(output, 0L) == 0) {
            Thread.onSpinWait();
        }
    }

    private static void fill(MemorySegment floats, float value) {
        for (long i = 0; i < floats.byteSize() / Float.BYTES; i++) {
            floats.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
        }
    }

    private static PanelMatrix ones(KernelArena arena, int rows, int cols) {
        return Grid.filled(rows, cols, 1).panels(arena);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "y", "w", "plan"})
    void spmmKeepsItsArenasOpenAndFinishes(String closed) throws Exception {
        int size = 1536;
        try (KernelArena xs = KernelArena.open();
                KernelArena ys = KernelArena.open();
                KernelArena ws = KernelArena.open();
                KernelArena plans = KernelArena.open();
                Workers workers = Workers.of(1)) {
            PanelMatrix x = ones(xs, size, size);
            PanelMatrix y = PanelMatrix.allocate(ys, size, size);
            BlockSparseMatrix w = BlockSparseMatrix.allocate(ws, BlockPattern.full(size, size, 16, 16));
            fill(w.values(), 1);
            SpmmPlan plan = SpmmPlan.forward(plans, w, size, Layout.PANELS, Epilogue.NONE, workers);

            Running product = new Running(() -> plan.run(x, y));
            awaitFirstElement(y.segment());
            KernelArena arena = closed.equals("x") ? xs : closed.equals("y") ? ys : closed.equals("w") ? ws : plans;
            Refusal.ofState("arena: in use by a running product", arena::close);

            assertEquals(null, product.failure());
            assertTrue(Grid.read(y).sameBits(Grid.filled(size, size, size)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "y"})
    void spmmInPlaceKeepsTheArenasOfItsMatricesOpenAndFinishes(String closed) throws Exception {
        int size = 1536;
        int stride = size + 16;
        try (KernelArena xs = KernelArena.open();
                KernelArena ys = KernelArena.open();
                KernelArena rest = KernelArena.open();
                Workers workers = Workers.of(1)) {
            MemorySegment input = xs.allocate((long) size * stride * Float.BYTES);
            fill(input, 1);
            DenseMatrix x = DenseMatrix.of(xs, input, size, size, stride);
            DenseMatrix y = DenseMatrix.allocate(ys, size, size);
            BlockSparseMatrix w = BlockSparseMatrix.allocate(rest, BlockPattern.full(size, size, 16, 16));
            fill(w.values(), 1);
            SpmmPlan plan = SpmmPlan.forward(rest, w, size, Layout.FEATURE_MAJOR, Epilogue.NONE, workers);

            Running product = new Running(() -> plan.run(x, y));
            awaitFirstElement(y.segment());
            Refusal.ofState("arena: in use by a running product", closed.equals("x") ? xs::close : ys::close);

            assertEquals(null, product.failure());
            assertTrue(plan.toString().contains("read in place, written in place"), plan::toString);
            assertTrue(Grid.read(y).sameBits(Grid.filled(size, size, size)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dy", "x"})
    void sddmmInPlaceKeepsTheArenasOfItsMatricesOpenAndFinishes(String closed) throws Exception {
        int size = 1024;
        try (KernelArena dys = KernelArena.open();
                KernelArena xs = KernelArena.open();
                KernelArena rest = KernelArena.open();
                Workers workers = Workers.of(1)) {
            DenseMatrix dy = DenseMatrix.allocate(dys, size, size);
            DenseMatrix x = DenseMatrix.allocate(xs, size, size);
            fill(dy.segment(), 1);
            fill(x.segment(), 1);
            BlockSparseMatrix dw = BlockSparseMatrix.allocate(rest, BlockPattern.full(size, size, 16, 16));
            SddmmPlan plan = SddmmPlan.backwardWeight(rest, dw, size, Layout.FEATURE_MAJOR, false, workers);

            Running product = new Running(() -> plan.run(dy, x));
            awaitFirstElement(dw.values());
            Refusal.ofState("arena: in use by a running product", closed.equals("dy") ? dys::close : xs::close);

            assertEquals(null, product.failure());
            assertTrue(plan.toString().contains("read in place"), plan::toString);
            assertTrue(Grid.read(dw).sameBits(Grid.filled(size, size, size)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dy", "x", "dw", "plan"})
    void sddmmKeepsItsArenasOpenAndFinishes(String closed) throws Exception {
        int size = 1024;
        try (KernelArena dys = KernelArena.open();
                KernelArena xs = KernelArena.open();
                KernelArena dws = KernelArena.open();
                KernelArena plans = KernelArena.open();
                Workers workers = Workers.of(1)) {
            PanelMatrix dy = ones(dys, size, size);
            PanelMatrix x = ones(xs, size, size);
            BlockSparseMatrix dw = BlockSparseMatrix.allocate(dws, BlockPattern.full(size, size, 16, 16));
            SddmmPlan plan = SddmmPlan.backwardWeight(plans, dw, size, Layout.PANELS, false, workers);

            Running product = new Running(() -> plan.run(dy, x));
            awaitFirstElement(dw.values());
            KernelArena arena = closed.equals("dy") ? dys : closed.equals("x") ? xs : closed.equals("dw") ? dws : plans;
            Refusal.ofState("arena: in use by a running product", arena::close);

            assertEquals(null, product.failure());
            assertTrue(Grid.read(dw).sameBits(Grid.filled(size, size, size)));
        }
    }

    @Test
    void aProductThatWaitsForItsWorkersKeepsItsArenaOpen() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            PanelMatrix x = ones(arena, 17, 16);
            PanelMatrix y = PanelMatrix.allocate(arena, 17, 16);
            BlockSparseMatrix w = BlockSparseMatrix.allocate(arena, BlockPattern.full(16, 16, 8, 8));
            SpmmPlan plan = SpmmPlan.forward(arena, w, 17, Layout.PANELS, Epilogue.NONE, workers);
            Running other = new Running(() -> workers.run(1, (task, worker) -> {
                busy.countDown();
                await(done);
            }));
            await(busy);
            Running product = new Running(() -> plan.run(x, y));
            while (product.thread.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            Refusal.ofState("arena: in use by a running product", arena::close);
            done.countDown();
            assertEquals(null, other.failure());
            assertEquals(null, product.failure());
        }
    }

    @Test
    void anArenaClosesWhenItsProductHasReturned() {
        KernelArena arena = KernelArena.open();
        try (Workers workers = Workers.of(1)) {
            BlockSparseMatrix w = BlockSparseMatrix.allocate(arena, BlockPattern.full(16, 16, 8, 8));
            SpmmPlan.forward(arena, w, 17, Layout.PANELS, Epilogue.NONE, workers)
                    .run(ones(arena, 17, 16), PanelMatrix.allocate(arena, 17, 16));
        }
        assertDoesNotThrow(arena::close);
    }

    @Test
    void closingBetweenProductsEndsTheNextWithAnException() throws Exception {
        SplittableRandom random = new SplittableRandom(1);
        for (int round = 0; round < 40; round++) {
            KernelArena arena = KernelArena.open();
            try (Workers workers = Workers.of(2)) {
                PanelMatrix x = ones(arena, 64, 64);
                PanelMatrix y = PanelMatrix.allocate(arena, 64, 64);
                BlockSparseMatrix w = BlockSparseMatrix.allocate(arena, BlockPattern.full(64, 64, 8, 8));
                SpmmPlan plan = SpmmPlan.forward(arena, w, 64, Layout.PANELS, Epilogue.NONE, workers);
                Running products = new Running(() -> {
                    while (true) {
                        plan.run(x, y);
                        LockSupport.parkNanos(50_000);
                    }
                });
                LockSupport.parkNanos(random.nextLong(3_000_000));
                while (!closed(arena)) {
                    LockSupport.parkNanos(1000);
                }
                Throwable failure = assertInstanceOf(IllegalStateException.class, products.failure());
                assertEquals("x: its arena is closed", failure.getMessage());
            }
        }
    }

    private static boolean closed(KernelArena arena) {
        try {
            arena.close();
            return true;
        } catch (IllegalStateException e) {
            assertEquals("arena: in use by a running product; close it after the product has returned", e.getMessage());
            return false;
        }
    }

    @Test
    void closingACallersInputArenaEndsTheProductOrComesTooLate() throws Exception {
        closeCallersArena(true);
    }

    @Test
    void closingACallersOutputArenaEndsTheProductOrComesTooLate() throws Exception {
        closeCallersArena(false);
    }

    private static void closeCallersArena(boolean ofInput) throws InterruptedException {
        int size = 256;
        SplittableRandom random = new SplittableRandom(1);
        try (KernelArena arena = KernelArena.open();
                Arena callers = Arena.ofShared();
                Workers workers = Workers.of(2)) {
            BlockSparseMatrix w = BlockSparseMatrix.allocate(arena, BlockPattern.full(size, size, 16, 16));
            fill(w.values(), 1);
            SpmmPlan plan = SpmmPlan.forward(arena, w, size, Layout.ROW_MAJOR, Epilogue.NONE, workers);
            DenseMatrix kept = DenseMatrix.allocate(callers, size, size);
            fill(kept.segment(), 1);
            for (int round = 0; round < 40; round++) {
                Arena closed = Arena.ofShared();
                DenseMatrix gone = DenseMatrix.allocate(closed, size, size);
                Running product = new Running(() -> {
                    if (ofInput) {
                        plan.run(gone, kept);
                    } else {
                        plan.run(kept, gone);
                    }
                });
                LockSupport.parkNanos(random.nextLong(3_000_000));
                closed.close();
                Throwable failure = product.failure();
                if (failure != null) {
                    assertInstanceOf(IllegalStateException.class, failure);
                }
                fill(kept.segment(), 1);
            }
            // The plan is none the worse for it.
            DenseMatrix y = DenseMatrix.allocate(callers, size, size);
            plan.run(kept, y);
            assertTrue(Grid.read(y).sameBits(Grid.filled(size, size, size)));
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
