package dev.rewire.kernels.arrays;

import dev.rewire.kernels.BlockPattern;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Compressed rows: the elements of each row follow one another, in any order.
 *
 * @param rows of the matrix
 * @param cols of the matrix
 * @param rowOffsets for each row the number of its first element, and the count of elements at the end
 * @param colIndices the column of each element
 * @param values of each element
 */
@SuppressWarnings("ArrayRecordComponent") // the caller's arrays are what it is for
public record CsrArrays(int rows, int cols, int[] rowOffsets, int[] colIndices, float[] values)
        implements SparseArrays {
    /**
     * From memory of any kind.
     *
     * @param rows of the matrix
     * @param cols of the matrix
     * @param rowOffsets 32-bit integers
     * @param colIndices 32-bit integers
     * @param values 32-bit floats
     * @return copies of them
     */
    public static CsrArrays of(
            int rows, int cols, MemorySegment rowOffsets, MemorySegment colIndices, MemorySegment values) {
        return new CsrArrays(
                rows,
                cols,
                Check.ints("rowOffsets", rowOffsets),
                Check.ints("colIndices", colIndices),
                Check.floats("values", values));
    }

    /** The elements of sorted blocks, or of a matrix, value by value. */
    static CsrArrays of(BlockPattern pattern, Value value) {
        int count = Stored.countOf(pattern);
        int[] offsets = new int[pattern.rows() + 1];
        int[] columns = new int[count];
        float[] values = new float[count];
        int[] next = {0};
        Stored.forEach(pattern, (row, col, at) -> {
            columns[next[0]] = col;
            values[next[0]++] = value.at(at);
            offsets[row + 1]++;
        });
        for (int row = 0; row < pattern.rows(); row++) {
            offsets[row + 1] += offsets[row];
        }
        return new CsrArrays(pattern.rows(), pattern.cols(), offsets, columns, values);
    }

    /** Where values come from. */
    interface Value {
        float at(long number);
    }

    @Override
    public void check() {
        blocks().check("elements", "rows");
    }

    @Override
    public BsrArrays sorted(Duplicates duplicates) {
        check();
        return Entries.sorted(blocks(), Entries.lines(rowOffsets), colIndices, duplicates, "colIndices");
    }

    /** Elements are blocks, too. */
    private BsrArrays blocks() {
        return new BsrArrays(rows, cols, 1, 1, rowOffsets, colIndices, values);
    }

    /**
     * The same without the elements that are zero; a NaN is none.
     *
     * @return new arrays
     * @throws IllegalArgumentException if the arrays are no matrix
     */
    public CsrArrays withoutZeros() {
        check();
        int[] offsets = new int[rows + 1];
        int[] columns = new int[values.length];
        float[] kept = new float[values.length];
        int count = 0;
        for (int row = 0; row < rows; row++) {
            for (int element = rowOffsets[row]; element < rowOffsets[row + 1]; element++) {
                if (values[element] != 0) {
                    columns[count] = colIndices[element];
                    kept[count++] = values[element];
                }
            }
            offsets[row + 1] = count;
        }
        return new CsrArrays(rows, cols, offsets, Arrays.copyOf(columns, count), Arrays.copyOf(kept, count));
    }

    @Override
    public String toString() {
        return "CsrArrays " + rows + "×" + cols + ", " + values.length + " elements";
    }
}
