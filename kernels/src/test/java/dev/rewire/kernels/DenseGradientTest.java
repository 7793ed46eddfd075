package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

@Tag("species")
class DenseGradientTest {
    /** Three bands of 64 rows and a part of a fourth. */
    private static final Problem SEVERAL_BANDS =
            Problem.of(17, 203, 1000, 1, 1, 0).with(Values.SMALL_INTEGERS);

    private final Workers workers = Workers.of(1);
    private TestMemory memory;

    @BeforeTry
    void open() {
        memory = TestMemory.open();
    }

    @AfterTry
    void free() {
        memory.close();
    }

    @Property(tries = 150)
    void normsAreWithinTheErrorBound(@ForAll(supplier = Problems.Any.class) Problem problem) {
        expected(problem).assertWithinBound(norms(problem, memory, workers));
    }

    @Property(tries = 60)
    void normsDoNotDependOnTheStoredBlocks(@ForAll(supplier = Problems.Any.class) Problem problem) {
        assertSameBits(
                norms(problem.withPercent(0), memory, workers), norms(problem.withPercent(100), memory, workers));
    }

    @Property(tries = 60)
    void workersChangeNoBit(
            @ForAll(supplier = Problems.Any.class) Problem problem, @ForAll @IntRange(min = 2, max = 4) int threads) {
        try (Workers several = Workers.of(threads)) {
            assertSameBits(norms(problem, memory, workers), norms(problem, memory, several));
        }
    }

    @Property(tries = 60)
    @AddLifecycleHook(LinuxOnly.class)
    void nothingBesideTheMatricesIsTouched(
            @ForAll(supplier = Problems.Any.class) Problem problem, @ForAll GuardedArena.Side side) {
        try (TestMemory guarded = TestMemory.guarded(side)) {
            expected(problem).assertWithinBound(norms(problem, guarded, workers));
        }
    }

    @Example
    void severalBandsAreExactOnIntegers() {
        expected(SEVERAL_BANDS).assertExact(norms(SEVERAL_BANDS, memory, workers));
    }

    @Example
    void severalBandsOfTallBlocksAreExactOnIntegers() {
        Problem problem = Problem.of(17, 203, 1000, 20, 3, 0).with(Values.SMALL_INTEGERS);
        expected(problem).assertExact(norms(problem, memory, workers));
    }

    @Example
    void rowsComeOnceInAscendingOrder() {
        List<Integer> rows = new ArrayList<>();
        gradient(SEVERAL_BANDS, memory, workers)
                .run(
                        panels(SEVERAL_BANDS.batch(), SEVERAL_BANDS.rows()),
                        panels(SEVERAL_BANDS.batch(), SEVERAL_BANDS.cols()),
                        (row, norms) -> rows.add(row));
        assertEquals(IntStream.range(0, 203).boxed().toList(), rows);
    }

    @Example
    void noSamplesGiveZeros() {
        Problem problem = new Problem(0, 203, 1000, 1, 1, 0, 0, 0, Values.UNIFORM, 1);
        assertSameBits(new Grid(203, 1000), norms(problem, memory, workers));
    }

    @Example
    void infiniteOperandsShowNoNaNInAPartialBlock() {
        Grid dy = Grid.filled(17, 5, 1);
        Grid x = Grid.filled(17, 7, Float.POSITIVE_INFINITY);
        BlockPattern grid = BlockPattern.full(5, 7, 4, 4);
        float[] last = new float[1];
        DenseGradient.prepare(memory.kernels(), grid, 17, workers)
                .run(dy.panels(memory.kernels()), x.panels(memory.kernels()), (row, norms) -> last[0] = norms[1]);
        assertEquals(Float.POSITIVE_INFINITY, last[0]);
    }

    @Example
    void refusesAGradientOfOtherRows() {
        DenseGradient gradient = gradient(SEVERAL_BANDS, memory, workers);
        Refusal.ofArgument("dy.cols: 204 ", () -> gradient.run(panels(17, 204), panels(17, 1000), (row, norms) -> {}));
    }

