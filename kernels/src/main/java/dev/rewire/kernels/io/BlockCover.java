package dev.rewire.kernels.io;

import dev.rewire.kernels.BlockPattern;

/** The blocks that hold an element of a 1×1 pattern. */
final class BlockCover {
    private BlockCover() {}

    static BlockPattern of(BlockPattern elements, int blockRows, int blockCols) {
        int gridRows = Math.ceilDiv(elements.rows(), blockRows);
        int[] offsets = new int[gridRows + 1];
        IntList columns = new IntList();
        // For each column of the grid the last grid row that has a block there, counted from 1.
        int[] lastRow = new int[Math.ceilDiv(elements.cols(), blockCols)];
        for (int gridRow = 0; gridRow < gridRows; gridRow++) {
            int firstRow = gridRow * blockRows;
            int from = elements.rowOffset(firstRow);
            int to = elements.rowOffset(Math.min(firstRow + blockRows, elements.rows()));
            for (int element = from; element < to; element++) {
                int gridCol = elements.gridCol(element) / blockCols;
                if (lastRow[gridCol] <= gridRow) {
                    lastRow[gridCol] = gridRow + 1;
                    columns.add(gridCol);
                }
            }
            columns.sort(offsets[gridRow], columns.size());
            offsets[gridRow + 1] = columns.size();
        }
        return BlockPattern.of(elements.rows(), elements.cols(), blockRows, blockCols, offsets, columns.toArray());
    }
}
