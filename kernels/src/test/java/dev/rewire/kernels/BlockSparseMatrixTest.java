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

class BlockSparseMatrixTest {
    private TestMemory memory;

    @BeforeTry
    void open() {
        memory = TestMemory.open();
    }

    @AfterTry
    void free() {
        memory.close();
    }

    @Property(tries = 100)
    void roundTripKeepsTheBitsOfEveryStoredBlock(@ForAll(supplier = Problems.Any.class) Problem problem) {
        BlockPattern pattern = problem.pattern();
        Grid dense = arbitraryBits(problem);
        BlockSparseMatrix matrix = BlockSparseMatrix.fromDense(
                memory.kernels(), dense.rowMajor(memory, problem.offset(), problem.gap()), pattern);
        DenseMatrix target = Grid.filled(problem.rows(), problem.cols(), Float.NaN)
                .rowMajor(memory, problem.offset(), problem.gap());
        matrix.toDense(target);
        assertSameBits(dense.on(pattern), Grid.read(target));
    }

    @Property(tries = 60)
    void aCopyOnAFullPatternHasEveryElement(
            @ForAll(supplier = Problems.Any.class) Problem problem, @ForAll @IntRange(min = 1, max = 20) int side) {
        Grid dense = arbitraryBits(problem).on(problem.pattern());
        BlockSparseMatrix matrix =
                BlockSparseMatrix.fromDense(memory.kernels(), dense.rowMajor(memory), problem.pattern());
        BlockSparseMatrix full = BlockSparseMatrix.allocate(
                memory.kernels(), BlockPattern.full(problem.rows(), problem.cols(), side, side));
        full.values().fill((byte) 1);
        try (Workers workers = Workers.of(2)) {
            matrix.copyInto(full, workers);
        }
        assertSameBits(dense, Grid.read(full));
    }

    @Property(tries = 100)
    void getGivesWhatToDenseWrites(@ForAll(supplier = Problems.Any.class) Problem problem) {
        Grid dense = arbitraryBits(problem).on(problem.pattern());
        BlockSparseMatrix matrix =
                BlockSparseMatrix.fromDense(memory.kernels(), dense.rowMajor(memory), problem.pattern());
        assertSameBits(dense, Grid.read(matrix));
    }

    @Property(tries = 100)
    void fromDenseStoresExactlyTheBlocksWithANonzero(@ForAll(supplier = Problems.Any.class) Problem problem) {
        BlockPattern pattern = problem.pattern();
        Grid dense = Grid.filled(problem.rows(), problem.cols(), 1).on(pattern);
        BlockSparseMatrix matrix = BlockSparseMatrix.fromDense(
                memory.kernels(), dense.rowMajor(memory), problem.blockRows(), problem.blockCols());
        assertEquals(pattern, matrix.pattern());
    }

    @Property(tries = 50)
    void paddingOfPartialBlocksIsZeroWhateverLiesBehindTheRows(@ForAll(supplier = Problems.Any.class) Problem problem) {
        // All ones inside and NaN between the rows: what is neither is padding.
        BlockPattern pattern = problem.withPercent(100).pattern();
        Grid ones = Grid.filled(problem.rows(), problem.cols(), 1);
        MemorySegment values = BlockSparseMatrix.fromDense(
                        memory.kernels(), ones.rowMajor(memory, 0, problem.gap()), pattern)
                .values();
        long inside = 0;
        for (long i = 0; i < pattern.storedElements(); i++) {
            float value = values.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            inside += value == 1 ? 1 : 0;
            assertTrue(value == 1 || value == 0, "element " + i + ": " + value);
        }
        assertEquals((long) problem.rows() * problem.cols(), inside);
    }

    @Example
    void aBlockOfNaNIsStored() {
        assertEquals(1, storedBlocks(Float.NaN));
    }

    @Example
    void aBlockOfNegativeZerosIsNotStored() {
        assertEquals(0, storedBlocks(-0f));
    }

    @Example
    void aBlockOfSubnormalsIsStored() {
        assertEquals(1, storedBlocks(Float.MIN_VALUE));
    }

