package dev.rewire.kernels;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;

/**
 * A program that multiplies by single samples, on vectors of 128 bits, until the JIT expects no others, then on wide ones, and prints the least number of bytes
 * that a run of the product backward to the weights allocates.
 */
final class OtherWidths {
    private static final int RUNS = 15_000;
    private static final int SIDE = 1024;
    private static final int BATCH = 256;
    private static final double DENSITY = 0.1;
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    private OtherWidths() {}

    public static void main(String[] arguments) {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            singleSamples(arena, workers, 1);
            singleSamples(arena, workers, 4);
            System.out.println(leastGarbage(arena, workers));
        }
    }

    private static void singleSamples(KernelArena arena, Workers workers, int height) {
        BlockSparseMatrix w = matrix(arena, height, 1);
        DenseMatrix x = DenseMatrix.allocate(arena, 1, SIDE);
        DenseMatrix y = DenseMatrix.allocate(arena, 1, SIDE);
        SpmmPlan plan = SpmmPlan.forward(arena, w, 1, Layout.ROW_MAJOR, Epilogue.NONE, workers);
        for (int run = 0; run < RUNS; run++) {
            plan.run(x, y);
        }
    }

    private static long leastGarbage(KernelArena arena, Workers workers) {
        BlockSparseMatrix dw = matrix(arena, 16, 16);
        PanelMatrix dy = PanelMatrix.allocate(arena, BATCH, SIDE);
        PanelMatrix x = PanelMatrix.allocate(arena, BATCH, SIDE);
        SddmmPlan plan = SddmmPlan.backwardWeight(arena, dw, BATCH, Layout.PANELS, false, workers);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        long begin = System.nanoTime();
        while (least > 0 && System.nanoTime() - begin < PATIENCE_NANOS) {
            long before = threads.getCurrentThreadAllocatedBytes();
            plan.run(dy, x);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }

    private static BlockSparseMatrix matrix(KernelArena arena, int height, int width) {
        int blocks = (int) (DENSITY * SIDE * SIDE / (height * width));
        return BlockSparseMatrix.allocate(
                arena, BlockPattern.random(SIDE, SIDE, height, width, blocks, new SplittableRandom(1)));
    }
}
