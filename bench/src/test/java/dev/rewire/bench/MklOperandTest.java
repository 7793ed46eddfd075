package dev.rewire.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MklOperandTest {
    private final KernelArena arena = KernelArena.open();

    @AfterEach
    void free() {
        arena.close();
    }

    @Test
    void csrHoldsStoredElementsWithoutThePadding() {
        // Rows 0 and 1 in one row of blocks, row 2 at the edge; columns 0 to 3, the last of them at the edge.
        MklOperand operand = MklOperand.csr(arena, edged(), false);
        assertArrayEquals(new int[] {0, 1, 2, 5}, ints(operand.starts()));
        assertArrayEquals(new int[] {3, 3, 0, 1, 2}, ints(operand.indices()));
        assertArrayEquals(new float[] {3, 13, 20, 21, 22}, floats(operand.values()));
    }

    @Test
    void csrOfTheTransposeAscendsInEachRow() {
        MklOperand operand = MklOperand.csr(arena, edged(), true);
        assertArrayEquals(new int[] {0, 1, 2, 3, 5}, ints(operand.starts()));
        assertArrayEquals(new int[] {2, 2, 2, 0, 1}, ints(operand.indices()));
        assertArrayEquals(new float[] {20, 21, 22, 3, 13}, floats(operand.values()));
    }

    @Test
    void bsrHoldsBlocksAsTheyAreStored() {
        MklOperand operand = MklOperand.bsr(arena, whole(), false);
        assertArrayEquals(new int[] {0, 1, 3}, ints(operand.starts()));
        assertArrayEquals(new int[] {1, 0, 1}, ints(operand.indices()));
        assertArrayEquals(new float[] {2, 3, 12, 13, 20, 21, 30, 31, 22, 23, 32, 33}, floats(operand.values()));
    }

    @Test
    void bsrOfTheTransposeTurnsEachBlock() {
        MklOperand operand = MklOperand.bsr(arena, whole(), true);
        assertArrayEquals(new int[] {0, 1, 3}, ints(operand.starts()));
        assertArrayEquals(new int[] {1, 0, 1}, ints(operand.indices()));
        assertArrayEquals(new float[] {20, 30, 21, 31, 2, 12, 3, 13, 22, 32, 23, 33}, floats(operand.values()));
    }

    /** 3×4 in blocks of 2×3. */
    private BlockSparseMatrix edged() {
        return matrix(BlockPattern.of(3, 4, 2, 3, new int[] {0, 1, 2}, new int[] {1, 0}));
    }

    /** 4×4 in blocks of 2×2. */
    private BlockSparseMatrix whole() {
        return matrix(BlockPattern.of(4, 4, 2, 2, new int[] {0, 1, 3}, new int[] {1, 0, 1}));
    }

    /** The element in row r and column c is 10·r + c. */
    private BlockSparseMatrix matrix(BlockPattern pattern) {
        DenseMatrix dense = DenseMatrix.allocate(arena, pattern.rows(), pattern.cols());
        for (int row = 0; row < pattern.rows(); row++) {
            for (int col = 0; col < pattern.cols(); col++) {
                dense.set(row, col, 10 * row + col);
            }
        }
        return BlockSparseMatrix.fromDense(arena, dense, pattern);
    }

    private static int[] ints(MemorySegment segment) {
        return segment.toArray(ValueLayout.JAVA_INT);
    }

    private static float[] floats(MemorySegment segment) {
        return segment.toArray(ValueLayout.JAVA_FLOAT);
    }
}
