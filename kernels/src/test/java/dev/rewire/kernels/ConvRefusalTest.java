package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What convolutions refuse, and with which words. */
class ConvRefusalTest {
    private static final int BATCH = 70;
    private static final FeatureMap IMAGE = new FeatureMap(6, 5, 4, 1);
    private static final ConvShape SHAPE = ConvShape.of(IMAGE, 8, 3, 3, 1, 1, 1);

    private final KernelArena arena = KernelArena.open();
    private final Workers workers = Workers.of(1);
    private final BlockSparseMatrix w = weights(4, 4);
    private final PanelMatrix x = PanelMatrix.allocate(arena, BATCH, IMAGE.features());
    private final PanelMatrix y =
            PanelMatrix.allocate(arena, BATCH, SHAPE.output().features());

    private BlockSparseMatrix weights(int blockRows, int blockCols) {
        return BlockSparseMatrix.allocate(
                arena, BlockPattern.random(8, 36, blockRows, blockCols, 3, new SplittableRandom(1)));
    }

    @AfterEach
    void free() {
        arena.close();
        workers.close();
    }

    private ConvPlan forward() {
        return ConvPlan.forward(arena, w, SHAPE, BATCH, Epilogue.NONE, workers);
    }

    @Test
    void windowsThatReachBeyondTheMargin() {
        FeatureMap bare = new FeatureMap(6, 5, 4, 0);
        Refusal.ofArgument("padding: 1 is out of range", () -> ConvShape.of(bare, 8, 3, 3, 1, 1, 0));
    }

    @Test
    void aWindowLargerThanTheImage() {
        Refusal.ofArgument("kernelWidth: 8 is out of range", () -> ConvShape.of(IMAGE, 8, 3, 8, 1, 1, 0));
    }

    @Test
    void aStrideOfZero() {
        Refusal.ofArgument("stride: 0 is out of range", () -> ConvShape.of(IMAGE, 8, 3, 3, 0, 1, 0));
    }

    @Test
    void anOutputOfAnotherSize() {
        FeatureMap wrong = new FeatureMap(6, 4, 8, 1);
        Refusal.ofArgument("output.width: 4 does not fit", () -> new ConvShape(IMAGE, wrong, 3, 3, 1, 1));
    }

    @Test
    void moreFeaturesThanPanelsHold() {
        Refusal.ofArgument("features: 8192×8192×1 ", () -> new FeatureMap(8192, 8192, 1, 0));
    }

    @Test
    void aFeatureOutsideOfTheMargin() {
        Refusal.ofArgument("row: -2 is out of range", () -> IMAGE.feature(-2, 0, 0));
    }

    @Test
    void anAddendWhereNothingIsAddedUp() {
        PanelMatrix addend = PanelMatrix.allocate(arena, BATCH, SHAPE.output().features());
        Refusal.ofArgument("addend: given, but", () -> forward().run(x, addend, y));
    }

    @Test
    void anAddendOfAnotherSize() {
        ConvPlan plan = ConvPlan.forward(arena, w, SHAPE, BATCH, Epilogue.NONE.withAccumulate(true), workers);
        Refusal.ofArgument("addend.cols: ", () -> plan.run(x, x, y));
    }

    @Test
    void blocksThatReachOverATap() {
        BlockSparseMatrix wide = weights(4, 3);
        Refusal.ofArgument(
                "w: blocks of 3 columns", () -> ConvPlan.forward(arena, wide, SHAPE, BATCH, Epilogue.NONE, workers));
    }

    @Test
    void weightsOfAnotherShape() {
        BlockSparseMatrix other = BlockSparseMatrix.allocate(arena, BlockPattern.full(8, 32, 4, 4));
        Refusal.ofArgument(
                "w.cols: 32 does not fit", () -> ConvPlan.forward(arena, other, SHAPE, BATCH, Epilogue.NONE, workers));
    }

