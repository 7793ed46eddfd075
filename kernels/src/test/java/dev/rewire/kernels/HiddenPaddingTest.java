package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Places of a block outside of the matrix, which a caller filled with NaN: no operation sees them. */
@Tag("species")
class HiddenPaddingTest {
    private static final int ROWS = 21;
    private static final int COLS = 26;

    private final KernelArena arena = KernelArena.open();
    private final Workers workers = Workers.of(2);

    @AfterEach
    void free() {
        arena.close();
        workers.close();
    }

    static Stream<int[]> blocks() {
        return Stream.of(new int[][] {{8, 4}, {4, 8}, {16, 16}, {1, 5}, {5, 1}, {64, 64}, {2, 3}, {1, 1}});
    }

    private static BlockPattern pattern(int[] block) {
        int cells = Math.ceilDiv(ROWS, block[0]) * Math.ceilDiv(COLS, block[1]);
        return BlockPattern.random(ROWS, COLS, block[0], block[1], (3 * cells + 3) / 4, new SplittableRandom(5));
    }

    /** Whole numbers in the matrix, and around it what is given. */
    private BlockSparseMatrix matrix(BlockPattern pattern, float padding) {
        BlockSparseMatrix matrix = BlockSparseMatrix.allocate(arena, pattern);
        for (long i = 0; i < pattern.storedElements(); i++) {
            ValueType.F32.set(matrix.values(), i, padding);
        }
        for (int row = 0; row < ROWS; row++) {
            for (int col = 0; col < COLS; col++) {
                if (pattern.find(row / pattern.blockRows(), col / pattern.blockCols()) >= 0) {
                    matrix.set(row, col, row * 7 % 11 - col * 5 % 9);
                }
            }
        }
        return matrix;
    }

    private DenseMatrix dense(int rows, int cols) {
        DenseMatrix matrix = DenseMatrix.allocate(arena, rows, cols);
        for (int row = 0; row < rows; row++) {
            for (int col = 0; col < cols; col++) {
                matrix.set(row, col, (row * 3 + col) % 7 - 3);
            }
        }
        return matrix;
    }

    /** What each operation makes of a matrix. */
    private List<Grid> results(BlockSparseMatrix w) {
        List<Grid> results = new ArrayList<>();
        for (int batch : new int[] {1, 5, 70}) {
            for (Layout layout : Layout.values()) {
                results.add(product(
                        SpmmPlan.forward(arena, w, batch, layout, Epilogue.NONE, workers), layout, batch, COLS, ROWS));
                results.add(product(
                        SpmmPlan.backwardInput(arena, w, batch, layout, Epilogue.NONE, workers),
                        layout,
                        batch,
                        ROWS,
                        COLS));
            }
        }
        DenseMatrix whole = DenseMatrix.allocate(arena, ROWS, COLS);
        w.toDense(whole);
        results.add(Grid.read(whole));
        results.add(Grid.read(w));
        float[] norms = new float[w.pattern().blocks()];
        BlockNorms.l1(w, norms);
        results.add(Grid.of(1, norms.length, (row, col) -> norms[col]));
        BlockSparseMatrix copy = BlockSparseMatrix.allocate(arena, BlockPattern.full(ROWS, COLS, 3, 5));
        w.copyInto(copy, workers);
        results.add(Grid.read(copy));
        BlockSparseMatrix half = w.convert(arena, ValueType.BF16);
        results.add(product(
                SpmmPlan.forward(arena, half, 5, Layout.PANELS, Epilogue.NONE, workers), Layout.PANELS, 5, COLS, ROWS));
        return results;
    }

    private Grid product(SpmmPlan plan, Layout layout, int batch, int inputs, int outputs) {
        DenseMatrix x = dense(batch, inputs);
        if (layout != Layout.PANELS) {
            DenseMatrix y = layout.allocate(arena, batch, outputs);
            plan.run(layout == Layout.FEATURE_MAJOR ? transposed(x) : x, y);
            return Grid.read(layout, y);
        }
        PanelMatrix panels = PanelMatrix.allocate(arena, batch, inputs);
        panels.pack(x, workers);
        PanelMatrix y = PanelMatrix.allocate(arena, batch, outputs);
        plan.run(panels, y);
        return Grid.read(y);
    }

