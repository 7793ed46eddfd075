package dev.rewire.gpu;

import dev.rewire.kernels.io.DType;

/** Some rows of an identity matrix on the device, which take others' places. */
final class GpuIdentity implements AutoCloseable {
    /** A few rows keep a device busy enough, and need little memory. */
    static final int ROWS = 256;

    private final GpuMatrix matrix;

    GpuIdentity(GpuStream stream, DType type, int rows, int inputs) {
        matrix = GpuMatrix.allocate(stream, type, rows, inputs);
    }

    /** The rows from one on; those behind the last are zero. */
    GpuMatrix from(int first, GpuStream stream) {
        long rowBytes = (long) matrix.cols() * Elements.bytes(matrix.type());
        Rows.upload(matrix.buffer(), 0, matrix.rows(), rowBytes, stream, (row, bytes) -> {
            bytes.fill((byte) 0);
            if (first + row < matrix.cols()) {
                Elements.set(matrix.type(), bytes, first + row, 1);
            }
        });
        return matrix;
    }

    @Override
    public void close() {
        matrix.close();
    }
}
