package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ClassLoadingMXBean;
import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Plans of ever new shapes, each of which has tiles of its own, do not fill the JVM with classes. */
@Timeout(300)
class GeneratedClassesTest {
    /** Many times more than are kept. */
    private static final int SHAPES = 1000;

    /** Of the JDK itself, and of JUnit. */
    private static final int OTHERS = 300;

    private static final ClassLoadingMXBean CLASSES = ManagementFactory.getClassLoadingMXBean();

    private final Workers workers = Workers.of(1);

    @AfterEach
    void close() {
        workers.close();
    }

    private static void mostAreUnloaded(IntConsumer plansOfShape) {
        plansOfShape.accept(0);
        long loadedBefore = CLASSES.getLoadedClassCount();
        long madeBefore = CLASSES.getTotalLoadedClassCount();
        for (int shape = 1; shape < SHAPES; shape++) {
            plansOfShape.accept(shape);
        }
        long most = OTHERS + (CLASSES.getTotalLoadedClassCount() - madeBefore) / 3;
        long left = Long.MAX_VALUE;
        // Classes are unloaded by a collection, which may need several to find them.
        for (int tries = 0; tries < 5 && left > most; tries++) {
            System.gc();
            left = CLASSES.getLoadedClassCount() - loadedBefore;
        }
        long grown = left;
        assertTrue(grown <= most, () -> grown + " more classes after " + SHAPES + " shapes; accepted are " + most);
    }

    @Test
    void nmOfManyWidths() {
        mostAreUnloaded(shape -> {
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
        mostAreUnloaded(shape -> {
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
