package dev.rewire.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** A dense matrix on the heap, as plain as can be: what operands are made from and results are read into. */
final class Grid {
    /** What lies around the elements of a dense operand: a NaN that no arithmetic produces. */
    static final int GAP_BITS = 0x7fc0_dead;

    private final int rows;
    private final int cols;
    private final float[] elements;

    Grid(int rows, int cols) {
        this.rows = rows;
        this.cols = cols;
        this.elements = new float[Math.multiplyExact(rows, cols)];
    }

    interface Elements {
        float at(int row, int col);
    }

    static Grid of(int rows, int cols, Elements elements) {
        Grid grid = new Grid(rows, cols);
        for (int row = 0; row < rows; row++) {
            for (int col = 0; col < cols; col++) {
                grid.elements[row * cols + col] = elements.at(row, col);
            }
        }
        return grid;
    }

    static Grid filled(int rows, int cols, float value) {
        return of(rows, cols, (row, col) -> value);
    }

    static Grid read(DenseMatrix matrix) {
        return of(matrix.rows(), matrix.cols(), matrix::get);
    }

    /** Of samples × features, whatever the layout. */
    static Grid read(Layout layout, DenseMatrix matrix) {
        return layout == Layout.FEATURE_MAJOR ? read(matrix).transposed() : read(matrix);
    }

    static Grid read(PanelMatrix matrix) {
        return of(matrix.rows(), matrix.cols(), matrix::get);
    }

    static Grid read(SparseMatrix matrix) {
        return of(matrix.rows(), matrix.cols(), matrix::get);
    }

    int rows() {
        return rows;
    }

    int cols() {
        return cols;
    }

    float at(int row, int col) {
        return elements[row * cols + col];
    }

    void set(int row, int col, float value) {
        elements[row * cols + col] = value;
    }

    /** With a distance between rows that is {@code gap} floats longer than a row, the gaps holding {@link #GAP_BITS}. */
    DenseMatrix rowMajor(TestMemory memory, int offset, int gap) {
        long stride = (long) cols + gap;
        long floats = rows == 0 ? 0 : (rows - 1) * stride + cols;
        MemorySegment segment = memory.floats(floats, offset);
        for (long i = 0; i < floats; i++) {
            segment.setAtIndex(ValueLayout.JAVA_INT, i, GAP_BITS);
        }
        DenseMatrix matrix = memory.matrix(segment, rows, cols, stride);
        for (int row = 0; row < rows; row++) {
            for (int col = 0; col < cols; col++) {
                matrix.set(row, col, at(row, col));
            }
        }
        return matrix;
    }

    DenseMatrix rowMajor(TestMemory memory) {
        return rowMajor(memory, 0, 0);
    }

    /** This grid of samples × features in a layout of dense matrices. */
    DenseMatrix dense(Layout layout, TestMemory memory, int offset, int gap) {
        return (layout == Layout.FEATURE_MAJOR ? transposed() : this).rowMajor(memory, offset, gap);
    }

    DenseMatrix dense(Layout layout, TestMemory memory) {
        return dense(layout, memory, 0, 0);
    }

    PanelMatrix panels(KernelArena arena) {
        PanelMatrix matrix = PanelMatrix.allocate(arena, rows, cols);
        for (int row = 0; row < rows; row++) {
            for (int col = 0; col < cols; col++) {
                matrix.set(row, col, at(row, col));
            }
        }
        return matrix;
    }

    Grid transposed() {
        return of(cols, rows, (row, col) -> at(col, row));
    }

    Grid plus(Grid other) {
        return of(rows, cols, (row, col) -> at(row, col) + other.at(row, col));
    }

    /** This where elements are stored, zero elsewhere. */
    Grid on(SparsePattern pattern) {
        return of(rows, cols, (row, col) -> pattern.stores(row, col) ? at(row, col) : 0);
    }

    /** Bit for bit, −0 and the payload of a NaN included. */
    boolean sameBits(Grid other) {
        if (rows != other.rows || cols != other.cols) {
            return false;
        }
        for (int i = 0; i < elements.length; i++) {
            if (Float.floatToRawIntBits(elements[i]) != Float.floatToRawIntBits(other.elements[i])) {
                return false;
            }
        }
        return true;
    }

    /** The same values, where −0 equals 0. */
    boolean sameValues(Grid other) {
        return rows == other.rows && cols == other.cols && normalised().sameBits(other.normalised());
    }

    private Grid normalised() {
        return of(rows, cols, (row, col) -> at(row, col) + 0f);
    }

    @Override
    public String toString() {
        return rows + "×" + cols + " " + Arrays.toString(Arrays.copyOf(elements, Math.min(elements.length, 64)));
    }
}
