package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What patterns and plans of single weights hold beside the weights: at 90 % an int for each would be a third of a float's share of the dense matrix. */
class HeldBytesTest {
    private static final int ROWS = 256;
    private static final int COLS = 512;
    private static final int WEIGHTS = ROWS * COLS / 10;
    private static final int BATCH = 128;

    private final KernelArena arena = KernelArena.open();
    private final Workers workers = Workers.of(1);
    private final BlockSparseMatrix w = matrix(COLS);

    private BlockSparseMatrix matrix(int cols) {
        return BlockSparseMatrix.allocate(
                arena, BlockPattern.random(ROWS, cols, 1, 1, WEIGHTS, new SplittableRandom(1)));
    }

    @AfterEach
    void close() {
        workers.close();
        arena.close();
    }

    @Test
    void aPatternHoldsTwoBytesForEachWeight() {
        assertEquals(2 * WEIGHTS + 4 * (ROWS + 1), w.pattern().indexBytes());
    }

    @Test
    void aPatternOfMoreColumnsThan16BitsTellHoldsFour() {
        assertEquals(4 * WEIGHTS + 4 * (ROWS + 1), matrix(70_000).pattern().indexBytes());
    }

    @Test
    void aForwardPlanHoldsNoIndexOfWeights() {
        SpmmPlan plan = SpmmPlan.forward(arena, w, BATCH, Layout.PANELS, Epilogue.NONE, workers, PlanChoice.STORED);
        assertTrue(plan.heldBytes() <= 4L * ROWS * (COLS / 16 + 2), "the cuts of rows alone");
        assertTrue(plan.heldBytes() < WEIGHTS, "less than a byte for each");
    }

    @Test
    void aPlanBackwardToTheInputHoldsFourBytesForEachWeight() {
        long held = backward(w).heldBytes();
        assertTrue(held >= 4L * WEIGHTS, "row and distance");
        assertTrue(held <= 4L * WEIGHTS + 40L * COLS, "and where columns begin");
    }

    @Test
    void ofManySamplesItHoldsLessThanThreeBytesForEachWeight() {
        BlockSparseMatrix room = matrix(COLS);
        SpmmPlan plan =
                SpmmPlan.backwardInput(arena, w, 1024, Layout.PANELS, Epilogue.NONE, workers, PlanChoice.STORED, room);
        assertTrue(plan.heldBytes() >= 2L * WEIGHTS, "row");
        assertTrue(plan.heldBytes() < 3L * WEIGHTS, "and where columns begin and go on");
    }

    @Test
    void withoutRoomItHoldsTheWeightsOnceMore() {
        SpmmPlan alone =
                SpmmPlan.backwardInput(arena, w, BATCH, Layout.PANELS, Epilogue.NONE, workers, PlanChoice.STORED);
        assertEquals(backward(w).heldBytes() + w.values().byteSize(), alone.heldBytes());
    }

    @Test
    void whatAPlanHoldsStaysTheSameWhenWeightsAreRewired() {
        SpmmPlan plan = backward(w);
        long before = plan.heldBytes();
        w.rewire(BlockPattern.random(ROWS, COLS, 1, 1, WEIGHTS, new SplittableRandom(2)));
        plan.replan();
        assertTrue(Math.abs(plan.heldBytes() - before) <= 8L * COLS, before + " and " + plan.heldBytes());
    }

    @Test
    void aPlanBackwardToTheWeightsHoldsNoIndexOfWeights() {
        assumeTrue(Provider.active().name().equals("vector"), "the reference has one");
        SddmmPlan plan = SddmmPlan.backwardWeight(arena, w, BATCH, Layout.PANELS, false, workers, PlanChoice.STORED);
        assertTrue(plan.heldBytes() < WEIGHTS, "less than a byte for each: " + plan.heldBytes());
    }

    @Test
    void plansOfAConvolutionHoldNoIndexOfWeightsForwardAndBackwardToTheWeights() {
        ConvShape shape = ConvShape.of(new FeatureMap(8, 8, 32, 1), 64, 3, 3, 1, 1, 1);
        BlockSparseMatrix taps = taps(shape);
        long rowsOfWindows = 4L * shape.weightCols() / 32;
        assertEquals(
                rowsOfWindows,
                ConvPlan.forward(arena, taps, shape, BATCH, Epilogue.NONE, workers)
                        .heldBytes());
        assertEquals(
                rowsOfWindows,
                ConvGradient.prepare(arena, taps, shape, BATCH, false, workers).heldBytes());
    }

    @Test
    void thatOfAConvolutionBackwardToTheInputHoldsTwoBytesForEachWeightAndColumn() {
        ConvShape shape = ConvShape.of(new FeatureMap(8, 8, 32, 1), 64, 3, 3, 1, 1, 1);
        BlockSparseMatrix taps = taps(shape);
        BlockSparseMatrix room = taps(shape);
        long offsets = 4L * (shape.input().channels() + 1);
        assertEquals(
                2L * taps.pattern().blocks() + 2L * shape.weightCols() + offsets,
                ConvPlan.backwardInput(arena, taps, shape, BATCH, Epilogue.NONE, workers, room)
                        .heldBytes());
    }

    @Test
    void convolutionsFindTheirWeightsInMemoryThatAllOfTheirWorkersPlansShare() {
        assumeTrue(Provider.active().name().equals("vector"), "the reference takes single weights as any block");
        ConvShape shape = ConvShape.of(new FeatureMap(8, 8, 32, 1), 64, 3, 3, 1, 1, 1);
        BlockSparseMatrix taps = taps(shape);
        ConvPlan.forward(arena, taps, shape, BATCH, Epilogue.NONE, workers);
        ConvPlan.forward(arena, taps, shape, BATCH, Epilogue.NONE, workers);
        ConvGradient.prepare(arena, taps, shape, BATCH, false, workers);
        assertEquals(2L * taps.pattern().blocks(), workers.heldBytes());
    }

    private BlockSparseMatrix taps(ConvShape shape) {
        return BlockSparseMatrix.allocate(
                arena,
                BlockPattern.random(
                        shape.output().channels(), shape.weightCols(), 1, 1, 1800, new SplittableRandom(1)));
    }

    private SpmmPlan backward(BlockSparseMatrix weights) {
        BlockSparseMatrix gradient = BlockSparseMatrix.allocate(arena, weights.pattern());
        return SpmmPlan.backwardInput(
                arena, weights, BATCH, Layout.PANELS, Epilogue.NONE, workers, PlanChoice.STORED, gradient);
    }
}
