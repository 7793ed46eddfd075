package dev.rewire.kernels.arrays;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.ValueType;
import java.lang.foreign.MemorySegment;

/**
 * Compressed rows of blocks, each block row by row. Blocks need not divide the matrix; what lies outside of it does not count.
 *
 * @param rows of the matrix
 * @param cols of the matrix
 * @param blockRows rows of a block, 1 to {@value BlockPattern#MAX_BLOCK}
 * @param blockCols columns of a block, 1 to {@value BlockPattern#MAX_BLOCK}
 * @param rowOffsets for each row of the grid the number of its first block, and the count of blocks at the end
 * @param colIndices the column of the grid of each block
 * @param values of each block
 */
@SuppressWarnings("ArrayRecordComponent") // the caller's arrays are what it is for
public record BsrArrays(
        int rows, int cols, int blockRows, int blockCols, int[] rowOffsets, int[] colIndices, float[] values)
        implements SparseArrays {
    /**
     * From memory of any kind.
     *
     * @param rows of the matrix
     * @param cols of the matrix
     * @param blockRows rows of a block
     * @param blockCols columns of a block
     * @param rowOffsets 32-bit integers
     * @param colIndices 32-bit integers
     * @param values 32-bit floats
     * @return copies of them
     */
    public static BsrArrays of(
            int rows,
            int cols,
            int blockRows,
            int blockCols,
            MemorySegment rowOffsets,
            MemorySegment colIndices,
            MemorySegment values) {
        return new BsrArrays(
                rows,
                cols,
                blockRows,
                blockCols,
                Check.ints("rowOffsets", rowOffsets),
                Check.ints("colIndices", colIndices),
                Check.floats("values", values));
    }

    static BsrArrays of(BlockSparseMatrix matrix) {
        BlockPattern pattern = matrix.pattern();
        float[] values = new float[Stored.count(pattern.storedElements())];
        ValueType type = matrix.type();
        MemorySegment from = matrix.values();
        Stored.forEach(pattern, (row, col, at) -> values[(int) at] = type.get(from, at));
        return new BsrArrays(
                pattern.rows(),
                pattern.cols(),
                pattern.blockRows(),
                pattern.blockCols(),
                pattern.rowOffsets(),
                pattern.colIndices(),
                values);
    }

    @Override
    public void check() {
        check("blocks", "rows of the grid");
    }

    @Override
    public BsrArrays sorted(Duplicates duplicates) {
        check();
        return Entries.sorted(this, Entries.lines(rowOffsets), colIndices, duplicates, "colIndices");
    }

    /** Whether the arrays fit each other and the matrix, in whatever order their entries are. */
    void check(String entries, String lines) {
        Check.side("rows", rows);
        Check.side("cols", cols);
        Check.block("blockRows", blockRows);
        Check.block("blockCols", blockCols);
        Check.offsets("rowOffsets", rowOffsets, lines, gridRows(), "colIndices", colIndices.length);
        Check.indices("colIndices", colIndices, gridCols());
        Check.length("values", values.length, (long) colIndices.length * blockRows * blockCols, "of all " + entries);
    }

    int gridRows() {
        return Math.ceilDiv(rows, blockRows);
    }

    int gridCols() {
        return Math.ceilDiv(cols, blockCols);
    }

    /** Of entries that are sorted. */
    BlockPattern pattern() {
        return BlockPattern.of(rows, cols, blockRows, blockCols, rowOffsets, colIndices);
    }

    /** The matrix in blocks of another shape, of entries that are sorted. */
    BlockSparseMatrix spread(KernelArena arena, int otherRows, int otherCols) {
        BlockPattern from = pattern();
        BlockPattern to = from.covering(otherRows, otherCols);
        BlockSparseMatrix matrix = BlockSparseMatrix.allocate(arena, to);
        Stored.copy(from, values, to, matrix.values());
        return matrix;
    }

    @Override
    public String toString() {
        return "BsrArrays " + rows + "×" + cols + ", " + colIndices.length + " blocks of " + blockRows + "×"
                + blockCols;
    }
}
