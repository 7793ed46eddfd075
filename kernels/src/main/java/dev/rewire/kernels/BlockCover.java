package dev.rewire.kernels;

import java.util.Arrays;

/** The blocks of one shape that hold a stored element of a pattern of another. */
final class BlockCover {
    private final BlockPattern from;
    private final int blockRows;
    private final int blockCols;

    /** For each column of the grid the last grid row that has a block there, counted from 1. */
    private final int[] lastRow;

    private int[] columns = new int[1024];
    private int count;

    private BlockCover(BlockPattern from, int blockRows, int blockCols) {
        this.from = from;
        this.blockRows = blockRows;
        this.blockCols = blockCols;
        lastRow = new int[Math.ceilDiv(from.cols(), blockCols)];
    }

    static BlockPattern of(BlockPattern from, int blockRows, int blockCols) {
        return new BlockCover(from, blockRows, blockCols).pattern();
    }

    private BlockPattern pattern() {
        int[] offsets = new int[Math.ceilDiv(from.rows(), blockRows) + 1];
        for (int gridRow = 0; gridRow + 1 < offsets.length; gridRow++) {
            int firstRow = gridRow * blockRows;
            int endRow = Math.min(firstRow + blockRows, from.rows());
            int end = (endRow - 1) / from.blockRows() + 1;
            for (int row = firstRow / from.blockRows(); row < end; row++) {
                for (int block = from.rowOffset(row); block < from.rowOffset(row + 1); block++) {
                    cover(gridRow, from.gridCol(block) * from.blockCols());
                }
            }
            Arrays.sort(columns, offsets[gridRow], count);
            offsets[gridRow + 1] = count;
        }
        return BlockPattern.of(from.rows(), from.cols(), blockRows, blockCols, offsets, Arrays.copyOf(columns, count));
    }

    /** What a block covers that begins at a column. */
    private void cover(int gridRow, int firstCol) {
        int endCol = Math.min(firstCol + from.blockCols(), from.cols());
        for (int col = firstCol / blockCols; col <= (endCol - 1) / blockCols; col++) {
            if (lastRow[col] <= gridRow) {
                lastRow[col] = gridRow + 1;
                if (count == columns.length) {
                    // Doubling stops at the longest array that a JVM allocates.
                    columns = Arrays.copyOf(columns, (int) Math.min(2L * count, Integer.MAX_VALUE - 8));
                }
                columns[count++] = col;
            }
        }
    }
}
