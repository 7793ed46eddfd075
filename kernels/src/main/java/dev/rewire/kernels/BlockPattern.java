package dev.rewire.kernels;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Which blocks of a {@code rows × cols} matrix are stored. The matrix is cut into a grid of {@code blockRows × blockCols} blocks; where the
 * block does not divide the matrix, the last row or column of the grid reaches over the edge, and what lies outside is padding that no
 * operation shows. Blocks are numbered by grid row, then by grid column. A pattern with 1×1 blocks is CSR.
 *
 * <p>Patterns are validated when they are made and immutable, so that kernels can trust their indices.
 */
public final class BlockPattern implements SparsePattern {
    /** The largest side of a block. */
    public static final int MAX_BLOCK = 64;

    private final int rows;
    private final int cols;
    private final int blockRows;
    private final int blockCols;
    private final int[] rowOffsets;

    // One of the two, the other is empty: of single weights an int each would take as much memory as the values.
    private final char[] narrowCols;
    private final int[] wideCols;

    private BlockPattern(int rows, int cols, int blockRows, int blockCols, int[] rowOffsets, int[] colIndices) {
        this.rows = rows;
        this.cols = cols;
        this.blockRows = blockRows;
        this.blockCols = blockCols;
        this.rowOffsets = rowOffsets;
        boolean isNarrow = areNarrow(gridCols());
        narrowCols = isNarrow ? new char[colIndices.length] : new char[0];
        wideCols = isNarrow ? new int[0] : colIndices;
        for (int block = 0; block < narrowCols.length; block++) {
            narrowCols[block] = (char) colIndices[block];
        }
    }

    /** Whether 16 bits tell which of so many rows or columns. */
    static boolean areNarrow(int count) {
        return count <= Character.MAX_VALUE + 1;
    }

    /**
     * A pattern from its index in CSR form, over blocks.
     *
     * @param rows rows of the matrix, at least 0
     * @param cols columns of the matrix, at least 0
     * @param blockRows rows of a block, 1 to {@value #MAX_BLOCK}
     * @param blockCols columns of a block, 1 to {@value #MAX_BLOCK}
     * @param rowOffsets for each grid row the number of its first block, and the count of blocks at the end; copied
     * @param colIndices for each block its grid column, strictly increasing within a grid row; copied
     * @return the pattern
     * @throws IllegalArgumentException if an argument is not as described; the message names the row and the value
     */
    public static BlockPattern of(
            int rows, int cols, int blockRows, int blockCols, int[] rowOffsets, int[] colIndices) {
        checkShape(rows, cols, blockRows, blockCols);
        int gridRows = ceilDiv(rows, blockRows);
        int gridCols = ceilDiv(cols, blockCols);
        int[] offsets = rowOffsets.clone();
        int[] columns = colIndices.clone();
        Check.equal("rowOffsets.length", offsets.length, gridRows + 1L, "rows of the grid + 1");
        Check.equal("rowOffsets[0]", offsets[0], 0, "the first block");
        for (int row = 0; row < gridRows; row++) {
            int from = offsets[row];
            int to = offsets[row + 1];
            if (to < from || to > columns.length) {
                Check.range("rowOffsets[" + (row + 1) + "]", to, from, columns.length);
            }
            int previous = -1;
            for (int block = from; block < to; block++) {
                if (columns[block] < 0 || columns[block] >= gridCols) {
                    Check.range("colIndices[" + block + "], grid row " + row, columns[block], 0, gridCols - 1L);
                }
                if (columns[block] <= previous) {
                    throw new IllegalArgumentException("colIndices[" + block + "], grid row " + row + ": "
                            + columns[block]
                            + (columns[block] == previous ? " is repeated" : " comes after " + previous)
                            + "; accepted are strictly increasing columns: sort them, or let CsrArrays and BsrArrays"
                            + " of dev.rewire.kernels.arrays do it");
                }
                previous = columns[block];
            }
        }
        Check.equal("colIndices.length", columns.length, offsets[gridRows], "the last of rowOffsets");
        checkBytes(columns.length, blockRows, blockCols);
        return new BlockPattern(rows, cols, blockRows, blockCols, offsets, columns);
    }

    /**
     * The blocks of another shape that hold an element of this pattern.
     *
     * @param otherRows rows of a block, 1 to {@value #MAX_BLOCK}
     * @param otherCols columns of a block, 1 to {@value #MAX_BLOCK}
     * @return a pattern of such blocks; this one if they are its own
     * @throws IllegalArgumentException if a side of the block is out of range, or the blocks are more than a pattern can store
     */
    public BlockPattern covering(int otherRows, int otherCols) {
        checkShape(rows, cols, otherRows, otherCols);
        return otherRows == blockRows && otherCols == blockCols ? this : BlockCover.of(this, otherRows, otherCols);
    }