    @Example
    void refusesAGradientOfAnotherBatch() {
        DenseGradient gradient = gradient(SEVERAL_BANDS, memory, workers);
        Refusal.ofArgument("dy.rows: 18 ", () -> gradient.run(panels(18, 203), panels(17, 1000), (row, norms) -> {}));
    }

    @Example
    void refusesAnInputOfOtherColumns() {
        DenseGradient gradient = gradient(SEVERAL_BANDS, memory, workers);
        Refusal.ofArgument("x.cols: 999 ", () -> gradient.run(panels(17, 203), panels(17, 999), (row, norms) -> {}));
    }

    @Example
    void refusesAClosedInput() {
        DenseGradient gradient = gradient(SEVERAL_BANDS, memory, workers);
        KernelArena closed = KernelArena.open();
        PanelMatrix x = PanelMatrix.allocate(closed, 17, 1000);
        closed.close();
        Refusal.ofState("x: its arena is closed", () -> gradient.run(panels(17, 203), x, (row, norms) -> {}));
    }

    @Example
    void refusesAClosedGradient() {
        DenseGradient gradient = gradient(SEVERAL_BANDS, memory, workers);
        KernelArena closed = KernelArena.open();
        PanelMatrix dy = PanelMatrix.allocate(closed, 17, 203);
        closed.close();
        Refusal.ofState("dy: its arena is closed", () -> gradient.run(dy, panels(17, 1000), (row, norms) -> {}));
    }

    private PanelMatrix panels(int rows, int cols) {
        return PanelMatrix.allocate(memory.kernels(), rows, cols);
    }

    private static DenseGradient gradient(Problem problem, TestMemory memory, Workers workers) {
        return DenseGradient.prepare(memory.kernels(), problem.pattern(), problem.batch(), workers);
    }

    private static Grid dy(Problem problem) {
        return problem.values().steadyGrid(problem.batch(), problem.rows(), problem.random(1));
    }

    private static Grid x(Problem problem) {
        return problem.values().alternatingGrid(problem.batch(), problem.cols(), problem.random(2));
    }

    private static Grid norms(Problem problem, TestMemory memory, Workers workers) {
        BlockPattern grid = problem.pattern();
        Grid result = Grid.filled(grid.gridRows(), grid.gridCols(), Float.NaN);
        gradient(problem, memory, workers)
                .run(dy(problem).panels(memory.kernels()), x(problem).panels(memory.kernels()), (gridRow, norms) -> {
                    for (int gridCol = 0; gridCol < grid.gridCols(); gridCol++) {
                        result.set(gridRow, gridCol, norms[gridCol]);
                    }
                });
        return result;
    }

    private static Oracle expected(Problem problem) {
        Grid dy = dy(problem);
        Grid x = x(problem);
        BlockPattern grid = problem.pattern();
        Oracle oracle = new Oracle(grid.gridRows(), grid.gridCols());
        for (int row = 0; row < problem.rows(); row++) {
            for (int col = 0; col < problem.cols(); col++) {
                double sum = 0;
                double magnitude = 0;
                for (int sample = 0; sample < problem.batch(); sample++) {
                    double term = (double) dy.at(sample, row) * x.at(sample, col);
                    sum += term;
                    magnitude += Math.abs(term);
                }
                // A term passes the additions of its element's sum, and then those of the block's.
                boolean firstOfBlock = row % problem.blockRows() == 0 && col % problem.blockCols() == 0;
                oracle.add(
                        row / problem.blockRows(),
                        col / problem.blockCols(),
                        Math.abs(sum),
                        magnitude,
                        firstOfBlock ? problem.batch() + 1 : 1);
            }
        }
        return oracle;
    }

    private static void assertSameBits(Grid expected, Grid actual) {
        assertTrue(expected.sameBits(actual), () -> actual + " instead of " + expected);
    }
}
