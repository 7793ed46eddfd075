package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

/** Contents of an N:M matrix of every type against a dense grid. */
class SemiStructuredMatrixTest {
    private TestMemory memory;

    @BeforeTry
    void open() {
        memory = TestMemory.open();
    }

    @AfterTry
    void free() {
        memory.close();
    }

    @Property(tries = 200)
    void toDenseGivesTheKeptElementsAndZerosElsewhere(
            @ForAll(supplier = NmCases.class) NmCase problem, @ForAll ValueType type) {
        NmPattern pattern = problem.pattern();
        Grid dense = arbitraryFloats(problem);
        SemiStructuredMatrix matrix =
                SemiStructuredMatrix.fromDense(memory.kernels(), dense.rowMajor(memory, 3, 5), pattern, type);
        DenseMatrix target =
                Grid.filled(problem.rows(), problem.cols(), Float.NaN).rowMajor(memory, 1, 2);
        matrix.toDense(target);
        assertSameBits(stored(on(pattern, dense), type), Grid.read(target));
    }

    @Property(tries = 200)
    void getGivesWhatToDenseWrites(@ForAll(supplier = NmCases.class) NmCase problem, @ForAll ValueType type) {
        SemiStructuredMatrix matrix = SemiStructuredMatrix.fromDense(
                memory.kernels(), arbitraryFloats(problem).rowMajor(memory), problem.pattern(), type);
        DenseMatrix target = new Grid(problem.rows(), problem.cols()).rowMajor(memory);
        matrix.toDense(target);
        assertSameBits(Grid.read(target), read(matrix));
    }

    @Property(tries = 200)
    void rewiringKeepsWhatBothPatternsKeep(@ForAll(supplier = NmCases.class) NmCase problem, @ForAll ValueType type) {
        NmPattern before = problem.pattern(0);
        NmPattern after = problem.pattern(1);
        Grid dense = problem.smallIntegers(2);
        SemiStructuredMatrix matrix =
                SemiStructuredMatrix.fromDense(memory.kernels(), dense.rowMajor(memory), before, type);
        matrix.rewire(after);
        assertEquals(after, matrix.pattern());
        assertSameBits(on(after, on(before, dense)), read(matrix));
    }

    @Property(tries = 200)
    void assigningTakesEverythingFromTheDenseMatrix(
            @ForAll(supplier = NmCases.class) NmCase problem, @ForAll ValueType type) {
        NmPattern after = problem.pattern(1);
        Grid dense = problem.smallIntegers(3);
        SemiStructuredMatrix matrix = SemiStructuredMatrix.fromDense(
                memory.kernels(), problem.smallIntegers(2).rowMajor(memory), problem.pattern(0), type);
        matrix.assign(dense.rowMajor(memory, 1, 7), after);
        assertEquals(after, matrix.pattern());
        assertSameBits(on(after, dense), read(matrix));
    }

    @Property(tries = 200)
    void copyingIntoBlocksGivesEveryElementAndPadsWithZeros(
            @ForAll(supplier = NmCases.class) NmCase problem,
            @ForAll ValueType type,
            @ForAll @IntRange(min = 1, max = 17) int blockRows,
            @ForAll @IntRange(min = 1, max = 17) int blockCols) {
        SemiStructuredMatrix matrix = SemiStructuredMatrix.fromDense(
                memory.kernels(), problem.smallIntegers(2).rowMajor(memory), problem.pattern(), type);
        BlockSparseMatrix target = BlockSparseMatrix.allocate(
                memory.kernels(), BlockPattern.full(problem.rows(), problem.cols(), blockRows, blockCols));
        target.values().fill((byte) 1);
        try (Workers workers = Workers.of(2)) {
            matrix.copyInto(target, workers);
        }
        assertSameBits(read(matrix), Grid.read(target));
        double sum = 0;
        for (float value : target.values().toArray(ValueLayout.JAVA_FLOAT)) {
            sum += Math.abs(value);
        }
        double expected = 0;
        for (int row = 0; row < problem.rows(); row++) {
            for (int col = 0; col < problem.cols(); col++) {
                expected += Math.abs(matrix.get(row, col));
            }
        }
        assertEquals(expected, sum);
    }

    @Example
    void copyingIntoAPatternThatIsNotFullIsRefused() {
        SemiStructuredMatrix matrix =
                SemiStructuredMatrix.allocate(memory.kernels(), NmPattern.of(2, 4, 1, 4, new int[] {0, 3}));
        BlockSparseMatrix target = BlockSparseMatrix.allocate(
                memory.kernels(), BlockPattern.of(2, 4, 1, 4, new int[] {0, 1, 1}, new int[] {0}));
        try (Workers workers = Workers.of(1)) {
            Refusal.ofArgument("target.blocks: 1 ", () -> matrix.copyInto(target, workers));
        }
    }

    @Property(tries = 100)
    void convertingRoundsEachValue(
            @ForAll(supplier = NmCases.class) NmCase problem, @ForAll ValueType from, @ForAll ValueType to) {
        SemiStructuredMatrix matrix = SemiStructuredMatrix.fromDense(
                memory.kernels(), arbitraryFloats(problem).rowMajor(memory), problem.pattern(), from);
        SemiStructuredMatrix converted = matrix.convert(memory.kernels(), to);
        assertEquals(to, converted.type());
        assertEquals(matrix.pattern(), converted.pattern());
        assertSameBits(stored(read(matrix), to), read(converted));
    }

