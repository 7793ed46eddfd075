package dev.rewire.kernels.prune;

import dev.rewire.kernels.DenseMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Reads a dense matrix row by row into an array, whose loops are free of the checks of a segment. */
final class RowReader {
    private final DenseMatrix matrix;
    private final float[] elements;

    RowReader(DenseMatrix matrix) {
        this.matrix = matrix;
        elements = new float[matrix.cols()];
    }

    /** The elements of a row; the next call overwrites them. */
    float[] read(int row) {
        MemorySegment.copy(
                matrix.segment(),
                ValueLayout.JAVA_FLOAT,
                row * matrix.rowStride() * Float.BYTES,
                elements,
                0,
                elements.length);
        return elements;
    }
}
