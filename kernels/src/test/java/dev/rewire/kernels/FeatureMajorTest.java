package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.SpmmCase.Direction;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Operands of features × samples: what they share with each other and with other layouts. */
@Tag("species")
class FeatureMajorTest {
    private static final int SIDE = 40;
    /** Panels for each of two workers, that many that each packs what it multiplies, and some lanes without a sample. */
    private static final int LARGE = 9 * 64 + 5;

    @AutoClose
    private final TestMemory memory = TestMemory.open();

    @AutoClose
    private final Workers workers = Workers.of(2);

    private final KernelArena arena = memory.kernels();
    private final BlockPattern pattern = BlockPattern.random(SIDE, SIDE, 4, 8, 23, new SplittableRandom(1));
    private final BlockSparseMatrix w = weights(pattern);

    private BlockSparseMatrix weights(BlockPattern of) {
        return BlockSparseMatrix.fromDense(arena, grid(of.rows(), of.cols(), 1).rowMajor(memory), of);
    }

    private static Grid grid(int rows, int cols, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return Grid.of(rows, cols, (row, col) -> (float) random.nextGaussian());
    }

    private static void assertSameBits(Grid expected, Grid actual) {
        assertTrue(expected.sameBits(actual), () -> actual + " instead of " + expected);
    }

    private SpmmPlan forward(SparseMatrix of, int batch, Layout layout) {
        return SpmmPlan.forward(arena, of, batch, layout, Epilogue.NONE, workers);
    }

    /** Of samples × features. */
    private Grid product(SpmmPlan plan, Layout layout, Grid x, int outputs) {
        if (layout == Layout.PANELS) {
            PanelMatrix y = PanelMatrix.allocate(arena, x.rows(), outputs);
            plan.run(x.panels(arena), y);
            return Grid.read(y);
        }
        DenseMatrix y = layout.allocate(arena, x.rows(), outputs);
        plan.run(x.dense(layout, memory), y);
        return Grid.read(layout, y);
    }

    private Grid gradient(Layout layout, BlockPattern of, int batch, boolean accumulate) {
        BlockSparseMatrix dw = weights(of);
        SddmmPlan plan = SddmmPlan.backwardWeight(arena, dw, batch, layout, accumulate, workers);
        Grid dy = grid(batch, of.rows(), 2);
        Grid x = grid(batch, of.cols(), 3);
        if (layout == Layout.PANELS) {
            plan.run(dy.panels(arena), x.panels(arena));
        } else {
            plan.run(dy.dense(layout, memory), x.dense(layout, memory));
        }
        return Grid.read(dw);
    }

