package dev.rewire.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * A row-major view of 32-bit floats in native memory: {@code rows × cols} elements, row {@code i} starting {@code i · rowStride} floats
 * after the first. The view borrows the segment: whoever allocated it frees it, and every access is checked, so the segment may come from
 * any arena.
 */
public final class DenseMatrix {
    private final MemorySegment segment;
    private final int rows;
    private final int cols;
    private final long rowStride;
    private final @Nullable KernelArena arena;

    private DenseMatrix(MemorySegment segment, int rows, int cols, long rowStride, @Nullable KernelArena arena) {
        this.segment = segment;
        this.rows = rows;
        this.cols = cols;
        this.rowStride = rowStride;
        this.arena = arena;
    }

    /**
     * A view with rows next to each other.
     *
     * @param segment native, aligned to 4 bytes, at least {@code rows · cols} floats
     * @param rows at least 0
     * @param cols at least 0
     * @return the view
     * @throws IllegalArgumentException if an argument is not as described
     */
    public static DenseMatrix of(MemorySegment segment, int rows, int cols) {
        return of(segment, rows, cols, cols);
    }

    /**
     * A view with a distance between rows.
     *
     * @param segment native, aligned to 4 bytes, long enough for the last row
     * @param rows at least 0
     * @param cols at least 0
     * @param rowStride floats from one row to the next, at least {@code cols}
     * @return the view
     * @throws IllegalArgumentException if an argument is not as described
     */
    public static DenseMatrix of(MemorySegment segment, int rows, int cols, long rowStride) {
        Check.range("rows", rows, 0, Integer.MAX_VALUE);
        Check.range("cols", cols, 0, Integer.MAX_VALUE);
        if (rowStride < cols || rowStride > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "rowStride: " + rowStride + " is out of range; accepted are " + cols + " to " + Integer.MAX_VALUE);
        }
        Check.floats("segment", segment, rows == 0 ? 0 : (rows - 1) * rowStride + cols);
        return new DenseMatrix(segment, rows, cols, rowStride, null);
    }

    /**
     * A view of memory of a {@link KernelArena}, with a distance between rows: what {@link Layout#FEATURE_MAJOR} products run on where it lies. A view that does
     * not name the arena is copied there, as memory of any other arena is.
     *
     * @param arena whose memory it is
     * @param segment native, aligned to 4 bytes, long enough for the last row
     * @param rows at least 0
     * @param cols at least 0
     * @param rowStride floats from one row to the next, at least {@code cols}
     * @return the view
     * @throws IllegalArgumentException if an argument is not as described
     */
    public static DenseMatrix of(KernelArena arena, MemorySegment segment, int rows, int cols, long rowStride) {
        DenseMatrix view = of(segment, rows, cols, rowStride);
        if (!segment.scope().equals(arena.scope())) {
            throw new IllegalArgumentException(
                    "segment: memory of another arena; accepted are segments that the given arena allocated");
        }
        return new DenseMatrix(view.segment, rows, cols, rowStride, arena);
    }

    /**
     * A new matrix, zeroed if the allocator zeroes. On a {@link KernelArena} it is a view {@linkplain #of(KernelArena, MemorySegment, int, int, long) of its memory}.
     *
     * @param allocator where the memory comes from and whose arena frees it
     * @param rows at least 0
     * @param cols at least 0
     * @return the matrix
     * @throws IllegalArgumentException if an argument is not as described, or no number of bytes is that large
     */
    public static DenseMatrix allocate(SegmentAllocator allocator, int rows, int cols) {
        Check.range("rows", rows, 0, Integer.MAX_VALUE);
        Check.range("cols", cols, 0, Integer.MAX_VALUE);
        Check.range("rows · cols", (long) rows * cols, 0, Long.MAX_VALUE / Float.BYTES);
        MemorySegment segment = allocator.allocate((long) rows * cols * Float.BYTES, KernelArena.ALIGNMENT);
        return allocator instanceof KernelArena arena ? of(arena, segment, rows, cols, cols) : of(segment, rows, cols);
    }

    /**
     * A copy of an array.
     *
     * @param allocator where the memory comes from and whose arena frees it
     * @param rows at least 0
     * @param cols at least 0
     * @param elements row after row, {@code rows · cols} of them
     * @return a new matrix
     * @throws IllegalArgumentException if an argument is not as described
     */
    public static DenseMatrix copyOf(SegmentAllocator allocator, int rows, int cols, float... elements) {
        Check.equal("elements.length", elements.length, (long) rows * cols, "rows · cols");
        DenseMatrix matrix = allocate(allocator, rows, cols);
        MemorySegment.copy(elements, 0, matrix.segment, ValueLayout.JAVA_FLOAT, 0, elements.length);
        return matrix;
    }

    /**
     * A copy of an array of rows.
     *
     * @param allocator where the memory comes from and whose arena frees it
     * @param elements the rows, all of one length
     * @return a new matrix; without columns if there are no rows
     * @throws IllegalArgumentException if rows differ in length
     */
    public static DenseMatrix copyOf(SegmentAllocator allocator, float[][] elements) {
        int cols = elements.length == 0 ? 0 : elements[0].length;
        for (int row = 0; row < elements.length; row++) {
            Check.equal("elements[" + row + "].length", elements[row].length, cols, "as long as the first row");
        }
        DenseMatrix matrix = allocate(allocator, elements.length, cols);
        for (int row = 0; row < elements.length; row++) {
            MemorySegment.copy(elements[row], 0, matrix.segment, ValueLayout.JAVA_FLOAT, matrix.rowBytes(row), cols);
        }
        return matrix;
    }

    /**
     * The elements in an array.
     *
     * @return a copy, row after row
     * @throws IllegalArgumentException if they are more than an array holds
     * @throws IllegalStateException if the segment's arena is closed
     */
    public float[] toArray() {
        float[] elements = new float[Check.range("rows · cols", (long) rows * cols, 0, Integer.MAX_VALUE - 8)];
        for (int row = 0; row < rows; row++) {
            MemorySegment.copy(segment, ValueLayout.JAVA_FLOAT, rowBytes(row), elements, row * cols, cols);
        }
        return elements;
    }

    /**
     * The elements in an array of rows.
     *
     * @return a copy
     * @throws IllegalStateException if the segment's arena is closed
     */
    public float[][] toRows() {
        float[][] elements = new float[rows][cols];
        for (int row = 0; row < rows; row++) {
            MemorySegment.copy(segment, ValueLayout.JAVA_FLOAT, rowBytes(row), elements[row], 0, cols);
        }
        return elements;
    }

    private long rowBytes(int row) {
        return row * rowStride * Float.BYTES;
    }

    /**
     * The memory of this view.
     *
     * @return the segment it was made with
     */
    public MemorySegment segment() {
        return segment;
    }

    /** The arena that keeps the memory alive under a product, if it is known. */
    @Nullable
    KernelArena arena() {
        return arena;
    }

    /** Bytes from the first element to behind the last one; the segment may be longer, and hold other matrices there. */
    long extent() {
        return rows == 0 || cols == 0 ? 0 : rowBytes(rows - 1) + (long) cols * Float.BYTES;
    }

    /** Whether some memory has elements of this view in it: what lies between two rows does not. */
    boolean overlaps(MemorySegment other, long otherBytes) {
        long distance = other.address() - segment.address();
        if (cols == 0 || distance >= extent() || -distance >= otherBytes || otherBytes == 0) {
            return false;
        }
        long column = Math.floorMod(distance, rowBytes(1));
        return column < (long) cols * Float.BYTES || column + otherBytes > rowBytes(1);
    }

    /**
     * Number of rows.
     *
     * @return at least 0
     */
    public int rows() {
        return rows;
    }

    /**
     * Number of columns.
     *
     * @return at least 0
     */
    public int cols() {
        return cols;
    }

    /**
     * Distance between rows.
     *
     * @return floats from the start of one row to the start of the next
     */
    public long rowStride() {
        return rowStride;
    }

    /**
     * One element.
     *
     * @param row from 0 to rows − 1
     * @param col from 0 to cols − 1
     * @return its value
     * @throws IndexOutOfBoundsException if there is no such element
     * @throws IllegalStateException if the segment's arena is closed
     */
    public float get(int row, int col) {
        return segment.get(ValueLayout.JAVA_FLOAT, offset(row, col));
    }

    /**
     * Sets one element.
     *
     * @param row from 0 to rows − 1
     * @param col from 0 to cols − 1
     * @param value the new value
     * @throws IndexOutOfBoundsException if there is no such element
     * @throws IllegalStateException if the segment's arena is closed
     */
    public void set(int row, int col, float value) {
        segment.set(ValueLayout.JAVA_FLOAT, offset(row, col), value);
    }

    @Override
    public String toString() {
        return "DenseMatrix " + rows + "×" + cols + (rowStride == cols ? "" : ", row stride " + rowStride);
    }

    private long offset(int row, int col) {
        if (row < 0 || row >= rows || col < 0 || col >= cols) {
            throw new IndexOutOfBoundsException("(" + row + ", " + col + ") is outside of " + rows + "×" + cols);
        }
        return (row * rowStride + col) * Float.BYTES;
    }
}
