package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rewire.kernels.SpmmCase.Direction;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.BiFunction;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;

/** What lies around a matrix is left as it was: zeros in panels and blocks, a caller's bytes between the rows. */
@Tag("species")
class PaddingTest {
    @Property(tries = 80)
    void forwardKeepsThePaddingOfPanelsZero(
            @ForAll(supplier = Problems.Any.class) Problem problem, @ForAll EpilogueKind epilogue) {
        assertPanelPaddingIsZero(new SpmmCase(problem, Direction.FORWARD, epilogue)::runPanels);
    }

    @Property(tries = 80)
    void backwardInputKeepsThePaddingOfPanelsZero(
            @ForAll(supplier = Problems.Any.class) Problem problem, @ForAll EpilogueKind epilogue) {
        assertPanelPaddingIsZero(new SpmmCase(problem, Direction.BACKWARD_INPUT, epilogue)::runPanels);
    }

    @Example
    void infiniteWeightsKeepThePaddingOfPanelsZero() {
        SpmmCase product = new SpmmCase(Problem.of(19, 20, 24, 8, 4, 100), Direction.FORWARD, EpilogueKind.NONE)
                .withWeights(Grid.filled(20, 24, Float.POSITIVE_INFINITY));
        assertPanelPaddingIsZero(product::runPanels);
    }

    @Property(tries = 80)
    void backwardWeightKeepsThePaddingOfBlocksZero(
            @ForAll(supplier = Problems.Any.class) Problem problem, @ForAll boolean accumulate) {
        assertBlockPaddingIsZero(new SddmmCase(problem, accumulate));
    }

    @Example
    void infiniteActivationsKeepThePaddingOfBlocksZero() {
        Problem problem = Problem.of(19, 21, 26, 8, 4, 100);
        assertBlockPaddingIsZero(new SddmmCase(problem, false)
                .withOperands(
                        Grid.filled(19, 21, Float.POSITIVE_INFINITY), Grid.filled(19, 26, Float.NEGATIVE_INFINITY)));
    }

    @Property(tries = 80)
    void forwardKeepsWhatLiesBetweenTheRowsOfADenseOutput(
            @ForAll(supplier = DenseLayouts.class) Layout layout,
            @ForAll(supplier = Problems.Any.class) Problem problem,
            @ForAll(supplier = EpilogueKind.RowMajor.class) EpilogueKind epilogue) {
        SpmmCase product = new SpmmCase(problem, Direction.FORWARD, epilogue);
        assertGapsAreUntouched((memory, workers) -> product.runDense(layout, memory, workers));
    }

    private static void assertPanelPaddingIsZero(BiFunction<TestMemory, Workers, PanelMatrix> product) {
        try (TestMemory memory = TestMemory.open();
                Workers workers = Workers.of(1)) {
            PanelMatrix y = product.apply(memory, workers);
            assertPaddingIsZero(y);
        }
    }

    static void assertPaddingIsZero(PanelMatrix matrix) {
        MemorySegment floats = matrix.segment();
        assertEquals(matrix.panels() * matrix.panelStride() * Float.BYTES, floats.byteSize());
        for (long i = 0; i < floats.byteSize() / Float.BYTES; i++) {
            long row = i / matrix.panelStride() * matrix.lanes() + i % matrix.lanes();
            long col = i % matrix.panelStride() / matrix.lanes();
            if (row >= matrix.rows() || col >= matrix.cols()) {
                assertEquals(
                        0,
                        floats.getAtIndex(ValueLayout.JAVA_INT, i),
                        () -> "bits of the padding at (" + row + ", " + col + ") of " + matrix);
            }
        }
    }

    private static void assertBlockPaddingIsZero(SddmmCase product) {
        try (TestMemory memory = TestMemory.open();
                Workers workers = Workers.of(1)) {
            BlockSparseMatrix dw = (BlockSparseMatrix) product.runPanels(memory, workers);
            BlockPattern pattern = dw.pattern();
            long element = 0;
            for (int gridRow = 0; gridRow < pattern.gridRows(); gridRow++) {
                for (int block = pattern.rowOffset(gridRow); block < pattern.rowOffset(gridRow + 1); block++) {
                    for (int i = 0; i < pattern.blockRows(); i++) {
                        for (int j = 0; j < pattern.blockCols(); j++, element++) {
                            int row = gridRow * pattern.blockRows() + i;
                            int col = pattern.gridCol(block) * pattern.blockCols() + j;
                            if (row >= pattern.rows() || col >= pattern.cols()) {
                                assertEquals(
                                        0f,
                                        dw.values().getAtIndex(ValueLayout.JAVA_FLOAT, element),
                                        0f,
                                        () -> "padding at (" + row + ", " + col + ") of " + dw);
                            }
                        }
                    }
                }
            }
        }
    }

    private static void assertGapsAreUntouched(BiFunction<TestMemory, Workers, DenseMatrix> product) {
        try (TestMemory memory = TestMemory.open();
                Workers workers = Workers.of(1)) {
            assertGapsAreUntouched(product.apply(memory, workers));
        }
    }

    static void assertGapsAreUntouched(DenseMatrix matrix) {
        for (int row = 0; row + 1 < matrix.rows(); row++) {
            for (long col = matrix.cols(); col < matrix.rowStride(); col++) {
                int bits = matrix.segment().getAtIndex(ValueLayout.JAVA_INT, row * matrix.rowStride() + col);
                assertEquals(Grid.GAP_BITS, bits, "bits behind row " + row);
            }
        }
    }
}