    private DenseMatrix transposed(DenseMatrix matrix) {
        DenseMatrix turned = DenseMatrix.allocate(arena, matrix.cols(), matrix.rows());
        for (int row = 0; row < matrix.rows(); row++) {
            for (int col = 0; col < matrix.cols(); col++) {
                turned.set(col, row, matrix.get(row, col));
            }
        }
        return turned;
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void noOperationSeesIt(int[] block) {
        BlockPattern pattern = pattern(block);
        List<Grid> clean = results(matrix(pattern, 0));
        // Anew for each operation: the first that reads it may clear it.
        for (int i = 0; i < clean.size(); i++) {
            Grid dirty = results(matrix(pattern, Float.NaN)).get(i);
            assertTrue(clean.get(i).sameValues(dirty), "operation " + i);
        }
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void normsAloneDoNotSeeIt(int[] block) {
        BlockPattern pattern = pattern(block);
        float[] clean = new float[pattern.blocks()];
        BlockNorms.l1(matrix(pattern, 0), clean);
        float[] dirty = new float[pattern.blocks()];
        BlockNorms.l1(matrix(pattern, 1e9f), dirty);
        assertArrayEquals(clean, dirty);
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void eachProductAloneDoesNotSeeIt(int[] block) {
        BlockPattern pattern = pattern(block);
        for (Layout layout : Layout.values()) {
            for (int batch : new int[] {1, 5}) {
                for (boolean back : new boolean[] {false, true}) {
                    assertTrue(one(matrix(pattern, 0), layout, batch, back)
                            .sameValues(one(matrix(pattern, Float.NEGATIVE_INFINITY), layout, batch, back)));
                }
            }
        }
    }

    private Grid one(BlockSparseMatrix w, Layout layout, int batch, boolean back) {
        SpmmPlan plan = back
                ? SpmmPlan.backwardInput(arena, w, batch, layout, Epilogue.NONE, workers)
                : SpmmPlan.forward(arena, w, batch, layout, Epilogue.NONE, workers);
        return product(plan, layout, batch, back ? ROWS : COLS, back ? COLS : ROWS);
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void accumulatedGradientsDoNotSeeIt(int[] block) {
        BlockPattern pattern = pattern(block);
        BlockSparseMatrix clean = matrix(pattern, 0);
        BlockSparseMatrix dirty = matrix(pattern, Float.NaN);
        for (BlockSparseMatrix dw : List.of(clean, dirty)) {
            SddmmPlan.backwardWeight(arena, dw, 5, Layout.ROW_MAJOR, true, workers)
                    .run(dense(5, ROWS), dense(5, COLS));
        }
        assertTrue(Grid.read(clean).sameValues(Grid.read(dirty)));
        float[] norms = new float[pattern.blocks()];
        float[] same = new float[pattern.blocks()];
        BlockNorms.l1(clean, norms);
        BlockNorms.l1(dirty, same);
        assertArrayEquals(norms, same);
    }

    @Test
    void fillAndOfLeaveItZero() {
        BlockPattern pattern = BlockPattern.full(5, 7, 4, 4);
        float[] values = new float[(int) pattern.storedElements()];
        Arrays.fill(values, 3);
        BlockSparseMatrix given = BlockSparseMatrix.of(arena, pattern, values);
        BlockSparseMatrix filled = BlockSparseMatrix.allocate(arena, pattern);
        filled.fill(3);
        assertEquals(-1, given.values().mismatch(filled.values()));
        float sum = 0;
        for (long i = 0; i < pattern.storedElements(); i++) {
            sum += ValueType.F32.get(filled.values(), i);
        }
        assertEquals(5 * 7 * 3, sum);
    }

    @Test
    void setWritesWhatGetReads() {
        BlockSparseMatrix blocks = matrix(pattern(new int[] {4, 8}), 0);
        assertEquals(5 * 7 % 11 - 3 * 5 % 9, blocks.get(5, 3), "a stored place of this pattern");
        SemiStructuredMatrix nm =
                SemiStructuredMatrix.allocate(arena, NmPattern.of(1, 4, 2, 4, new int[] {1, 3}), ValueType.BF16);
        nm.set(0, 3, 2.5f);
        assertEquals(2.5f, nm.get(0, 3));
        nm.fill(-1);
        assertEquals(-1, nm.get(0, 1));
        SemiStructuredMatrix given =
                SemiStructuredMatrix.of(arena, NmPattern.of(1, 4, 2, 4, new int[] {1, 3}), new float[] {6, 7});
        assertEquals(7, given.get(0, 3));
    }

    @Test
    void placesThatAreNotStoredAreRefused() {
        BlockPattern corner = BlockPattern.of(4, 4, 2, 2, new int[] {0, 1, 1}, new int[] {0});
        BlockSparseMatrix blocks = BlockSparseMatrix.allocate(arena, corner);
        Refusal.ofArgument("(3, 0): no block is stored there", () -> blocks.set(3, 0, 1));
        SemiStructuredMatrix nm = SemiStructuredMatrix.allocate(arena, NmPattern.of(1, 4, 2, 4, new int[] {1, 3}));
        Refusal.ofArgument("(0, 2): no element is kept there", () -> nm.set(0, 2, 1));
        Refusal.ofArgument("values.length: 3 ", () -> BlockSparseMatrix.of(arena, corner, new float[3]));
        Refusal.ofArgument("values.length: 3 ", () -> SemiStructuredMatrix.of(arena, nm.pattern(), new float[3]));
    }
}
