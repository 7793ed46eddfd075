package dev.rewire.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * The product backward to the weights of so few samples that panels, mostly empty, would cost several times as much: samples are gathered on the heap, and
 * each element is summed by itself, from zero on and sample after sample, as panels sum them.
 */
final class FewSamplesSddmm {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final int blockRows;
    private final int blockCols;
    private final boolean accumulate;
    private final float[][] gradients;
    private final float[][] inputs;

    private FewSamplesSddmm(BlockPattern pattern, int batch, boolean accumulate) {
        blockRows = pattern.blockRows();
        blockCols = pattern.blockCols();
        this.accumulate = accumulate;
        // Blocks may reach over the edges: what they find there stays zero.
        gradients = new float[batch][pattern.gridRows() * blockRows];
        inputs = new float[batch][pattern.gridCols() * blockCols];
    }

    /** For a plan, or null where panels are as good. */
    static @Nullable FewSamplesSddmm of(BlockPattern pattern, int batch, boolean accumulate) {
        int most = Providers.active().fewSamples(pattern.blockRows() * pattern.blockCols());
        return batch == 0 || batch > most ? null : new FewSamplesSddmm(pattern, batch, accumulate);
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

    /** Computes the blocks of some grid rows. */
    void run(BlockPattern pattern, int firstRow, int endRow, int samples, MemorySegment values) {
        int[] columns = pattern.indices(false);
        for (int row = firstRow; row < endRow; row++) {
            int first = pattern.rowOffset(row);
            int end = pattern.rowOffset(row + 1);
            if (blockRows * blockCols == 1 && samples == 1) {
                weights(columns, first, end, gradients[0][row], inputs[0], values);
            } else {
                for (int block = first; block < end; block++) {
                    block(
                            row * blockRows,
                            columns[block] * blockCols,
                            samples,
                            values,
                            (long) block * blockRows * blockCols);
                }
            }
        }
    }

    private void weights(int[] columns, int first, int end, float g, float[] x, MemorySegment values) {
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

    private void block(int row, int col, int samples, MemorySegment values, long element) {
        for (int i = 0; i < blockRows; i++) {
            long at = (element + (long) i * blockCols) * Float.BYTES;
            if (samples == 1) {
                rowOfOne(gradients[0][row + i], inputs[0], col, values, at);
            } else {
                rowOfSome(row + i, col, samples, values, at);
            }
        }
    }

    private void rowOfOne(float g, float[] x, int col, MemorySegment values, long first) {
        for (int j = 0; j < blockCols; j++) {
            long at = first + (long) j * Float.BYTES;
            float sum = 0 + g * x[col + j];
            values.set(FLOAT, at, accumulate ? values.get(FLOAT, at) + sum : sum);
        }
    }

    private void rowOfSome(int row, int col, int samples, MemorySegment values, long first) {
        for (int j = 0; j < blockCols; j++) {
            float sum = 0;
            for (int sample = 0; sample < samples; sample++) {
                sum += gradients[sample][row] * inputs[sample][col + j];
            }
            long at = first + (long) j * Float.BYTES;
            values.set(FLOAT, at, accumulate ? values.get(FLOAT, at) + sum : sum);
        }
    }
}
