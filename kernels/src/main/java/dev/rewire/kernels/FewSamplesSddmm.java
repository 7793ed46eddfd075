package dev.rewire.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The product backward to the weights of so few samples that panels, mostly empty, would cost several times as much: samples are gathered on the heap, and
 * each element is summed by itself, from zero on and sample after sample, as panels sum them.
 */
final class FewSamplesSddmm {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    /** Of one row of blocks, which are summed on the heap for all samples before they are stored. */
    private static final int SUMS = 1024;

    /** From so many floats on copying takes less than a loop. */
    private static final int LONG = 8;

    private final int blockRows;
    private final int blockCols;
    private final boolean accumulate;
    private final float[][] gradients;
    private final float[][] inputs;
    private final float[][] sums;
    private final int blocksAtOnce;

    private FewSamplesSddmm(BlockPattern pattern, int batch, boolean accumulate, int threads) {
        blockRows = pattern.blockRows();
        blockCols = pattern.blockCols();
        this.accumulate = accumulate;
        // Blocks may reach over the edges: what they find there stays zero.
        gradients = new float[batch][pattern.gridRows() * blockRows];
        inputs = new float[batch][pattern.gridCols() * blockCols];
        blocksAtOnce = SUMS / blockCols;
        sums = new float[threads][blocksAtOnce * blockCols];
    }

    /** For a plan, or null where panels are as good. */
    static @Nullable FewSamplesSddmm of(BlockPattern pattern, int batch, boolean accumulate, int threads) {
        int most = Providers.active().fewSamples(pattern.blockRows() * pattern.blockCols());
        return batch == 0 || batch > most ? null : new FewSamplesSddmm(pattern, batch, accumulate, threads);
    }

    /** Copies a sample of dY, whose features lie {@code stride} floats apart from {@code first} on. */
    void gatherGradient(int sample, MemorySegment dy, int features, long first, long stride) {
        gather(dy, features, first, stride, gradients[sample]);
    }

    /** The same of X. */
    void gatherInput(int sample, MemorySegment x, int features, long first, long stride) {
        gather(x, features, first, stride, inputs[sample]);
    }

    private static void gather(MemorySegment from, int features, long first, long stride, float[] to) {
        for (int i = 0; i < features; i++) {
            to[i] = from.get(FLOAT, (first + i * stride) * Float.BYTES);
        }
    }

    /** Computes the blocks of some grid rows, whose first columns are given. */
    void run(
            BlockPattern pattern,
            int[] columns,
            int firstRow,
            int endRow,
            int samples,
            MemorySegment values,
            int worker) {
        for (int row = firstRow; row < endRow; row++) {
            int end = pattern.rowOffset(row + 1);
            if (blockRows * blockCols == 1 && samples == 1) {
                weightsOfOne(columns, pattern.rowOffset(row), end, gradients[0][row], inputs[0], values);
                continue;
            }
            for (int block = pattern.rowOffset(row); block < end; block += blocksAtOnce) {
                int to = Math.min(block + blocksAtOnce, end);
                for (int i = 0; i < blockRows; i++) {
                    sum(columns, block, to, row * blockRows + i, samples, sums[worker]);
                    store(block, to, i, sums[worker], values);
                }
            }
        }
    }

    private void weightsOfOne(int[] columns, int first, int end, float g, float[] x, MemorySegment values) {
        if (accumulate) {
            for (int item = first; item < end; item++) {
                long at = (long) item * Float.BYTES;
                values.set(FLOAT, at, values.get(FLOAT, at) + (0 + g * x[columns[item]]));
            }
        } else {
            for (int item = first; item < end; item++) {
                values.set(FLOAT, (long) item * Float.BYTES, 0 + g * x[columns[item]]);
            }
        }
    }

    /** One row of some blocks. */
    private void sum(int[] columns, int first, int end, int row, int samples, float[] to) {
        Arrays.fill(to, 0, (end - first) * blockCols, 0);
        for (int sample = 0; sample < samples; sample++) {
            float g = gradients[sample][row];
            float[] x = inputs[sample];
            if (blockCols == 1) {
                addWeights(columns, first, end, g, x, to);
            } else {
                for (int block = first; block < end; block++) {
                    addRow(g, x, columns[block], to, (block - first) * blockCols, blockCols);
                }
            }
        }
    }

    private static void addWeights(int[] columns, int first, int end, float g, float[] x, float[] to) {
        for (int item = first; item < end; item++) {
            to[item - first] += g * x[columns[item]];
        }
    }

    private static void addRow(float g, float[] x, int from, float[] to, int at, int count) {
        for (int j = 0; j < count; j++) {
            to[at + j] += g * x[from + j];
        }
    }

    private void store(int first, int end, int rowOfBlock, float[] from, MemorySegment values) {
        if (blockRows == 1) {
            store(from, 0, (end - first) * blockCols, values, (long) first * blockCols);
            return;
        }
        for (int block = first; block < end; block++) {
            store(
                    from,
                    (block - first) * blockCols,
                    blockCols,
                    values,
                    ((long) block * blockRows + rowOfBlock) * blockCols);
        }
    }

    private void store(float[] from, int first, int count, MemorySegment values, long element) {
        if (!accumulate && count >= LONG) {
            MemorySegment.copy(from, first, values, FLOAT, element * Float.BYTES, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            long at = (element + i) * Float.BYTES;
            float sum = from[first + i];
            values.set(FLOAT, at, accumulate ? values.get(FLOAT, at) + sum : sum);
        }
    }
}
