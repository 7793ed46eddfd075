package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Few samples and blocks that are whole vectors, of some width, while their rows are not: gradients are products of repeated operands. */
@Tag("species")
class WholeBlockSddmmTest {
    /** One turn of samples, several, with some left over, and more than the kernel is for. */
    private static final int[] BATCHES = {1, 2, 3, 5, 12, 13, 16, 17, 31, 33, 48, 49};

    static Stream<Problem> problems() {
        // Sides that blocks divide and others, blocks of one vector and of many, several chunks of columns, rows of
        // blocks without any.
        return Stream.of(
                        Problem.of(1, 64, 96, 4, 4, 40),
                        Problem.of(1, 37, 83, 4, 4, 30),
                        Problem.of(1, 39, 1203, 4, 4, 70),
                        Problem.of(1, 38, 83, 2, 2, 30),
                        Problem.of(1, 37, 83, 2, 8, 20),
                        Problem.of(1, 37, 83, 8, 2, 20),
                        Problem.of(1, 40, 83, 8, 8, 20),
                        Problem.of(1, 70, 83, 12, 4, 20),
                        Problem.of(1, 80, 50, 16, 1, 20),
                        Problem.of(1, 31, 150, 1, 16, 20),
                        Problem.of(1, 64, 70, 64, 8, 60),
                        Problem.of(1, 200, 20, 4, 4, 4))
                .map(problem -> problem.with(Values.SMALL_INTEGERS));
    }

    @ParameterizedTest
    @MethodSource("problems")
    void sumsAreExactInEachLayout(SparseProblem problem) {
        for (int batch : BATCHES) {
            SddmmCase product = new SddmmCase(problem.withBatch(batch), batch % 2 == 0);
            for (Layout layout : Layout.values()) {
                product.expected().assertExact(product.resultOf(layout, 1));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("problems")
    @EnabledIf("dev.rewire.kernels.GuardedArena#isSupported")
    void nothingBesideOperandsIsTouched(SparseProblem problem) {
        for (GuardedArena.Side side : GuardedArena.Side.values()) {
            for (int batch : BATCHES) {
                SddmmCase product = new SddmmCase(problem.withBatch(batch), batch % 2 == 0);
                try (TestMemory memory = TestMemory.guarded(side);
                        Workers workers = Workers.of(1)) {
                    product.expected().assertExact(Grid.read(product.runPanels(memory, workers)));
                    product.expected().assertExact(Grid.read(product.runDense(Layout.ROW_MAJOR, memory, workers)));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("problems")
    void layoutsAndWorkersChangeNoBit(Problem problem) {
        for (int batch : new int[] {7, 40}) {
            SddmmCase product = new SddmmCase(problem.with(Values.UNIFORM).withBatch(batch), true);
            Grid expected = product.resultOf(Layout.PANELS, 1);
            for (Layout layout : Layout.values()) {
                assertTrue(expected.sameBits(product.resultOf(layout, 3)), batch + ", " + layout);
            }
        }
    }

    /** Samples of the run before are not added again. */
    @ParameterizedTest
    @EnumSource(Layout.class)
    void aSmallerBatchAfterALargerOneIsExact(Layout layout) {
        SparseProblem problem = Problem.of(1, 37, 83, 4, 4, 30).with(Values.SMALL_INTEGERS);
        try (TestMemory memory = TestMemory.open();
                Workers workers = Workers.of(1)) {
            SddmmCase larger = new SddmmCase(problem.withBatch(24), false);
            SparseMatrix dw = larger.old(memory);
            SddmmPlan plan = larger.plan(dw, layout, memory, workers);
            for (int batch : new int[] {24, 5, 13, 0, 24}) {
                SddmmCase product = new SddmmCase(problem.withBatch(batch), false);
                if (layout == Layout.PANELS) {
                    plan.run(panels(product.gradient, memory), panels(product.input, memory));
                } else {
                    plan.run(product.gradient.dense(layout, memory, 0, 0), product.input.dense(layout, memory, 0, 0));
                }
                product.expected().assertExact(Grid.read(dw));
            }
        }
    }

    private static PanelMatrix panels(Grid grid, TestMemory memory) {
        PanelMatrix panels = PanelMatrix.allocate(memory.kernels(), grid.rows(), grid.cols(), PanelMatrix.lanesFor(24));
        for (int row = 0; row < grid.rows(); row++) {
            for (int col = 0; col < grid.cols(); col++) {
                panels.set(row, col, grid.at(row, col));
            }
        }
        return panels;
    }

    @Test
    void aRewiredPatternIsExact() {
        Problem denser = Problem.of(16, 39, 1203, 4, 4, 70).with(Values.SMALL_INTEGERS);
        SddmmCase before = new SddmmCase(denser, false);
        SddmmCase after = before.withPattern(denser.withPercent(25).pattern());
        try (TestMemory memory = TestMemory.open();
                Workers workers = Workers.of(1)) {
            BlockSparseMatrix dw = (BlockSparseMatrix) before.old(memory);
            SddmmPlan plan = before.plan(dw, Layout.ROW_MAJOR, memory, workers);
            dw.rewire((BlockPattern) after.sparsity);
            plan.replan();
            plan.run(
                    after.gradient.dense(Layout.ROW_MAJOR, memory, 0, 0),
                    after.input.dense(Layout.ROW_MAJOR, memory, 0, 0));
            after.expected().assertExact(Grid.read(dw));
        }
    }

    /** What is repeated would take a gigabyte. */
    @Test
    void aWideMatrixOfFewBlocksIsLeftToPanels() {
        assumeTrue(Providers.active().vectorBits() > Float.SIZE, "no vectors here");
        assertTrue(WholeBlockSddmm.pays(BlockPattern.random(16, 1000, 16, 1, 10, new SplittableRandom(1)), 16));
        assertFalse(WholeBlockSddmm.pays(BlockPattern.random(16, 1_000_000, 16, 1, 10, new SplittableRandom(1)), 16));
    }

    /** A block costs as much per place as a dense one, and little more for each run; so what is stored is never worth all places. */
    @Test
    void theModelTakesTheStoredBlocks() {
        assumeTrue(Providers.active().paysWholeBlockSddmm(4, 4, 8), "panels or outer products do it here");
        for (int batch : new int[] {1, 8, 32}) {
            BlockPattern pattern = Problem.of(batch, 256, 256, 4, 4, 95).pattern();
            try (KernelArena arena = KernelArena.open();
                    Workers workers = Workers.of(1)) {
                SparseMatrix dw = SparseMatrix.allocate(arena, pattern);
                SddmmPlan plan = SddmmPlan.backwardWeight(arena, dw, batch, Layout.PANELS, false, workers);
                assertEquals(PlanChoice.STORED, plan.chosen());
            }
        }
    }
}
