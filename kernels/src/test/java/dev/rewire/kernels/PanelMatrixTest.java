package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

@Tag("species")
class PanelMatrixTest {
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
    void packingAndUnpackingKeepsEveryBit(@ForAll(supplier = Problems.Any.class) Problem problem) {
        Grid grid = arbitraryBits(problem.batch(), problem.cols());
        PanelMatrix panels = PanelMatrix.allocate(memory.kernels(), problem.batch(), problem.cols());
        panels.pack(grid.rowMajor(memory, problem.offset(), problem.gap()), workers);
        DenseMatrix target = Grid.filled(problem.batch(), problem.cols(), Float.NaN)
                .rowMajor(memory, problem.offset(), problem.gap());
        panels.unpack(target, workers);
        assertSameBits(grid, Grid.read(target));
    }

    @Property(tries = 100)
    void packPutsEachElementWhereGetFindsIt(@ForAll(supplier = Problems.Any.class) Problem problem) {
        Grid grid = arbitraryBits(problem.batch(), problem.cols());
        PanelMatrix panels = PanelMatrix.allocate(memory.kernels(), problem.batch(), problem.cols());
        panels.pack(grid.rowMajor(memory, problem.offset(), problem.gap()), workers);
        assertSameBits(grid, Grid.read(panels));
    }

    @Property(tries = 100)
    void transposingKeepsEveryBitAndThePadding(@ForAll(supplier = Problems.Any.class) Problem problem) {
        Grid grid = arbitraryBits(problem.batch(), problem.cols());
        PanelMatrix panels = PanelMatrix.allocate(memory.kernels(), problem.batch(), problem.cols());
        panels.pack(grid.rowMajor(memory, problem.offset(), problem.gap()), workers);
        PanelMatrix transposed = PanelMatrix.allocate(memory.kernels(), problem.cols(), problem.batch());
        panels.transpose(transposed, workers);
        assertSameBits(grid.transposed(), Grid.read(transposed));
        PaddingTest.assertPaddingIsZero(transposed);
    }

    @Property(tries = 100)
    void packKeepsPaddingZero(@ForAll(supplier = Problems.Any.class) Problem problem) {
        PanelMatrix panels = PanelMatrix.allocate(memory.kernels(), problem.batch(), problem.cols());
        panels.pack(
                Grid.filled(problem.batch(), problem.cols(), Float.NaN)
                        .rowMajor(memory, problem.offset(), problem.gap()),
                workers);
        PaddingTest.assertPaddingIsZero(panels);
    }

    @Property(tries = 100)
    void unpackKeepsWhatLiesBetweenTheRows(@ForAll(supplier = Problems.Any.class) Problem problem) {
        PanelMatrix panels = PanelMatrix.allocate(memory.kernels(), problem.batch(), problem.cols());
        DenseMatrix target =
                new Grid(problem.batch(), problem.cols()).rowMajor(memory, problem.offset(), problem.gap());
        panels.unpack(target, workers);
        PaddingTest.assertGapsAreUntouched(target);
    }

    @Example
    void severalTasksOfOneMatrixPackAllOfIt() {
        // More features and panels than one task takes.
        Grid grid = arbitraryBits(130, 600);
        try (Workers three = Workers.of(3)) {
            PanelMatrix panels = PanelMatrix.allocate(memory.kernels(), 130, 600);
            panels.pack(grid.rowMajor(memory), three);
            DenseMatrix target = new Grid(130, 600).rowMajor(memory);
            panels.unpack(target, three);
            assertSameBits(grid, Grid.read(target));
        }
    }

    @Property(tries = 50)
    void elementsLieWhereTheFormulaSays(
            @ForAll @IntRange(min = 1, max = 140) int rows, @ForAll @IntRange(min = 1, max = 40) int cols) {
        PanelMatrix panels = PanelMatrix.allocate(memory.kernels(), rows, cols);
        int row = rows / 2;
        int col = cols - 1;
        panels.set(row, col, 7);
        long element = row / panels.lanes() * panels.panelStride() + (long) col * panels.lanes() + row % panels.lanes();
        assertEquals(7, panels.segment().getAtIndex(ValueLayout.JAVA_FLOAT, element));
    }

    @Example
    void lanesAreTheFewestThatHoldTheBatch() {
        assertEquals(16, PanelMatrix.lanesFor(1));
        assertEquals(16, PanelMatrix.lanesFor(16));
        assertEquals(32, PanelMatrix.lanesFor(17));
        assertEquals(32, PanelMatrix.lanesFor(32));
        assertEquals(64, PanelMatrix.lanesFor(33));
        assertEquals(64, PanelMatrix.lanesFor(10_000));
    }

    @Example
    void getRefusesARowInThePadding() {
        PanelMatrix panels = PanelMatrix.allocate(memory.kernels(), 5, 3);
        assertThrows(IndexOutOfBoundsException.class, () -> panels.get(5, 0));
    }

    @Example
    void setRefusesAColumnInThePadding() {
        PanelMatrix panels = PanelMatrix.allocate(memory.kernels(), 5, 3);
        assertThrows(IndexOutOfBoundsException.class, () -> panels.set(0, 3, 1));
    }

    @Example
    void refusesNegativeRows() {
        Refusal.ofArgument("rows: -1 ", () -> PanelMatrix.allocate(memory.kernels(), -1, 3));
    }

    @Example
    void refusesMoreColumnsThanCanBeAddressed() {
        Refusal.ofArgument("cols: 2147483647 ", () -> PanelMatrix.allocate(memory.kernels(), 1, Integer.MAX_VALUE));
    }

    @Example
    void packRefusesASourceOfAnotherShape() {
        PanelMatrix panels = PanelMatrix.allocate(memory.kernels(), 5, 3);
        Refusal.ofArgument("source.cols: 4 ", () -> panels.pack(new Grid(5, 4).rowMajor(memory), workers));
    }

    @Example
    void unpackRefusesATargetOfAnotherShape() {
        PanelMatrix panels = PanelMatrix.allocate(memory.kernels(), 5, 3);
        Refusal.ofArgument("target.rows: 6 ", () -> panels.unpack(new Grid(6, 3).rowMajor(memory), workers));
    }

    @Example
    void unpackRefusesAReadOnlyTarget() {
        PanelMatrix panels = PanelMatrix.allocate(memory.kernels(), 5, 3);
        DenseMatrix target = DenseMatrix.of(memory.floats(15, 0).asReadOnly(), 5, 3);
        Refusal.ofArgument("target: a read-only segment", () -> panels.unpack(target, workers));
    }

    private static Grid arbitraryBits(int rows, int cols) {
        SplittableRandom random = new SplittableRandom(1);
        return Grid.of(rows, cols, (row, col) -> Float.intBitsToFloat(random.nextInt()));
    }

    private static void assertSameBits(Grid expected, Grid actual) {
        assertTrue(expected.sameBits(actual), () -> actual + " instead of " + expected);
    }
}
