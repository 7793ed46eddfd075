package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Single elements of which enough rows keep the same inputs, as with 2:4: squares of them are computed together. */
@Tag("species")
class SddmmSquaresTest {
    @ParameterizedTest
    @CsvSource({
        "64, 259, 24, 1, PANELS, false",
        "40, 259, 24, 1, PANELS, true", // the panel is not full
        "130, 259, 44, 1, PANELS, false", // the last inputs are half a tile
        "1100, 128, 16, 4, PANELS, false", // several turns
        "1100, 128, 16, 4, PANELS, true",
        "130, 259, 24, 1, ROW_MAJOR, false",
        "1100, 1024, 512, 4, ROW_MAJOR, true", // packed in several turns
    })
    void sumsOfIntegersAreExact(int batch, int rows, int cols, int sharedRows, Layout layout, boolean accumulate) {
        NmProblem problem =
                NmProblem.general(batch, rows, cols, 2, 4, sharedRows).with(Values.SMALL_INTEGERS);
        assertNotNull(SquareOrder.of(problem.pattern().asBlocks()));
        SddmmCase product = new SddmmCase(problem, accumulate);
        product.expected().assertExact(product.resultOf(layout, 2));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 259, 600, 1025})
    void squaresBringEachElementToItsPlace(int rows) {
        assertInPlace(
                NmPattern.random(rows, 44, 2, 4, 1, new SplittableRandom(1)).asBlocks(), rows >= 259);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7})
    void squaresOfSharedPlacesBringEachElementToItsPlace(int rowsOfMask) {
        // Each mask is kept by so many rows of 40 · that; those of fewer than three rows by halves alone.
        int[] columns = IntStream.range(0, 40 * rowsOfMask)
                .flatMap(row -> IntStream.of(0, 2, 4, 6).map(col -> col + (row % 2)))
                .toArray();
        int[] offsets =
                IntStream.rangeClosed(0, 40 * rowsOfMask).map(row -> row * 4).toArray();
        assertInPlace(BlockPattern.of(40 * rowsOfMask, 8, 1, 1, offsets, columns), true);
    }

    @Test
    void rowsWithoutElementsAreInNoSquare() {
        // Of 301 rows each tenth is empty.
        int[] offsets = new int[302];
        for (int row = 0; row < 301; row++) {
            offsets[row + 1] = offsets[row] + (row % 10 == 0 ? 0 : 4);
        }
        int[] columns = IntStream.range(0, offsets[301]).map(i -> 2 * (i % 4)).toArray();
        BlockPattern pattern = BlockPattern.of(301, 8, 1, 1, offsets, columns);
        assertInPlace(pattern, true);
        SquareOrder order = SquareOrder.of(pattern);
        assertNotNull(order);
        assertTrue(Arrays.stream(order.rows(), 0, order.firstRow(order.count())).noneMatch(row -> row % 10 == 0));
    }

    /** Each sum is the number of its place; and what is stored more than once would be added twice. */
    private static void assertInPlace(BlockPattern pattern, boolean pays) {
        SquareOrder order = SquareOrder.of(pattern);
        assertEquals(pays, order != null);
        if (order == null) {
            return;
        }
        try (TestMemory memory = TestMemory.open()) {
            MemorySegment sums = memory.kernels().allocate(SquareOrder.mostElements(pattern) * Float.BYTES);
            MemorySegment written = memory.kernels().allocate(pattern.blocks() * (long) Float.BYTES);
            MemorySegment added = memory.kernels().allocate(pattern.blocks() * (long) Float.BYTES);
            for (int tile = 0; tile < order.count(); tile++) {
                for (int row = order.firstRow(tile); row < order.firstRow(tile + 1); row++) {
                    for (int i = 0; i < 4; i++) {
                        float place = order.rows()[row] * pattern.cols() + order.cols()[row / 2 * 4 + i];
                        sums.setAtIndex(ValueLayout.JAVA_FLOAT, row * 4L + i, place);
                    }
                }
                order.store(tile, sums, written, false);
                order.store(tile, sums, added, true);
            }
            float[] places = new float[pattern.blocks()];
            for (int row = 0; row < pattern.rows(); row++) {
                for (int block = pattern.rowOffset(row); block < pattern.rowOffset(row + 1); block++) {
                    places[block] = row * pattern.cols() + pattern.gridCol(block);
                }
            }
            assertArrayEquals(places, written.toArray(ValueLayout.JAVA_FLOAT));
            assertArrayEquals(places, added.toArray(ValueLayout.JAVA_FLOAT));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 130, 500})
    void bitsAreThoseOfSingleElements(int batch) {
        NmProblem problem = NmProblem.general(batch, 259, 24, 2, 4, 1);
        SddmmCase inSquares = new SddmmCase(problem, false);
        BlockPattern all = BlockPattern.full(259, 24, 1, 1);
        assertNull(SquareOrder.of(all));
        Grid expected = inSquares.withPattern(all).resultOf(Layout.PANELS, 1).on(inSquares.sparsity);
        Grid actual = inSquares.resultOf(Layout.PANELS, 1);
        assertTrue(expected.sameBits(actual), () -> actual + " instead of " + expected);
    }

    @Test
    void bitsAreThoseOfAnyNumberOfWorkers() {
        SddmmCase product = new SddmmCase(NmProblem.general(1100, 600, 64, 2, 4, 1), false);
        assertTrue(product.resultOf(Layout.PANELS, 1).sameBits(product.resultOf(Layout.PANELS, 3)));
    }

    @Test
    void rowsThatKeepMoreThanFourOfEightInputsAreInNoSquares() {
        assertNull(SquareOrder.of(BlockPattern.random(1000, 64, 1, 1, 32_000, new SplittableRandom(1))));
    }

    @Test
    void aFewElementsAreInNoSquares() {
        assertNull(SquareOrder.of(
                NmPattern.random(1000, 64, 1, 4, 1, new SplittableRandom(1)).asBlocks()));
    }

    @Test
    void noElementsNeedNoSquares() {
        assertNull(SquareOrder.of(BlockPattern.random(0, 300, 1, 1, 0, new SplittableRandom(1))));
    }

    @Test
    void aPlanFollowsItsPatternIntoSquaresAndOut() {
        NmProblem problem = NmProblem.general(70, 512, 72, 2, 4, 4).with(Values.SMALL_INTEGERS);
        BlockPattern squares = problem.singleBlocks();
        BlockPattern others = BlockPattern.random(512, 72, 1, 1, squares.blocks(), new SplittableRandom(2));
        assertNotNull(SquareOrder.of(squares));
        assertNull(SquareOrder.of(others));
        SddmmCase before = new SddmmCase(problem, false).withPattern(others);
        SddmmCase after = before.withPattern(squares);
        try (TestMemory memory = TestMemory.open();
                Workers workers = Workers.of(1)) {
            BlockSparseMatrix dw = (BlockSparseMatrix) before.old(memory);
            SddmmPlan plan = before.plan(dw, Layout.PANELS, memory, workers);
            PanelMatrix dy = before.gradient.panels(memory.kernels());
            PanelMatrix x = before.input.panels(memory.kernels());
            plan.run(dy, x);
            before.expected().assertExact(Grid.read(dw));
            dw.rewire(squares);
            plan.replan();
            plan.run(dy, x);
            after.expected().assertExact(Grid.read(dw));
            dw.rewire(others);
            plan.replan();
            plan.run(dy, x);
            before.expected().assertExact(Grid.read(dw));
        }
    }
}
