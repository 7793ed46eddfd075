package dev.rewire.bench;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A sparse matrix as MKL takes it: indices that begin with 0 and ascend in each row, blocks row-major.
 *
 * @param rows of the matrix
 * @param cols of the matrix
 * @param block side of a block, 0 for single elements (CSR)
 * @param starts where each row, or row of blocks, begins, and the end of the last one
 * @param indices of columns, or columns of blocks
 * @param values of all elements, those of a block one after the other
 */
record MklOperand(int rows, int cols, int block, MemorySegment starts, MemorySegment indices, MemorySegment values) {

    /**
     * All stored elements, zero or not, one by one.
     *
     * @param transposed whether rows of the operand are columns of the matrix
     */
    static MklOperand csr(Arena arena, BlockSparseMatrix matrix, boolean transposed) {
        BlockPattern pattern = matrix.pattern();
        MemorySegment values = matrix.values();
        int[] next = new int[(transposed ? pattern.cols() : pattern.rows()) + 1];
        forEachElement(pattern, (row, col, at) -> next[(transposed ? col : row) + 1]++);
        accumulate(next);
        MklOperand operand = allocate(arena, pattern, transposed, 0, next, next[next.length - 1], 1);
        // Elements come by ascending rows, and within a row by ascending columns, so that either index ascends.
        forEachElement(pattern, (row, col, at) -> {
            int place = next[transposed ? col : row]++;
            operand.indices.setAtIndex(ValueLayout.JAVA_INT, place, transposed ? row : col);
            operand.values.setAtIndex(ValueLayout.JAVA_FLOAT, place, values.getAtIndex(ValueLayout.JAVA_FLOAT, at));
        });
        return operand;
    }

    /**
     * The blocks, which have to be square and to divide the matrix.
     *
     * @param transposed whether rows of the operand are columns of the matrix
     */
    static MklOperand bsr(Arena arena, BlockSparseMatrix matrix, boolean transposed) {
        BlockPattern pattern = matrix.pattern();
        MemorySegment values = matrix.values();
        int side = pattern.blockRows();
        int[] next = new int[(transposed ? pattern.gridCols() : pattern.gridRows()) + 1];
        for (int gridRow = 0; gridRow < pattern.gridRows(); gridRow++) {
            for (int block = pattern.rowOffset(gridRow); block < pattern.rowOffset(gridRow + 1); block++) {
                next[(transposed ? pattern.gridCol(block) : gridRow) + 1]++;
            }
        }
        accumulate(next);
        MklOperand operand = allocate(arena, pattern, transposed, side, next, pattern.blocks(), (long) side * side);
        for (int gridRow = 0; gridRow < pattern.gridRows(); gridRow++) {
            for (int block = pattern.rowOffset(gridRow); block < pattern.rowOffset(gridRow + 1); block++) {
                int gridCol = pattern.gridCol(block);
                int place = next[transposed ? gridCol : gridRow]++;
                operand.indices.setAtIndex(ValueLayout.JAVA_INT, place, transposed ? gridRow : gridCol);
                for (int row = 0; row < side; row++) {
                    for (int col = 0; col < side; col++) {
                        long at = ((long) block * side + row) * side + col;
                        long to = ((long) place * side + (transposed ? col : row)) * side + (transposed ? row : col);
                        operand.values.setAtIndex(
                                ValueLayout.JAVA_FLOAT, to, values.getAtIndex(ValueLayout.JAVA_FLOAT, at));
                    }
                }
            }
        }
        return operand;
    }

    /** Turns counts, shifted by one place, into where each row begins. */
    private static void accumulate(int[] counts) {
        for (int i = 1; i < counts.length; i++) {
            counts[i] += counts[i - 1];
        }
    }

    private static MklOperand allocate(
            Arena arena, BlockPattern pattern, boolean transposed, int block, int[] starts, int count, long each) {
        return new MklOperand(
                transposed ? pattern.cols() : pattern.rows(),
                transposed ? pattern.rows() : pattern.cols(),
                block,
                arena.allocateFrom(ValueLayout.JAVA_INT, starts),
                arena.allocate(ValueLayout.JAVA_INT, count),
                arena.allocate(count * each * Float.BYTES, 64));
    }

    private interface Elements {
        void take(int row, int col, long at);
    }

    /** All stored elements inside of the matrix, by rows. */
    private static void forEachElement(BlockPattern pattern, Elements elements) {
        int height = pattern.blockRows();
        int width = pattern.blockCols();
        for (int row = 0; row < pattern.rows(); row++) {
            int gridRow = row / height;
            for (int block = pattern.rowOffset(gridRow); block < pattern.rowOffset(gridRow + 1); block++) {
                int firstCol = pattern.gridCol(block) * width;
                int end = Math.min(width, pattern.cols() - firstCol);
                long at = ((long) block * height + row % height) * width;
                for (int col = 0; col < end; col++) {
                    elements.take(row, firstCol + col, at + col);
                }
            }
        }
    }
}
