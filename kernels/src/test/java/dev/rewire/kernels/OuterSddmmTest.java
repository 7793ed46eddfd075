package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Blocks whose rows are whole vectors: gradients are sums of outer products, read where they lie in the plan's arena. */
@Tag("species")
class OuterSddmmTest {
    /** Less than a panel, several, and more than are computed in a turn. */
    private static final int[] BATCHES = {1, 3, 16, 17, 33, 64, 65, 128, 300};

    static Stream<Problem> problems() {
        // An odd number of blocks in a row, sides that blocks divide and others, tiles of rows that are left over.
        return Stream.of(
                        Problem.of(1, 64, 96, 16, 16, 13),
                        Problem.of(1, 40, 83, 16, 16, 11),
                        Problem.of(1, 48, 83, 16, 16, 11),
                        Problem.of(1, 40, 96, 20, 8, 9),
                        Problem.of(1, 64, 64, 32, 32, 3),
                        Problem.of(1, 16, 192, 4, 64, 5),
                        Problem.of(1, 64, 64, 4, 4, 100))
                .map(problem -> problem.with(Values.SMALL_INTEGERS));
    }

    @ParameterizedTest
    @MethodSource("problems")
    void sumsAreExactOfOperandsInTheArena(SparseProblem problem) {
        for (int batch : BATCHES) {
            SddmmCase product = new SddmmCase(problem.withBatch(batch), batch % 2 == 0);
            try (TestMemory memory = TestMemory.open()) {
                product.expected().assertExact(Grid.read(run(product, memory, 1)));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("problems")
    void sumsAreExactOfOperandsOfTheCaller(SparseProblem problem) {
        for (int batch : BATCHES) {
            SddmmCase product = new SddmmCase(problem.withBatch(batch), batch % 2 == 0);
            product.expected().assertExact(product.resultOf(Layout.ROW_MAJOR, 1));
            product.expected().assertExact(product.resultOf(Layout.FEATURE_MAJOR, 1));
            product.expected().assertExact(product.resultOf(Layout.PANELS, 1));
        }
    }

    @ParameterizedTest
    @MethodSource("problems")
    @EnabledIf("dev.rewire.kernels.GuardedArena#isSupported")
    void nothingBesideOperandsInTheArenaIsTouched(SparseProblem problem) {
        for (GuardedArena.Side side : GuardedArena.Side.values()) {
            for (int batch : BATCHES) {
                SddmmCase product = new SddmmCase(problem.withBatch(batch), batch % 2 == 0);
                try (TestMemory memory = TestMemory.guarded(side)) {
                    product.expected().assertExact(Grid.read(run(product, memory, 1)));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("problems")
    void whereOperandsLieAndWhoComputesChangesNoBit(Problem problem) {
        SparseProblem rounded = problem.with(Values.UNIFORM).withBatch(300);
        SddmmCase product = new SddmmCase(rounded, true);
        Grid expected = product.resultOf(Layout.ROW_MAJOR, 1);
        try (TestMemory memory = TestMemory.open()) {
            assertTrue(expected.sameBits(Grid.read(run(product, memory, 3))));
        }
    }

    @ParameterizedTest
    @MethodSource("problems")
    void aSmallerBatchThanThePlansIsExact(SparseProblem problem) {
        SddmmCase product = new SddmmCase(problem.withBatch(37), false);
        for (Layout layout : Layout.values()) {
            try (TestMemory memory = TestMemory.open();
                    Workers workers = Workers.of(1)) {
                SparseMatrix dw = product.old(memory);
                SddmmPlan plan = SddmmPlan.backwardWeight(memory.kernels(), dw, 100, layout, false, workers);
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
        PanelMatrix panels =
                PanelMatrix.allocate(memory.kernels(), grid.rows(), grid.cols(), PanelMatrix.lanesFor(100));
        for (int row = 0; row < grid.rows(); row++) {
            for (int col = 0; col < grid.cols(); col++) {
                panels.set(row, col, grid.at(row, col));
            }
        }
        return panels;
    }

    private static SparseMatrix run(SddmmCase product, TestMemory memory, int threads) {
        try (Workers workers = Workers.of(threads)) {
            SparseMatrix dw = product.old(memory);
            product.plan(dw, Layout.ROW_MAJOR, memory, workers)
                    .run(inArena(product.gradient, memory), inArena(product.input, memory));
            return dw;
        }
    }

    private static DenseMatrix inArena(Grid grid, TestMemory memory) {
        DenseMatrix matrix = DenseMatrix.allocate(memory.kernels(), grid.rows(), grid.cols());
        for (int row = 0; row < grid.rows(); row++) {
            for (int col = 0; col < grid.cols(); col++) {
                matrix.set(row, col, grid.at(row, col));
            }
        }
        return matrix;
    }
}
