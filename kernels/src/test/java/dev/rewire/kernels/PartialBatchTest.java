package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A plan that runs fewer samples than it was made for. */
@Tag("species")
class PartialBatchTest {
    private static final int BATCH = 150;
    private static final int LANES = PanelMatrix.lanesFor(BATCH);

    private final KernelArena arena = KernelArena.open();
    private final Workers workers = Workers.of(2);
    private final BlockSparseMatrix w =
            BlockSparseMatrix.allocate(arena, BlockPattern.random(30, 44, 4, 4, 40, new SplittableRandom(3)));
    private final Grid x = Grid.of(BATCH, 44, (row, col) -> (row * 31 + col * 17) % 23 - 11);
    private final Grid dy = Grid.of(BATCH, 30, (row, col) -> (row * 13 + col * 7) % 19 - 9);

    PartialBatchTest() {
        SplittableRandom random = new SplittableRandom(4);
        BlockPattern p = w.pattern();
        for (int row = 0; row < 30; row++) {
            for (int col = 0; col < 44; col++) {
                int block = p.find(row / 4, col / 4);
                if (block >= 0) {
                    long element = (block * 4L + row % 4) * 4 + col % 4;
                    w.values().setAtIndex(ValueLayout.JAVA_FLOAT, element, random.nextInt(-9, 10));
                }
            }
        }
    }

    @AfterEach
    void free() {
        arena.close();
        workers.close();
    }

    private static Grid first(Grid all, int rows) {
        return Grid.of(rows, all.cols(), all::at);
    }

    private DenseMatrix dense(Layout layout, Grid samples) {
        return rows(layout == Layout.FEATURE_MAJOR ? samples.transposed() : samples);
    }

    private DenseMatrix rows(Grid grid) {
        DenseMatrix matrix = DenseMatrix.allocate(arena, grid.rows(), grid.cols());
        for (int row = 0; row < grid.rows(); row++) {
            for (int col = 0; col < grid.cols(); col++) {
                matrix.set(row, col, grid.at(row, col));
            }
        }
        return matrix;
    }

    private PanelMatrix panels(Grid grid) {
        PanelMatrix matrix = PanelMatrix.allocate(arena, grid.rows(), grid.cols(), LANES);
        matrix.pack(rows(grid), workers);
        return matrix;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 17, 63, 64, 65, 128, 149, 150})
    void forwardOfRowMajorSamples(int samples) {
        forwardOfDenseSamples(Layout.ROW_MAJOR, samples);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 17, 63, 64, 65, 128, 149, 150})
    void forwardOfFeatureMajorSamples(int samples) {
        forwardOfDenseSamples(Layout.FEATURE_MAJOR, samples);
    }

    private void forwardOfDenseSamples(Layout layout, int samples) {
        SpmmPlan plan = SpmmPlan.forward(arena, w, BATCH, layout, Epilogue.NONE, workers);
        DenseMatrix all = layout.allocate(arena, BATCH, 30);
        plan.run(dense(layout, x), all);
        DenseMatrix some = layout.allocate(arena, samples, 30);
        plan.run(dense(layout, first(x, samples)), some);
        assertTrue(first(Grid.read(layout, all), samples).sameBits(Grid.read(layout, some)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, 64, 65, 149})
    void forwardOfPanels(int samples) {
        DenseMatrix bias = rows(Grid.filled(1, 30, 3));
        SpmmPlan plan = SpmmPlan.forward(
                arena, w, BATCH, Layout.PANELS, Epilogue.NONE.withBias(bias).withRelu(), workers);
        PanelMatrix all = PanelMatrix.allocate(arena, BATCH, 30);
        plan.run(panels(x), all);
        PanelMatrix some = PanelMatrix.allocate(arena, samples, 30, LANES);
        plan.run(panels(first(x, samples)), some);
        assertTrue(first(Grid.read(all), samples).sameBits(Grid.read(some)));
        assertPaddingIsZero(some);
    }

    /** A bias reaches lanes without samples; what sums over the batch would see it. */
    private void assertPaddingIsZero(PanelMatrix panels) {
        DenseMatrix sums = DenseMatrix.allocate(arena, 1, 30);
        Updates.sumOverBatch(panels, sums, workers);
        for (int feature = 0; feature < 30; feature++) {
            float sum = 0;
            for (int sample = 0; sample < panels.rows(); sample++) {
                sum += panels.get(sample, feature);
            }
            assertEquals(sum, sums.get(0, feature), "feature " + feature);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, 64, 65, 149})
    void backwardInputWithAMaskOfTheWholeBatch(int samples) {
        Epilogue masked = Epilogue.NONE.withReluMask(panels(x));
        SpmmPlan plan = SpmmPlan.backwardInput(arena, w, BATCH, Layout.PANELS, masked, workers);
        PanelMatrix all = PanelMatrix.allocate(arena, BATCH, 44);
        plan.run(panels(dy), all);
        PanelMatrix some = PanelMatrix.allocate(arena, samples, 44, LANES);
        plan.run(panels(first(dy, samples)), some);
        assertTrue(first(Grid.read(all), samples).sameBits(Grid.read(some)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, 64, 65, 149})
    void backwardWeightAfterALargerBatch(int samples) {
        for (Layout layout : Layout.values()) {
            BlockSparseMatrix dw = BlockSparseMatrix.allocate(arena, w.pattern());
            SddmmPlan plan = SddmmPlan.backwardWeight(arena, dw, BATCH, layout, false, workers);
            Grid someDy = first(dy, samples);
            Grid someX = first(x, samples);
            if (layout == Layout.PANELS) {
                plan.run(panels(dy), panels(x));
                plan.run(panels(someDy), panels(someX));
            } else {
                plan.run(dense(layout, dy), dense(layout, x));
                plan.run(dense(layout, someDy), dense(layout, someX));
            }
            BlockSparseMatrix expected = BlockSparseMatrix.allocate(arena, w.pattern());
            SddmmPlan own = SddmmPlan.backwardWeight(arena, expected, samples, Layout.ROW_MAJOR, false, workers);
            own.run(rows(someDy), rows(someX));
            // Whole numbers: exact in any order.
            assertTrue(Grid.read(expected).sameBits(Grid.read(dw)), () -> layout + ", " + samples);
        }
    }

    @Test
    void aPlanForOneSampleRunsNone() {
        SpmmPlan plan = SpmmPlan.forward(arena, w, 1, Layout.ROW_MAJOR, Epilogue.NONE, workers);
        plan.run(DenseMatrix.allocate(arena, 0, 44), DenseMatrix.allocate(arena, 0, 30));
    }

    @Test
    void panelsOfOtherLanesAreRefused() {
        SpmmPlan product = SpmmPlan.forward(arena, w, BATCH, Layout.PANELS, Epilogue.NONE, workers);
        PanelMatrix narrow = PanelMatrix.allocate(arena, 5, 44);
        PanelMatrix wide = PanelMatrix.allocate(arena, 5, 30, LANES);
        Refusal.ofArgument("x.lanes: 16 ", () -> product.run(narrow, wide));
        SddmmPlan gradient = SddmmPlan.backwardWeight(arena, w, BATCH, Layout.PANELS, false, workers);
        Refusal.ofArgument("x.lanes: 16 ", () -> gradient.run(wide, narrow));
    }

    @Test
    void lanesThatNoKernelHasAreRefused() {
        Refusal.ofArgument("lanes: 48 ", () -> PanelMatrix.allocate(arena, 5, 44, 48));
    }
}