    private int storedBlocks(float value) {
        DenseMatrix dense =
                Grid.of(4, 4, (row, col) -> row == 3 && col == 1 ? value : 0).rowMajor(memory);
        return BlockSparseMatrix.fromDense(memory.kernels(), dense, 2, 2)
                .pattern()
                .blocks();
    }

    @Example
    void allocatedValuesAreZero() {
        BlockSparseMatrix matrix = BlockSparseMatrix.allocate(memory.kernels(), BlockPattern.full(10, 10, 4, 4));
        assertSameBits(new Grid(10, 10), Grid.read(matrix));
    }

    @Example
    void valuesHoldBlockAfterBlockRowByRow() {
        BlockPattern pattern = BlockPattern.of(4, 6, 2, 3, new int[] {0, 1, 2}, new int[] {1, 0});
        BlockSparseMatrix matrix = BlockSparseMatrix.fromDense(
                memory.kernels(), Grid.of(4, 6, (row, col) -> 10 * row + col).rowMajor(memory), pattern);
        float[] expected = {3, 4, 5, 13, 14, 15, 20, 21, 22, 30, 31, 32};
        float[] values = matrix.values().toArray(ValueLayout.JAVA_FLOAT);
        assertEquals(Arrays.toString(expected), Arrays.toString(values));
    }

    @Example
    void getRefusesARowBehindTheLast() {
        BlockSparseMatrix matrix = BlockSparseMatrix.allocate(memory.kernels(), BlockPattern.full(10, 10, 4, 4));
        assertThrows(IndexOutOfBoundsException.class, () -> matrix.get(10, 0));
    }

    @Example
    void getRefusesAColumnBehindTheLast() {
        BlockSparseMatrix matrix = BlockSparseMatrix.allocate(memory.kernels(), BlockPattern.full(10, 10, 4, 4));
        assertThrows(IndexOutOfBoundsException.class, () -> matrix.get(0, 10));
    }

    @Example
    void fromDenseRefusesAnotherShapeThanThePattern() {
        DenseMatrix dense = new Grid(10, 11).rowMajor(memory);
        Refusal.ofArgument(
                "dense.cols: 11 ",
                () -> BlockSparseMatrix.fromDense(memory.kernels(), dense, BlockPattern.full(10, 10, 4, 4)));
    }

    @Example
    void fromDenseRefusesABlockOver64() {
        DenseMatrix dense = new Grid(10, 11).rowMajor(memory);
        Refusal.ofArgument("blockRows: 65 ", () -> BlockSparseMatrix.fromDense(memory.kernels(), dense, 65, 1));
    }

    @Example
    void aCopyRefusesATargetWithoutAllBlocks() {
        BlockSparseMatrix matrix = BlockSparseMatrix.allocate(memory.kernels(), BlockPattern.full(4, 4, 2, 2));
        BlockSparseMatrix target = BlockSparseMatrix.allocate(
                memory.kernels(), BlockPattern.of(4, 4, 2, 2, new int[] {0, 1, 1}, new int[] {1}));
        try (Workers workers = Workers.of(1)) {
            Refusal.ofArgument("target.blocks: 1 ", () -> matrix.copyInto(target, workers));
        }
    }

    @Example
    void toDenseRefusesATargetOfAnotherShape() {
        BlockSparseMatrix matrix = BlockSparseMatrix.allocate(memory.kernels(), BlockPattern.full(10, 10, 4, 4));
        Refusal.ofArgument("target.rows: 9 ", () -> matrix.toDense(new Grid(9, 10).rowMajor(memory)));
    }

    private static Grid arbitraryBits(Problem problem) {
        SplittableRandom random = problem.random(1);
        return Grid.of(problem.rows(), problem.cols(), (row, col) -> Float.intBitsToFloat(random.nextInt()));
    }

    private static void assertSameBits(Grid expected, Grid actual) {
        assertTrue(expected.sameBits(actual), () -> actual + " instead of " + expected);
    }
}