    /**
     * The pattern in which every block is stored.
     *
     * @param rows rows of the matrix, at least 0
     * @param cols columns of the matrix, at least 0
     * @param blockRows rows of a block, 1 to {@value #MAX_BLOCK}
     * @param blockCols columns of a block, 1 to {@value #MAX_BLOCK}
     * @return the pattern
     * @throws IllegalArgumentException if an argument is not as described
     */
    public static BlockPattern full(int rows, int cols, int blockRows, int blockCols) {
        checkShape(rows, cols, blockRows, blockCols);
        long cells = (long) ceilDiv(rows, blockRows) * ceilDiv(cols, blockCols);
        return ofCells(
                rows, cols, blockRows, blockCols, allCells(Check.range("blocks", cells, 0, Integer.MAX_VALUE - 8)));
    }

    /**
     * A pattern with an exact number of blocks, every set of that many blocks being equally likely.
     *
     * @param rows rows of the matrix, at least 0
     * @param cols columns of the matrix, at least 0
     * @param blockRows rows of a block, 1 to {@value #MAX_BLOCK}
     * @param blockCols columns of a block, 1 to {@value #MAX_BLOCK}
     * @param blocks number of blocks, 0 to the size of the grid
     * @param random where the choice comes from
     * @return the pattern
     * @throws IllegalArgumentException if an argument is not as described
     */
    public static BlockPattern random(
            int rows, int cols, int blockRows, int blockCols, int blocks, RandomGenerator random) {
        checkShape(rows, cols, blockRows, blockCols);
        long cells = (long) ceilDiv(rows, blockRows) * ceilDiv(cols, blockCols);
        Check.range("blocks", blocks, 0, Math.min(cells, Integer.MAX_VALUE - 8));
        boolean invert = blocks > cells / 2;
        long[] chosen = distinct(cells, invert ? (int) (cells - blocks) : blocks, random);
        return ofCells(rows, cols, blockRows, blockCols, invert ? complement(chosen, (int) cells) : chosen);
    }

    /** A pattern from ascending cell numbers, {@code gridRow · gridCols + gridCol}. */
    static BlockPattern ofCells(int rows, int cols, int blockRows, int blockCols, long[] cells) {
        checkBytes(cells.length, blockRows, blockCols);
        int gridCols = ceilDiv(cols, blockCols);
        int[] offsets = new int[ceilDiv(rows, blockRows) + 1];
        int[] columns = new int[cells.length];
        for (int block = 0; block < cells.length; block++) {
            columns[block] = (int) (cells[block] % gridCols);
            offsets[(int) (cells[block] / gridCols) + 1]++;
        }
        for (int row = 1; row < offsets.length; row++) {
            offsets[row] += offsets[row - 1];
        }
        return new BlockPattern(rows, cols, blockRows, blockCols, offsets, columns);
    }

    /** Draws until enough cells are distinct: each set is equally likely because no draw prefers a cell. */
    private static long[] distinct(long cells, int count, RandomGenerator random) {
        long[] chosen = new long[count];
        int filled = 0;
        while (filled < count) {
            for (int i = filled; i < count; i++) {
                chosen[i] = random.nextLong(cells);
            }
            Arrays.sort(chosen);
            filled = 0;
            for (int i = 0; i < count; i++) {
                if (i == 0 || chosen[i] != chosen[i - 1]) {
                    chosen[filled++] = chosen[i];
                }
            }
        }
        return chosen;
    }

    private static long[] complement(long[] cells, int size) {
        long[] others = new long[size - cells.length];
        int filled = 0;
        int skip = 0;
        for (int cell = 0; cell < size; cell++) {
            if (skip < cells.length && cells[skip] == cell) {
                skip++;
            } else {
                others[filled++] = cell;
            }
        }
        return others;
    }

    private static long[] allCells(int size) {
        return complement(new long[0], size);
    }

    private static void checkShape(int rows, int cols, int blockRows, int blockCols) {
        Check.range("rows", rows, 0, Integer.MAX_VALUE - MAX_BLOCK);
        Check.range("cols", cols, 0, Integer.MAX_VALUE - MAX_BLOCK);
        Check.range("blockRows", blockRows, 1, MAX_BLOCK);
        Check.range("blockCols", blockCols, 1, MAX_BLOCK);
    }

    private static void checkBytes(int blocks, int blockRows, int blockCols) {
        Check.range("stored elements", (long) blocks * blockRows * blockCols, 0, Integer.MAX_VALUE * 64L);
    }