    @Test
    void aGradientWithoutTheMarginThatItNeeds() {
        ConvShape bare = ConvShape.of(IMAGE, 8, 3, 3, 1, 1, 0);
        Refusal.ofArgument(
                "output.halo: 0 is out of range",
                () -> ConvPlan.backwardInput(arena, w, bare, BATCH, Epilogue.NONE, workers));
    }

    @Test
    void aBiasOfAnotherLength() {
        Epilogue end = Epilogue.NONE.withBias(DenseMatrix.allocate(arena, 1, 9));
        Refusal.ofArgument("bias.cols: 9 does not fit", () -> ConvPlan.forward(arena, w, SHAPE, BATCH, end, workers));
    }

    @Test
    void imagesOfAnotherShape() {
        Refusal.ofArgument(
                "x.cols: " + y.cols() + " does not fit", () -> forward().run(y, y));
    }

    @Test
    void moreSamplesThanThePlansBatch() {
        PanelMatrix many = PanelMatrix.allocate(arena, BATCH + 1, IMAGE.features());
        Refusal.ofArgument("x.rows: 71 is out of range", () -> forward().run(many, y));
    }

    @Test
    void anOutputThatIsTheInput() {
        ConvShape same = ConvShape.of(IMAGE, 4, 3, 3, 1, 1, 1);
        BlockSparseMatrix square = BlockSparseMatrix.allocate(arena, BlockPattern.full(4, 36, 4, 4));
        ConvPlan plan = ConvPlan.forward(arena, square, same, BATCH, Epilogue.NONE, workers);
        Refusal.ofArgument("y: shares memory with x", () -> plan.run(x, x));
    }

    @Test
    void aRewiredMatrixUntilReplanned() {
        ConvPlan plan = forward();
        ConvGradient gradient = ConvGradient.prepare(arena, w, SHAPE, BATCH, false, workers);
        w.rewire(BlockPattern.random(8, 36, 4, 4, 3, new SplittableRandom(2)));
        Refusal.ofState("w: rewired", () -> plan.run(x, y));
        Refusal.ofState("dw: rewired", () -> gradient.run(y, x));
        plan.replan();
        gradient.replan();
        plan.run(x, y);
        gradient.run(y, x);
    }

    @Test
    void aClosedPlan() {
        ConvPlan plan = forward();
        ConvGradient gradient = ConvGradient.prepare(arena, w, SHAPE, BATCH, false, workers);
        plan.close();
        gradient.close();
        Refusal.ofState("plan: closed", () -> plan.run(x, y));
        Refusal.ofState("plan: closed", () -> gradient.run(y, x));
    }

    @Test
    void theBitsAreTheSameForAnyNumberOfWorkers() {
        SplittableRandom random = new SplittableRandom(3);
        for (int sample = 0; sample < BATCH; sample++) {
            for (int row = 0; row < 6; row++) {
                for (int col = 0; col < 5; col++) {
                    for (int channel = 0; channel < 4; channel++) {
                        x.set(sample, IMAGE.feature(row, col, channel), random.nextFloat(-1, 1));
                    }
                }
            }
        }
        w.values().setAtIndex(ValueLayout.JAVA_FLOAT, 5, 0.3f);
        w.values().setAtIndex(ValueLayout.JAVA_FLOAT, 20, -0.7f);
        float[] expected = bits(1);
        assertArrayEquals(expected, bits(2));
        assertArrayEquals(expected, bits(3));
    }

    private float[] bits(int threads) {
        try (Workers some = Workers.of(threads)) {
            BlockSparseMatrix dw = BlockSparseMatrix.allocate(arena, w.pattern());
            PanelMatrix dx = PanelMatrix.allocate(arena, BATCH, IMAGE.features());
            ConvPlan.forward(arena, w, SHAPE, BATCH, Epilogue.NONE, some).run(x, y);
            ConvPlan.backwardInput(arena, w, SHAPE, BATCH, Epilogue.NONE, some).run(y, dx);
            ConvGradient.prepare(arena, dw, SHAPE, BATCH, false, some).run(y, dx);
            return dw.values().toArray(ValueLayout.JAVA_FLOAT);
        }
    }
}
