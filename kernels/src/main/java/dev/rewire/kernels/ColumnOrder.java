package dev.rewire.kernels;

/**
 * The blocks of a pattern by grid column, then by grid row: what a product with the transposed matrix walks.
 *
 * @param offsets for each grid column its first item, and the number of blocks at the end
 * @param rows for each item its grid row
 * @param blocks for each item the number of its block
 */
@SuppressWarnings("ArrayRecordComponent") // for plans, which own what they ask for
record ColumnOrder(int[] offsets, int[] rows, int[] blocks) {
    static ColumnOrder of(BlockPattern pattern) {
        int[] offsets = offsets(pattern);
        int[] next = offsets.clone();
        int[] rows = new int[pattern.blocks()];
        int[] blocks = new int[pattern.blocks()];
        for (int row = 0; row < pattern.gridRows(); row++) {
            for (int block = pattern.rowOffset(row); block < pattern.rowOffset(row + 1); block++) {
                int item = next[pattern.gridCol(block)]++;
                rows[item] = row;
                blocks[item] = block;
            }
        }
        return new ColumnOrder(offsets, rows, blocks);
    }

    /** The first row of each item; the grid rows are lost. */
    int[] rowStarts(int height) {
        for (int item = 0; item < rows.length; item++) {
            rows[item] *= height;
        }
        return rows;
    }

    /** Where the columns begin. */
    static int[] offsets(BlockPattern pattern) {
        int[] offsets = new int[pattern.gridCols() + 1];
        for (int block = 0; block < pattern.blocks(); block++) {
            offsets[pattern.gridCol(block) + 1]++;
        }
        for (int col = 0; col < pattern.gridCols(); col++) {
            offsets[col + 1] += offsets[col];
        }
        return offsets;
    }
}
