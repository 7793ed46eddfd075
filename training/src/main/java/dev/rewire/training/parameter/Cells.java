package dev.rewire.training.parameter;

import dev.rewire.kernels.BlockPattern;

/** Places of a grid of blocks as single numbers, {@code gridRow · gridCols + gridCol}, so that a set of them is an ascending array. */
public final class Cells {
    private Cells() {}

    /**
     * The pattern of some cells.
     *
     * @param rows of the matrix
     * @param cols of the matrix
     * @param blockRows of a block
     * @param blockCols of a block
     * @param cells ascending and distinct
     * @return the pattern
     */
    public static BlockPattern pattern(int rows, int cols, int blockRows, int blockCols, int[] cells) {
        int gridCols = Math.ceilDiv(cols, blockCols);
        int[] rowOffsets = new int[Math.ceilDiv(rows, blockRows) + 1];
        int[] colIndices = new int[cells.length];
        int block = 0;
        for (int gridRow = 0; gridRow + 1 < rowOffsets.length; gridRow++) {
            int first = gridRow * gridCols;
            while (block < cells.length && cells[block] < first + gridCols) {
                colIndices[block] = cells[block] - first;
                block++;
            }
            rowOffsets[gridRow + 1] = block;
        }
        return BlockPattern.of(rows, cols, blockRows, blockCols, rowOffsets, colIndices);
    }

    /**
     * The cells of a pattern.
     *
     * @param pattern a pattern
     * @return ascending
     */
    public static int[] of(BlockPattern pattern) {
        int[] cells = new int[pattern.blocks()];
        for (int gridRow = 0; gridRow < pattern.gridRows(); gridRow++) {
            for (int block = pattern.rowOffset(gridRow); block < pattern.rowOffset(gridRow + 1); block++) {
                cells[block] = gridRow * pattern.gridCols() + pattern.gridCol(block);
            }
        }
        return cells;
    }

    /**
     * Counts cells.
     *
     * @param pattern a pattern
     * @return the number of cells of its grid
     */
    public static int count(BlockPattern pattern) {
        return Math.multiplyExact(pattern.gridRows(), pattern.gridCols());
    }
}
