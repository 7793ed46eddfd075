package dev.rewire.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** L1 norms of blocks, the sums of their magnitudes: the scores by which a rewiring chooses, whatever the block's shape. */
public final class BlockNorms {
    private static final int FLOATS_OF_COPY = 16 * 1024;

    private BlockNorms() {}

    /**
     * The L1 norm of each stored block. Each is summed in one fixed order.
     *
     * @param matrix whose blocks are measured
     * @param norms filled from 0 to {@code matrix.pattern().blocks() − 1}
     * @throws IllegalArgumentException if the array is too short
     * @throws IllegalStateException if the matrix's arena is closed
     */
    public static void l1(BlockSparseMatrix matrix, float[] norms) {
        Check.floats("matrix", matrix.type());
        BlockPattern pattern = matrix.pattern();
        int blocks = pattern.blocks();
        if (norms.length < blocks) {
            throw new IllegalArgumentException(
                    "norms.length: " + norms.length + " is too short; accepted are " + blocks + " (blocks) and more");
        }
        MemorySegment values = matrix.values();
        Check.alive("matrix", values);
        matrix.clearPadding();
        int size = pattern.blockRows() * pattern.blockCols();
        // Array loops are free of the checks of a segment, so values are copied into one, some blocks at a time.
        int blocksOfCopy = Math.max(1, Math.min(blocks, FLOATS_OF_COPY / size));
        float[] copy = new float[blocksOfCopy * size];
        for (int first = 0; first < blocks; first += blocksOfCopy) {
            int count = Math.min(blocksOfCopy, blocks - first);
            MemorySegment.copy(
                    values, ValueLayout.JAVA_FLOAT, (long) first * size * Float.BYTES, copy, 0, count * size);
            for (int i = 0; i < count; i++) {
                norms[first + i] = l1(copy, i * size, size);
            }
        }
    }

    /** The sum of magnitudes, in eight interleaved sums so that additions need not wait for each other. */
    static float l1(float[] values, int from, int count) {
        float sum = 0;
        int i = from;
        int end = from + count;
        if (count >= 8) {
            float s0 = 0;
            float s1 = 0;
            float s2 = 0;
            float s3 = 0;
            float s4 = 0;
            float s5 = 0;
            float s6 = 0;
            float s7 = 0;
            for (; i <= end - 8; i += 8) {
                s0 += Math.abs(values[i]);
                s1 += Math.abs(values[i + 1]);
                s2 += Math.abs(values[i + 2]);
                s3 += Math.abs(values[i + 3]);
                s4 += Math.abs(values[i + 4]);
                s5 += Math.abs(values[i + 5]);
                s6 += Math.abs(values[i + 6]);
                s7 += Math.abs(values[i + 7]);
            }
            sum = ((s0 + s4) + (s1 + s5)) + ((s2 + s6) + (s3 + s7));
        }
        for (; i < end; i++) {
            sum += Math.abs(values[i]);
        }
        return sum;
    }
}
