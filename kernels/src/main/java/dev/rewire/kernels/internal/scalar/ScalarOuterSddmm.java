package dev.rewire.kernels.internal.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.rewire.kernels.internal.OuterSddmmKernel;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Sums of outer products: one row of a block at a time, on the heap. */
final class ScalarOuterSddmm implements OuterSddmmKernel {
    private final int rows;
    private final int cols;
    private final long featureBytes;
    private final Idle<float[][]> idle;

    ScalarOuterSddmm(int rows, int cols, long featureBytes) {
        this.rows = rows;
        this.cols = cols;
        this.featureBytes = featureBytes;
        idle = new Idle<>(() -> new float[2][cols]);
    }

    @Override
    public void run(
            int[] rowStarts,
            int[] colStarts,
            int firstBlock,
            int endBlock,
            int samples,
            boolean add,
            MemorySegment gradient,
            long gradientOffset,
            long sampleBytes,
            MemorySegment strips,
            long stripsOffset,
            long stripBytes,
            MemorySegment values) {
        float[][] heap = idle.take();
        float[] sums = heap[0];
        float[] inputs = heap[1];
        for (int block = firstBlock; block < endBlock; block++) {
            long strip = stripsOffset + colStarts[block] / cols * stripBytes;
            for (int i = 0; i < rows; i++) {
                long element = ((long) block * rows + i) * cols * Float.BYTES;
                long from = gradientOffset + (rowStarts[block] + i) * featureBytes;
                if (add) {
                    MemorySegment.copy(values, JAVA_FLOAT_UNALIGNED, element, sums, 0, cols);
                } else {
                    Arrays.fill(sums, 0);
                }
                for (int sample = 0; sample < samples; sample++) {
                    long at = strip + (long) sample * cols * Float.BYTES;
                    MemorySegment.copy(strips, JAVA_FLOAT_UNALIGNED, at, inputs, 0, cols);
                    float g = gradient.get(JAVA_FLOAT_UNALIGNED, from + sample * sampleBytes);
                    for (int j = 0; j < cols; j++) {
                        sums[j] += g * inputs[j];
                    }
                }
                MemorySegment.copy(sums, 0, values, JAVA_FLOAT_UNALIGNED, element, cols);
            }
        }
        idle.give(heap);
    }

    @Override
    public void copyStrips(
            MemorySegment source,
            long sourceOffset,
            long sampleBytes,
            int samples,
            int features,
            MemorySegment strips,
            long stripsOffset,
            long stripBytes) {
        for (int sample = 0; sample < samples; sample++) {
            for (int first = 0; first < features; first += cols) {
                MemorySegment.copy(
                        source,
                        sourceOffset + sample * sampleBytes + (long) first * Float.BYTES,
                        strips,
                        stripsOffset + first / cols * stripBytes + (long) sample * cols * Float.BYTES,
                        (long) Math.min(cols, features - first) * Float.BYTES);
            }
        }
    }
}
