package dev.rewire.kernels.arrays;

import java.lang.foreign.MemorySegment;

/**
 * Coordinates: the place of each element, in any order.
 *
 * @param rows of the matrix
 * @param cols of the matrix
 * @param rowIndices the row of each element
 * @param colIndices the column of each element
 * @param values of each element
 */
@SuppressWarnings("ArrayRecordComponent") // the caller's arrays are what it is for
public record CooArrays(int rows, int cols, int[] rowIndices, int[] colIndices, float[] values)
        implements SparseArrays {
    /**
     * From memory of any kind.
     *
     * @param rows of the matrix
     * @param cols of the matrix
     * @param rowIndices 32-bit integers
     * @param colIndices 32-bit integers
     * @param values 32-bit floats
     * @return copies of them
     */
    public static CooArrays of(
            int rows, int cols, MemorySegment rowIndices, MemorySegment colIndices, MemorySegment values) {
        return new CooArrays(
                rows,
                cols,
                Check.ints("rowIndices", rowIndices),
                Check.ints("colIndices", colIndices),
                Check.floats("values", values));
    }

    static CooArrays of(CsrArrays csr) {
        return new CooArrays(csr.rows(), csr.cols(), Entries.lines(csr.rowOffsets()), csr.colIndices(), csr.values());
    }

    @Override
    public void check() {
        Check.side("rows", rows);
        Check.side("cols", cols);
        Check.length("colIndices", colIndices.length, rowIndices.length, "as many as rowIndices");
        Check.length("values", values.length, rowIndices.length, "as many as rowIndices");
        Check.indices("rowIndices", rowIndices, rows);
        Check.indices("colIndices", colIndices, cols);
    }

    @Override
    public BsrArrays sorted(Duplicates duplicates) {
        check();
        BsrArrays blocks = new BsrArrays(rows, cols, 1, 1, new int[0], colIndices, values);
        return Entries.sorted(blocks, rowIndices, colIndices, duplicates, "rowIndices, colIndices");
    }

    @Override
    public String toString() {
        return "CooArrays " + rows + "×" + cols + ", " + values.length + " elements";
    }
}
