package dev.rewire.kernels.arrays;

import dev.rewire.kernels.BlockPattern;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The elements that a pattern stores, without the padding of its blocks. */
final class Stored {
    private static final int MOST = Integer.MAX_VALUE - 8;

    private Stored() {}

    /** What is done with an element. */
    interface Visitor {
        /**
         * Takes an element.
         *
         * @param at the number of its value
         */
        void take(int row, int col, long at);
    }

    /** All elements, row by row, in ascending order of columns. */
    static void forEach(BlockPattern pattern, Visitor visitor) {
        int height = pattern.blockRows();
        int width = pattern.blockCols();
        for (int row = 0; row < pattern.rows(); row++) {
            int gridRow = row / height;
            int end = pattern.rowOffset(gridRow + 1);
            for (int block = pattern.rowOffset(gridRow); block < end; block++) {
                int first = pattern.gridCol(block) * width;
                int count = Math.min(width, pattern.cols() - first);
                long at = ((long) block * height + row % height) * width;
                for (int i = 0; i < count; i++) {
                    visitor.take(row, first + i, at + i);
                }
            }
        }
    }

    /** How many {@link #forEach} finds. */
    static int countOf(BlockPattern pattern) {
        long count = 0;
        for (int gridRow = 0; gridRow < pattern.gridRows(); gridRow++) {
            int rows = Math.min(pattern.blockRows(), pattern.rows() - gridRow * pattern.blockRows());
            for (int block = pattern.rowOffset(gridRow); block < pattern.rowOffset(gridRow + 1); block++) {
                int first = pattern.gridCol(block) * pattern.blockCols();
                count += (long) rows * Math.min(pattern.blockCols(), pattern.cols() - first);
            }
        }
        return count(count);
    }

    /** Elements that an array can hold. */
    static int count(long elements) {
        if (elements > MOST) {
            throw new IllegalArgumentException("matrix: " + elements
                    + " stored elements are out of range; accepted are up to " + MOST + ", the longest array");
        }
        return (int) elements;
    }

    /** Copies floats to a pattern that stores all their places. */
    static void copy(BlockPattern from, float[] values, BlockPattern to, MemorySegment target) {
        if (from.blockRows() == to.blockRows() && from.blockCols() == to.blockCols() && !isPadded(from)) {
            MemorySegment.copy(values, 0, target, ValueLayout.JAVA_FLOAT, 0, values.length);
            return;
        }
        int height = to.blockRows();
        int width = to.blockCols();
        // For each column of the target's grid the block in the row of the grid that is written.
        int[] blocks = new int[to.gridCols()];
        int[] blocksOf = {-1};
        forEach(from, (row, col, at) -> {
            int gridRow = row / height;
            if (blocksOf[0] != gridRow) {
                blocksOf[0] = gridRow;
                for (int block = to.rowOffset(gridRow); block < to.rowOffset(gridRow + 1); block++) {
                    blocks[to.gridCol(block)] = block;
                }
            }
            long element = ((long) blocks[col / width] * height + row % height) * width + col % width;
            target.setAtIndex(ValueLayout.JAVA_FLOAT, element, values[(int) at]);
        });
    }

    private static boolean isPadded(BlockPattern pattern) {
        return pattern.rows() % pattern.blockRows() != 0 || pattern.cols() % pattern.blockCols() != 0;
    }
}
