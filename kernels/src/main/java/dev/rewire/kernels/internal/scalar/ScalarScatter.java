package dev.rewire.kernels.internal.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.rewire.kernels.internal.ScatterKernel;
import java.lang.foreign.MemorySegment;

/** Blocks of any shape scattered row by row. */
final class ScalarScatter implements ScatterKernel {
    private final int rows;
    private final int cols;

    ScalarScatter(int rows, int cols) {
        this.rows = rows;
        this.cols = cols;
    }

    @Override
    public void run(
            int[] offsets,
            int[] columns,
            int firstRow,
            int endRow,
            MemorySegment values,
            float[] sample,
            float[] sums) {
        for (int row = firstRow; row < endRow; row++) {
            if (rows * cols == 1) {
                weights(columns, offsets[row], offsets[row + 1], values, sample[row], sums);
            } else {
                for (int block = offsets[row]; block < offsets[row + 1]; block++) {
                    block(values, (long) block * rows * cols, sample, row * rows, sums, columns[block] * cols);
                }
            }
        }
    }

    private static void weights(int[] columns, int first, int end, MemorySegment values, float g, float[] sums) {
        for (int item = first; item < end; item++) {
            sums[columns[item]] += values.get(JAVA_FLOAT_UNALIGNED, (long) item * Float.BYTES) * g;
        }
    }

    private void block(MemorySegment values, long first, float[] sample, int input, float[] sums, int output) {
        for (int i = 0; i < rows; i++) {
            row(values, (first + (long) i * cols) * Float.BYTES, sample[input + i], sums, output, cols);
        }
    }

    private static void row(MemorySegment values, long at, float g, float[] sums, int output, int cols) {
        for (int j = 0; j < cols; j++) {
            sums[output + j] += values.get(JAVA_FLOAT_UNALIGNED, at + (long) j * Float.BYTES) * g;
        }
    }
}