    @ParameterizedTest
    @EnumSource
    void forwardHasTheBitsOfPanelsWhateverTheValues(ValueType type) {
        NmPattern nm = new NmCase(SIDE, SIDE / 4, 2, 4, 1, 1).transposablePattern(0);
        DenseMatrix values = grid(SIDE, SIDE, 4).rowMajor(memory);
        for (SparseMatrix of : List.of(
                w.convert(arena, type),
                SemiStructuredMatrix.fromDense(arena, values, nm, ValueType.F32).convert(arena, type))) {
            for (int batch : new int[] {1, 2, 3, 16, 64, LARGE}) {
                Grid x = grid(batch, SIDE, 5);
                assertSameBits(
                        product(forward(of, batch, Layout.PANELS), Layout.PANELS, x, SIDE),
                        product(forward(of, batch, Layout.FEATURE_MAJOR), Layout.FEATURE_MAJOR, x, SIDE));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Direction.class)
    void accumulatingHasTheBitsOfPanelsInALargeBatch(Direction direction) {
        Problem problem = Problem.of(LARGE, 37, 50, 4, 8, 60);
        SpmmCase product = new SpmmCase(problem, direction, EpilogueKind.ACCUMULATE_BIAS_RELU);
        assertSameBits(product.resultOf(Layout.PANELS, 2), product.resultOf(Layout.FEATURE_MAJOR, 2));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 17, LARGE})
    void backwardWeightHasTheBitsOfPanels(int batch) {
        for (BlockPattern of : List.of(pattern, BlockPattern.random(SIDE, SIDE, 1, 1, 300, new SplittableRandom(2)))) {
            for (boolean accumulate : new boolean[] {false, true}) {
                assertSameBits(
                        gradient(Layout.PANELS, of, batch, accumulate),
                        gradient(Layout.FEATURE_MAJOR, of, batch, accumulate));
            }
        }
    }

    /** Of so many features that not all panels are packed at once, and blocks whose rows are no whole vectors: with those, row-major operands have other sums. */
    @Test
    void backwardWeightHasTheBitsOfRowMajorOperandsWhenPackedInTurns() {
        BlockPattern wide = BlockPattern.random(1000, 1200, 7, 7, 30, new SplittableRandom(3));
        assertSameBits(
                gradient(Layout.ROW_MAJOR, wide, LARGE, false), gradient(Layout.FEATURE_MAJOR, wide, LARGE, false));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 70, LARGE})
    void outputsMayReplaceTheirInputs(int batch) {
        Grid x = grid(batch, SIDE, 6);
        Grid expected = product(forward(w, batch, Layout.PANELS), Layout.PANELS, x, SIDE);
        DenseMatrix both = x.dense(Layout.FEATURE_MAJOR, memory, 1, 3);
        forward(w, batch, Layout.FEATURE_MAJOR).run(both, both);
        assertSameBits(expected, Grid.read(Layout.FEATURE_MAJOR, both));
    }

    /** W is 24×40: the memory of an input has room for it. */
    @Test
    void fewerOutputsMayReplaceTheirInputs() {
        BlockSparseMatrix narrow = weights(BlockPattern.random(24, SIDE, 4, 8, 17, new SplittableRandom(4)));
        Grid x = grid(LARGE, SIDE, 7);
        DenseMatrix both = x.dense(Layout.FEATURE_MAJOR, memory);
        DenseMatrix y = DenseMatrix.of(both.segment(), 24, LARGE);
        forward(narrow, LARGE, Layout.FEATURE_MAJOR).run(both, y);
        assertSameBits(
                product(forward(narrow, LARGE, Layout.PANELS), Layout.PANELS, x, 24),
                Grid.read(Layout.FEATURE_MAJOR, y));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 70})
    void samplesMayBeColumnsOfAWiderMatrix(int batch) {
        Grid x = grid(batch, SIDE, 8);
        MemorySegment wide = memory.floats(SIDE * 2L * batch, 0);
        DenseMatrix left = DenseMatrix.of(wide, SIDE, batch, 2L * batch);
        DenseMatrix right = DenseMatrix.of(wide.asSlice((long) batch * Float.BYTES), SIDE, batch, 2L * batch);
        for (int sample = 0; sample < batch; sample++) {
            for (int feature = 0; feature < SIDE; feature++) {
                right.set(feature, sample, x.at(sample, feature));
            }
        }
        forward(w, batch, Layout.FEATURE_MAJOR).run(right, left);
        assertSameBits(
                product(forward(w, batch, Layout.PANELS), Layout.PANELS, x, SIDE),
                Grid.read(Layout.FEATURE_MAJOR, left));
        assertSameBits(x, Grid.read(Layout.FEATURE_MAJOR, right));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 70})
    void featuresMayLieFarApart(int batch) {
        int farApart = (1 << 18) + 1;
        Grid x = grid(batch, SIDE, 9);
        DenseMatrix y = new Grid(batch, SIDE).dense(Layout.FEATURE_MAJOR, memory, 0, farApart);
        forward(w, batch, Layout.FEATURE_MAJOR).run(x.dense(Layout.FEATURE_MAJOR, memory, 0, farApart), y);
        assertSameBits(
                product(forward(w, batch, Layout.PANELS), Layout.PANELS, x, SIDE), Grid.read(Layout.FEATURE_MAJOR, y));
        PaddingTest.assertGapsAreUntouched(y);
    }
}
