package dev.rewire.kernels.internal.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.rewire.kernels.ValueType;
import dev.rewire.kernels.internal.ScatterKernel;
import java.lang.foreign.MemorySegment;

/** Blocks of any shape scattered row by row. */
final class ScalarScatter implements ScatterKernel {
    private final int rows;
    private final int cols;
    private final Idle<HeapValues> idle;

    ScalarScatter(int rows, int cols) {
        this.rows = rows;
        this.cols = cols;
        idle = new Idle<>(() -> new HeapValues(ValueType.F32, rows * cols));
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
        if (rows * cols == 1) {
            for (int row = firstRow; row < endRow; row++) {
                weights(columns, offsets[row], offsets[row + 1], values, sample[row], sums);
            }
            return;
        }
        HeapValues heap = idle.take();
        heap.clear();
        for (int row = firstRow; row < endRow; row++) {
            for (int block = offsets[row]; block < offsets[row + 1]; block++) {
                if (block >= heap.end) {
                    heap.load(values, block, offsets[endRow]);
                }
                block(heap.floats, (block - heap.first) * rows * cols, sample, row * rows, sums, columns[block] * cols);
            }
        }
        idle.give(heap);
    }

    /** Without a copy on the heap, which was no faster here. */
    private static void weights(int[] columns, int first, int end, MemorySegment values, float g, float[] sums) {
        int item = first;
        for (; item + 3 < end; item += 4) {
            long at = (long) item * Float.BYTES;
            int c0 = columns[item];
            int c1 = columns[item + 1];
            int c2 = columns[item + 2];
            int c3 = columns[item + 3];
            sums[c0] += values.get(JAVA_FLOAT_UNALIGNED, at) * g;
            sums[c1] += values.get(JAVA_FLOAT_UNALIGNED, at + Float.BYTES) * g;
            sums[c2] += values.get(JAVA_FLOAT_UNALIGNED, at + 2 * Float.BYTES) * g;
            sums[c3] += values.get(JAVA_FLOAT_UNALIGNED, at + 3 * Float.BYTES) * g;
        }
        for (; item < end; item++) {
            sums[columns[item]] += values.get(JAVA_FLOAT_UNALIGNED, (long) item * Float.BYTES) * g;
        }
    }

    private void block(float[] w, int first, float[] sample, int input, float[] sums, int output) {
        for (int i = 0; i < rows; i++) {
            row(w, first + i * cols, sample[input + i], sums, output, cols);
        }
    }

    private static void row(float[] w, int at, float g, float[] sums, int output, int cols) {
        for (int j = 0; j < cols; j++) {
            sums[output + j] += w[at + j] * g;
        }
    }
}