    private static int ceilDiv(int size, int block) {
        return (size + block - 1) / block;
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int cols() {
        return cols;
    }

    /**
     * Rows of a block.
     *
     * @return 1 to {@value #MAX_BLOCK}
     */
    public int blockRows() {
        return blockRows;
    }

    /**
     * Columns of a block.
     *
     * @return 1 to {@value #MAX_BLOCK}
     */
    public int blockCols() {
        return blockCols;
    }

    /**
     * Rows of the grid of blocks.
     *
     * @return rows / blockRows, rounded up
     */
    public int gridRows() {
        return ceilDiv(rows, blockRows);
    }

    /**
     * Columns of the grid of blocks.
     *
     * @return cols / blockCols, rounded up
     */
    public int gridCols() {
        return ceilDiv(cols, blockCols);
    }

    /**
     * Number of stored blocks.
     *
     * @return 0 to gridRows · gridCols
     */
    public int blocks() {
        return rowOffsets[rowOffsets.length - 1];
    }

    /**
     * Number of stored elements, padding included.
     *
     * @return blocks · blockRows · blockCols
     */
    @Override
    public long storedElements() {
        return (long) blocks() * blockRows * blockCols;
    }

    /**
     * Share of the matrix that the stored elements make up.
     *
     * @return storedElements / (rows · cols); more than 1 is possible through padding, and an empty matrix has 0
     */
    @Override
    public double density() {
        return rows == 0 || cols == 0 ? 0 : storedElements() / ((double) rows * cols);
    }

    /**
     * The first block of a grid row.
     *
     * @param gridRow from 0 to gridRows, where the last gives the number of blocks
     * @return its number
     */
    public int rowOffset(int gridRow) {
        return rowOffsets[gridRow];
    }

    /**
     * Where a block lies along its row.
     *
     * @param block from 0 to blocks − 1
     * @return its grid column
     */
    public int gridCol(int block) {
        return wideCols.length == 0 ? narrowCols[block] : wideCols[block];
    }

    /**
     * The number of the block at a place of the grid.
     *
     * @param gridRow from 0 to gridRows − 1
     * @param gridCol from 0 to gridCols − 1
     * @return its number, or a negative value if it is not stored
     */
    public int find(int gridRow, int gridCol) {
        int from = rowOffsets[gridRow];
        int to = rowOffsets[gridRow + 1];
        if (gridCol < 0 || gridCol >= gridCols()) {
            return -1; // 16 bits would take it for another
        }
        return wideCols.length == 0
                ? Arrays.binarySearch(narrowCols, from, to, (char) gridCol)
                : Arrays.binarySearch(wideCols, from, to, gridCol);
    }

    @Override
    public boolean stores(int row, int col) {
        if (row < 0 || row >= rows || col < 0 || col >= cols) {
            throw new IndexOutOfBoundsException("(" + row + ", " + col + ") is outside of " + rows + "×" + cols);
        }
        return find(row / blockRows, col / blockCols) >= 0;
    }

    /**
     * The places of the transposed matrix.
     *
     * @return a cols × rows pattern of blockCols × blockRows blocks
     */
    @Override
    public BlockPattern transpose() {
        ColumnOrder byColumns = ColumnOrder.of(this);
        return new BlockPattern(cols, rows, blockCols, blockRows, byColumns.offsets(), byColumns.rows());
    }

    @Override
    public BlockPattern asBlocks() {
        return this;
    }

    /**
     * The index in CSR form, over blocks: where each grid row begins.
     *
     * @return a copy: for each grid row the number of its first block, and the count of blocks at the end
     */
    public int[] rowOffsets() {
        return rowOffsets.clone();
    }

    /**
     * The index in CSR form, over blocks: where each block lies along its row.
     *
     * @return a copy: for each block its grid column, strictly increasing within a grid row
     */
    public int[] colIndices() {
        return colStarts(1, new int[0]);
    }

    /**
     * Memory that the index takes on the heap: of each block its column, in 16 bits where these tell them apart, and where the rows begin.
     *
     * @return bytes
     */
    public long indexBytes() {
        return (long) Character.BYTES * narrowCols.length
                + (long) Integer.BYTES * (wideCols.length + rowOffsets.length);
    }

    /** Two patterns are equal when shape, block and stored places are. */
    @Override
    public boolean equals(Object other) {
        return other instanceof BlockPattern that
                && rows == that.rows
                && cols == that.cols
                && blockRows == that.blockRows
                && blockCols == that.blockCols
                && Arrays.equals(rowOffsets, that.rowOffsets)
                && Arrays.equals(narrowCols, that.narrowCols)
                && Arrays.equals(wideCols, that.wideCols);
    }

    @Override
    public int hashCode() {
        int columns = Arrays.hashCode(narrowCols) + Arrays.hashCode(wideCols);
        return 31 * (31 * (31 * rows + cols) + Arrays.hashCode(rowOffsets)) + columns;
    }

    @Override
    public String toString() {
        return "BlockPattern " + rows + "×" + cols + ", " + blocks() + " blocks of " + blockRows + "×" + blockCols;
    }

    // The arrays themselves, for plans, which read them and never write.

    /** Where each grid row begins. */
    int[] offsets() {
        return rowOffsets;
    }

    /** The grid column of each block, if {@link #areNarrow} says so of all; otherwise empty. */
    char[] narrowCols() {
        return narrowCols;
    }

    /** The grid column of each block if it takes 32 bits; otherwise empty. */
    int[] wideCols() {
        return wideCols;
    }

    /** The grid row of a block. */
    int gridRow(int block) {
        int low = 0;
        int high = gridRows() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (rowOffsets[middle] <= block) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /**
     * The first column of each block.
     *
     * @param width columns of a block, or 1 for the grid column
     * @param room what is written if it has room
     * @return for each block its grid column times the width
     */
    int[] colStarts(int width, int[] room) {
        int[] starts = room.length < blocks() ? new int[blocks()] : room;
        for (int block = 0; block < blocks(); block++) {
            starts[block] = gridCol(block) * width;
        }
        return starts;
    }
}
