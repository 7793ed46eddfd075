package dev.rewire.kernels.arrays;

import java.lang.foreign.MemorySegment;

/**
 * Compressed columns: the elements of each column follow one another, in any order.
 *
 * @param rows of the matrix
 * @param cols of the matrix
 * @param colOffsets for each column the number of its first element, and the count of elements at the end
 * @param rowIndices the row of each element
 * @param values of each element
 */
@SuppressWarnings("ArrayRecordComponent") // the caller's arrays are what it is for
public record CscArrays(int rows, int cols, int[] colOffsets, int[] rowIndices, float[] values)
        implements SparseArrays {
    /**
     * From memory of any kind.
     *
     * @param rows of the matrix
     * @param cols of the matrix
     * @param colOffsets 32-bit integers
     * @param rowIndices 32-bit integers
     * @param values 32-bit floats
     * @return copies of them
     */
    public static CscArrays of(
            int rows, int cols, MemorySegment colOffsets, MemorySegment rowIndices, MemorySegment values) {
        return new CscArrays(
                rows,
                cols,
                Check.ints("colOffsets", colOffsets),
                Check.ints("rowIndices", rowIndices),
                Check.floats("values", values));
    }

    static CscArrays of(CsrArrays csr) {
        int[] rows = Entries.lines(csr.rowOffsets());
        int[] columns = csr.colIndices();
        int[] offsets = Entries.offsets(columns, csr.cols());
        int[] next = offsets.clone();
        int[] rowIndices = new int[rows.length];
        float[] values = new float[rows.length];
        for (int element = 0; element < rows.length; element++) {
            int to = next[columns[element]]++;
            rowIndices[to] = rows[element];
            values[to] = csr.values()[element];
        }
        return new CscArrays(csr.rows(), csr.cols(), offsets, rowIndices, values);
    }

    @Override
    public void check() {
        Check.side("rows", rows);
        Check.side("cols", cols);
        Check.offsets("colOffsets", colOffsets, "columns", cols, "rowIndices", rowIndices.length);
        Check.indices("rowIndices", rowIndices, rows);
        Check.length("values", values.length, rowIndices.length, "of all elements");
    }

    @Override
    public BsrArrays sorted(Duplicates duplicates) {
        check();
        BsrArrays blocks = new BsrArrays(rows, cols, 1, 1, colOffsets, rowIndices, values);
        return Entries.sorted(blocks, rowIndices, Entries.lines(colOffsets), duplicates, "rowIndices");
    }

    @Override
    public String toString() {
        return "CscArrays " + rows + "×" + cols + ", " + values.length + " elements";
    }
}