    @Property(tries = 100)
    void allocatedValuesAreZero(@ForAll(supplier = NmCases.class) NmCase problem, @ForAll ValueType type) {
        SemiStructuredMatrix matrix = SemiStructuredMatrix.allocate(memory.kernels(), problem.pattern(), type);
        assertEquals(
                (long) problem.pattern().elements() * type.bytes(),
                matrix.values().byteSize());
        assertSameBits(new Grid(problem.rows(), problem.cols()), read(matrix));
    }

    @Example
    void valuesLieRowByRowInAscendingOrderOfColumns() {
        NmPattern pattern = NmPattern.of(2, 8, 2, 4, new int[] {0, 3, 1, 2, 1, 2, 2, 3});
        SemiStructuredMatrix matrix = SemiStructuredMatrix.fromDense(
                memory.kernels(), Grid.of(2, 8, (row, col) -> 10 * row + col).rowMajor(memory), pattern, ValueType.F32);
        float[] expected = {0, 3, 5, 6, 11, 12, 16, 17};
        assertEquals(Arrays.toString(expected), Arrays.toString(matrix.values().toArray(ValueLayout.JAVA_FLOAT)));
    }

    @Example
    void aRefusedAssignmentLeavesTheMatrixAsItWas() {
        NmPattern pattern = NmPattern.of(1, 4, 2, 4, new int[] {0, 3});
        SemiStructuredMatrix matrix = SemiStructuredMatrix.fromDense(
                memory.kernels(), Grid.filled(1, 4, 2).rowMajor(memory), pattern, ValueType.F32);
        DenseMatrix wrong = Grid.filled(1, 8, 3).rowMajor(memory);
        NmPattern next = NmPattern.of(1, 4, 2, 4, new int[] {1, 2});
        Refusal.ofArgument("dense.cols: 8 ", () -> matrix.assign(wrong, next));
        assertEquals(pattern, matrix.pattern());
        assertSameBits(Grid.of(1, 4, (row, col) -> col % 3 == 0 ? 2 : 0), read(matrix));
    }

    @Example
    void rewiringRefusesAnotherShape() {
        SemiStructuredMatrix matrix = SemiStructuredMatrix.allocate(memory.kernels(), full(4, 8, 2));
        Refusal.ofArgument("next.rows: 2 ", () -> matrix.rewire(full(2, 8, 2)));
        Refusal.ofArgument("next.cols: 4 ", () -> matrix.rewire(full(4, 4, 2)));
        Refusal.ofArgument("next.m: 4 ", () -> matrix.rewire(NmPattern.random(4, 8, 2, 4, 1, new SplittableRandom(1))));
        Refusal.ofArgument("next.n: 1 ", () -> matrix.rewire(NmPattern.random(4, 8, 1, 2, 1, new SplittableRandom(1))));
    }

    @Example
    void fromDenseRefusesAnotherShape() {
        DenseMatrix dense = new Grid(4, 8).rowMajor(memory);
        Refusal.ofArgument(
                "dense.rows: 4 ",
                () -> SemiStructuredMatrix.fromDense(memory.kernels(), dense, full(3, 8, 2), ValueType.F32));
    }

    @Example
    void toDenseRefusesAnotherShape() {
        SemiStructuredMatrix matrix = SemiStructuredMatrix.allocate(memory.kernels(), full(4, 8, 2));
        Refusal.ofArgument("target.rows: 5 ", () -> matrix.toDense(new Grid(5, 8).rowMajor(memory)));
    }

    @Example
    void getRefusesAnElementBehindTheLast() {
        SemiStructuredMatrix matrix = SemiStructuredMatrix.allocate(memory.kernels(), full(4, 8, 2));
        assertThrows(IndexOutOfBoundsException.class, () -> matrix.get(4, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> matrix.get(0, 8));
    }

    @Example
    void rewiringAClosedMatrixIsRefused() {
        KernelArena closed = KernelArena.open();
        SemiStructuredMatrix matrix = SemiStructuredMatrix.allocate(closed, full(4, 8, 2));
        closed.close();
        Refusal.ofState("matrix: its arena is closed", () -> matrix.rewire(full(4, 8, 2)));
    }

    private static NmPattern full(int rows, int cols, int m) {
        return NmPattern.random(rows, cols, m, m, 1, new SplittableRandom(1));
    }

    /** Of all magnitudes, infinities and NaN among them. */
    private static Grid arbitraryFloats(NmCase problem) {
        SplittableRandom random = problem.random(7);
        return Grid.of(problem.rows(), problem.cols(), (row, col) -> Float.intBitsToFloat(random.nextInt()));
    }

    private static Grid on(NmPattern pattern, Grid dense) {
        return Grid.of(dense.rows(), dense.cols(), (row, col) -> pattern.find(row, col) < 0 ? 0 : dense.at(row, col));
    }

    private Grid stored(Grid grid, ValueType type) {
        MemorySegment value = memory.callers().allocate(4);
        return Grid.of(grid.rows(), grid.cols(), (row, col) -> {
            type.set(value, 0, grid.at(row, col));
            return type.get(value, 0);
        });
    }

    private static Grid read(SemiStructuredMatrix matrix) {
        return Grid.of(matrix.pattern().rows(), matrix.pattern().cols(), matrix::get);
    }

    private static void assertSameBits(Grid expected, Grid actual) {
        assertTrue(expected.sameBits(actual), () -> actual + " instead of " + expected);
    }
}
