package dev.rewire.gpu;

import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.io.DType;

/**
 * A row-major matrix on a device, samples in rows: {@code rows × cols} elements without gaps. Behind the last row there is room up to a multiple
 * of {@link #ROWS}, since products compute as many; so any batch is accepted, and what lies in those rows counts for nothing.
 */
public final class GpuMatrix implements AutoCloseable {
    /** What the rows in memory are a multiple of: a multiple of what cuSPARSELt asks for in every type. */
    public static final int ROWS = 16;

    private final DeviceBuffer buffer;
    private final DType type;
    private final int rows;
    private final int cols;

    private GpuMatrix(DeviceBuffer buffer, DType type, int rows, int cols) {
        this.buffer = buffer;
        this.type = type;
        this.rows = rows;
        this.cols = cols;
    }

    /**
     * A matrix of zeros.
     *
     * @param stream whose context it belongs to, and on which it is set to zero
     * @param type F32, F16, BF16, I8 or I32
     * @param rows at least 1
     * @param cols at least 1
     * @return the matrix, which the caller closes
     * @throws IllegalArgumentException if an argument is not as described
     * @throws GpuException if memory runs out
     */
    public static GpuMatrix allocate(GpuStream stream, DType type, int rows, int cols) {
        Elements.check(type);
        int padded = paddedRows("rows", rows);
        if (cols < 1) {
            throw new IllegalArgumentException("cols: " + cols + " is out of range; accepted are 1 and more");
        }
        stream.checkOpen();
        DeviceBuffer buffer = DeviceBuffer.allocate(stream.context, (long) padded * cols * Elements.bytes(type));
        try {
            buffer.fill((byte) 0, stream);
        } catch (RuntimeException e) {
            buffer.close();
            throw e;
        }
        return new GpuMatrix(buffer, type, rows, cols);
    }

    /** Rows that a product of as many samples computes. */
    static int paddedRows(int batch) {
        return paddedRows("batch", batch);
    }

    private static int paddedRows(String argument, int rows) {
        if (rows < 1 || rows > Integer.MAX_VALUE - ROWS) {
            throw new IllegalArgumentException(
                    argument + ": " + rows + " is out of range; accepted are 1 to " + (Integer.MAX_VALUE - ROWS));
        }
        return (rows + ROWS - 1) / ROWS * ROWS;
    }

    /**
     * Copies from the host, and waits until that is done. Floats are rounded to the nearest, to the even one of two; those that become 8-bit
     * integers are not scaled, and what is outside of ±127 becomes that.
     *
     * @param source of the same shape
     * @param stream whose order the copy follows
     * @throws IllegalArgumentException if the shape differs
     */
    public void upload(DenseMatrix source, GpuStream stream) {
        checkShape("source", source);
        Rows.upload(buffer, 0, rows, (long) cols * Elements.bytes(type), stream, (row, target) -> {
            for (int col = 0; col < cols; col++) {
                Elements.set(type, target, col, source.get(row, col));
            }
        });
    }

    /**
     * Copies to the host, and waits until that is done. Integers of more than 24 bits are rounded to floats.
     *
     * @param target of the same shape
     * @param stream whose order the copy follows
     * @throws IllegalArgumentException if the shape differs
     */
    public void download(DenseMatrix target, GpuStream stream) {
        checkShape("target", target);
        Rows.download(buffer, rows, (long) cols * Elements.bytes(type), stream, (row, source) -> {
            for (int col = 0; col < cols; col++) {
                target.set(row, col, Elements.get(type, source, col));
            }
        });
    }

    /**
     * The memory of this matrix.
     *
     * @return rows, rounded up, · cols elements; closed with the matrix
     */
    public DeviceBuffer buffer() {
        return buffer;
    }

    /**
     * How elements are stored.
     *
     * @return the type
     */
    public DType type() {
        return type;
    }

    /**
     * Number of rows.
     *
     * @return at least 1
     */
    public int rows() {
        return rows;
    }

    /**
     * Number of columns.
     *
     * @return at least 1
     */
    public int cols() {
        return cols;
    }

    /** Gives the memory back. The second time, nothing happens. */
    @Override
    public void close() {
        buffer.close();
    }

    /** Before a product: of the right type and shape, and open. */
    void check(String argument, GpuObject user, DType wantedType, int wantedRows, int wantedCols) {
        user.checkPeer(argument, buffer);
        if (type != wantedType || rows != wantedRows || cols != wantedCols) {
            throw new IllegalArgumentException(argument + ": " + this + " does not fit; expected " + wantedRows + "×"
                    + wantedCols + " of " + wantedType);
        }
    }

    /** As {@link #check}, of any batch that is computed as so many rows. */
    void checkBatch(String argument, GpuObject user, DType wantedType, int paddedRows, int wantedCols) {
        user.checkPeer(argument, buffer);
        if (type != wantedType || paddedRows(rows) != paddedRows || cols != wantedCols) {
            throw new IllegalArgumentException(argument + ": " + this + " does not fit; expected "
                    + (paddedRows - ROWS + 1) + " to " + paddedRows + "×" + wantedCols + " of " + wantedType);
        }
    }

    private void checkShape(String argument, DenseMatrix dense) {
        if (dense.rows() != rows || dense.cols() != cols) {
            throw new IllegalArgumentException(argument + ": " + dense.rows() + "×" + dense.cols()
                    + " does not fit; expected " + rows + "×" + cols);
        }
    }

    @Override
    public String toString() {
        return "GpuMatrix " + rows + "×" + cols + " of " + type;
    }
}
