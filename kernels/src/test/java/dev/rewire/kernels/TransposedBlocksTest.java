package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The common face of the formats: transposed blocks, patterns in other blocks, arrays of an index. */
class TransposedBlocksTest {
    @Property(tries = 100)
    void elementsChangePlaces(
            @ForAll @IntRange(max = 40) int rows,
            @ForAll @IntRange(max = 40) int cols,
            @ForAll @IntRange(min = 1, max = 9) int blockRows,
            @ForAll @IntRange(min = 1, max = 9) int blockCols,
            @ForAll ValueType type,
            @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int grid = Math.ceilDiv(rows, blockRows) * Math.ceilDiv(cols, blockCols);
        BlockPattern pattern = BlockPattern.random(rows, cols, blockRows, blockCols, grid / 2, random);
        try (KernelArena arena = KernelArena.open()) {
            DenseMatrix dense = DenseMatrix.allocate(arena, rows, cols);
            for (int row = 0; row < rows; row++) {
                for (int col = 0; col < cols; col++) {
                    dense.set(row, col, row * 64 + col);
                }
            }
            BlockSparseMatrix matrix =
                    BlockSparseMatrix.fromDense(arena, dense, pattern).convert(arena, type);
            BlockSparseMatrix transposed = matrix.transpose(arena);
            assertEquals(pattern.transpose(), transposed.pattern());
            assertEquals(type, transposed.type());
            for (int row = 0; row < rows; row++) {
                for (int col = 0; col < cols; col++) {
                    assertEquals(matrix.get(row, col), transposed.get(col, row));
                    assertEquals(pattern.stores(row, col), transposed.pattern().stores(col, row));
                }
            }
            BlockSparseMatrix back = transposed.transpose(arena);
            assertEquals(pattern, back.pattern());
            assertEquals(-1, matrix.values().mismatch(back.values()));
        }
    }

    @Property(tries = 200)
    void otherBlocksCoverExactlyTheElements(
            @ForAll @IntRange(max = 30) int rows,
            @ForAll @IntRange(max = 30) int cols,
            @ForAll @IntRange(min = 1, max = 9) int blockRows,
            @ForAll @IntRange(min = 1, max = 9) int blockCols,
            @ForAll @IntRange(min = 1, max = 12) int otherRows,
            @ForAll @IntRange(min = 1, max = 12) int otherCols,
            @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int grid = Math.ceilDiv(rows, blockRows) * Math.ceilDiv(cols, blockCols);
        BlockPattern pattern =
                BlockPattern.random(rows, cols, blockRows, blockCols, random.nextInt(grid + 1) / 3, random);
        BlockPattern covering = pattern.covering(otherRows, otherCols);
        boolean[] held = new boolean[covering.gridRows() * covering.gridCols()];
        for (int row = 0; row < rows; row++) {
            for (int col = 0; col < cols; col++) {
                if (pattern.stores(row, col)) {
                    held[row / otherRows * covering.gridCols() + col / otherCols] = true;
                }
            }
        }
        for (int cell = 0; cell < held.length; cell++) {
            assertEquals(held[cell], covering.find(cell / covering.gridCols(), cell % covering.gridCols()) >= 0);
        }
    }

    @Example
    void arraysOfAnIndexAreCopies() {
        BlockPattern pattern = BlockPattern.of(4, 6, 2, 3, new int[] {0, 1, 2}, new int[] {1, 0});
        pattern.rowOffsets()[1] = 9;
        pattern.colIndices()[0] = 9;
        assertArrayEquals(new int[] {0, 1, 2}, pattern.rowOffsets());
        assertArrayEquals(new int[] {1, 0}, pattern.colIndices());
    }

    @Example
    void unsortedAndRepeatedColumnsSayWhatToDo() {
        Refusal.ofArgument(
                "colIndices[1], grid row 0: 1 comes after 2; accepted are strictly increasing columns: sort them",
                () -> BlockPattern.of(1, 3, 1, 1, new int[] {0, 2}, new int[] {2, 1}));
        Refusal.ofArgument(
                "colIndices[1], grid row 0: 2 is repeated; accepted are strictly increasing columns: sort them",
                () -> BlockPattern.of(1, 3, 1, 1, new int[] {0, 2}, new int[] {2, 2}));
    }

    @Example
    void heapArraysOfDenseMatricesComeBack() {
        try (KernelArena arena = KernelArena.open()) {
            DenseMatrix matrix = DenseMatrix.copyOf(arena, 2, 3, 1, 2, 3, 4, 5, 6);
            assertArrayEquals(new float[][] {{1, 2, 3}, {4, 5, 6}}, matrix.toRows());
            DenseMatrix part = DenseMatrix.of(matrix.segment(), 2, 2, 3);
            assertArrayEquals(new float[] {1, 2, 4, 5}, part.toArray());
            assertArrayEquals(
                    new float[] {1, 2, 3, 4, 5, 6},
                    DenseMatrix.copyOf(arena, matrix.toRows()).toArray());
            assertEquals(0, DenseMatrix.copyOf(arena, new float[0][]).cols());
            assertEquals(2, DenseMatrix.copyOf(arena, new float[2][0]).rows());
            Refusal.ofArgument("elements.length: 5 ", () -> DenseMatrix.copyOf(arena, 2, 3, 1, 2, 3, 4, 5));
            Refusal.ofArgument("elements[1].length: 1 ", () -> DenseMatrix.copyOf(arena, new float[][] {{1, 2}, {3}}));
        }
    }

    @Example
    void eitherFormatIsMadeByItsPattern() {
        try (KernelArena arena = KernelArena.open()) {
            DenseMatrix dense = DenseMatrix.copyOf(arena, 2, 4, 1, 2, 3, 4, 5, 6, 7, 8);
            for (SparsePattern pattern : new SparsePattern[] {
                BlockPattern.of(2, 4, 2, 2, new int[] {0, 1}, new int[] {1}),
                NmPattern.random(2, 4, 2, 4, 1, new SplittableRandom(1))
            }) {
                SparseMatrix matrix = SparseMatrix.fromDense(arena, dense, pattern);
                assertEquals(4, matrix.storedElements());
                for (int col = 0; col < 4; col++) {
                    assertEquals(pattern.stores(1, col) ? 5 + col : 0, matrix.get(1, col));
                    assertEquals(pattern.stores(1, col), pattern.asBlocks().stores(1, col));
                }
                assertTrue(SparseMatrix.allocate(arena, pattern, ValueType.BF16).type() == ValueType.BF16);
            }
        }
    }
}
