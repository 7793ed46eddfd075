package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ClassLoadingMXBean;
import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Plans of ever new shapes, each of which has tiles of its own, do not fill the JVM with classes. */
@Timeout(300)
class GeneratedClassesTest {
    /** Of a thousand shapes, tiles of the last 128 of each kernel may stay: some ten classes of each. Unbounded it would be 2 to 16 times as many. */
    private static final int SHAPES = 1000;

    private static final ClassLoadingMXBean CLASSES = ManagementFactory.getClassLoadingMXBean();

    private final Workers workers = Workers.of(1);

    private static void staysBelow(int classes, IntConsumer plansOfShape) {
        plansOfShape.accept(0);
        long before = CLASSES.getLoadedClassCount();
        for (int shape = 1; shape < SHAPES; shape++) {
            plansOfShape.accept(shape);
        }
        long left = Long.MAX_VALUE;
        // Classes are unloaded by a collection, which may need several to find them.
        for (int tries = 0; tries < 5 && left > classes; tries++) {
            System.gc();
            left = CLASSES.getLoadedClassCount() - before;
        }
        long grown = left;
        assertTrue(grown <= classes, () -> grown + " more classes after " + SHAPES + " shapes");
    }

    @Test
    void nmOfManyWidths() {
        staysBelow(1100, shape -> {
            try (KernelArena arena = KernelArena.open()) {
                NmPattern pattern = NmPattern.random(4, 8 + 4 * shape, 2, 4, 1, new SplittableRandom(1));
                SemiStructuredMatrix w = SemiStructuredMatrix.allocate(arena, pattern);
                for (int batch : new int[] {1, 64}) {
                    SpmmPlan.forward(arena, w, batch, Layout.PANELS, Epilogue.NONE, workers);
                    SddmmPlan.backwardWeight(arena, w, batch, Layout.ROW_MAJOR, false, workers);
                }
            }
        });
    }

    @Test
    void blocksOfManyShapes() {
        staysBelow(6000, shape -> {
            try (KernelArena arena = KernelArena.open()) {
                int height = 1 + shape % 64;
                int width = 1 + shape / 64;
                BlockSparseMatrix w =
                        BlockSparseMatrix.allocate(arena, BlockPattern.full(height, width, height, width));
                for (int batch : new int[] {1, 64}) {
                    SpmmPlan.forward(arena, w, batch, Layout.PANELS, Epilogue.NONE, workers);
                    SpmmPlan.backwardInput(arena, w, batch, Layout.ROW_MAJOR, Epilogue.NONE, workers);
                    SddmmPlan.backwardWeight(arena, w, batch, Layout.PANELS, false, workers);
                }
            }
        });
    }

    @Test
    void aPlanRunsThoughItsShapeWasForgotten() {
        try (KernelArena arena = KernelArena.open()) {
            BlockSparseMatrix w = BlockSparseMatrix.allocate(arena, BlockPattern.full(8, 8, 8, 8));
            w.values().fill((byte) 0);
            w.set(3, 5, 2);
            SpmmPlan plan = SpmmPlan.forward(arena, w, 64, Layout.PANELS, Epilogue.NONE, workers);
            for (int side = 9; side < 9 + 50; side++) {
                for (int width = 1; width <= 4; width++) {
                    BlockSparseMatrix other =
                            BlockSparseMatrix.allocate(arena, BlockPattern.full(side, width, side, width));
                    SpmmPlan.forward(arena, other, 64, Layout.PANELS, Epilogue.NONE, workers)
                            .close();
                }
            }
            System.gc();
            PanelMatrix x = PanelMatrix.allocate(arena, 64, 8);
            PanelMatrix y = PanelMatrix.allocate(arena, 64, 8);
            x.set(63, 5, 7);
            plan.run(x, y);
            assertEquals(14, y.get(63, 3));
        }
    }
}
