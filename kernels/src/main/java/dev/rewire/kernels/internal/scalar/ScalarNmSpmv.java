package dev.rewire.kernels.internal.scalar;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.rewire.kernels.internal.NmShape;
import dev.rewire.kernels.internal.NmSpmvKernel;
import dev.rewire.kernels.internal.SpmmIndex;
import java.lang.foreign.MemorySegment;

/** The product of one sample and N:M weights, row by row; it reads the places that the SpMM reads. */
final class ScalarNmSpmv implements NmSpmvKernel {
    private final NmShape shape;

    ScalarNmSpmv(NmShape shape) {
        this.shape = shape;
    }

    @Override
    public long selectorBytes(int rows) {
        return 0;
    }

    @Override
    public void select(byte[] codes, int rows, MemorySegment selectors) {}

    @Override
    public long scratchBytes(int outputs) {
        return (long) outputs * Float.BYTES;
    }

    @Override
    public void run(
            SpmmIndex index,
            int firstGroup,
            int endGroup,
            MemorySegment values,
            MemorySegment inputs,
            float[] sample,
            MemorySegment scratch) {
        int first = firstGroup * shape.outputs();
        for (int row = first; row < endGroup * shape.outputs(); row++) {
            scratch.set(JAVA_FLOAT_UNALIGNED, (long) (row - first) * Float.BYTES, output(index, row, values, sample));
        }
    }

    private float output(SpmmIndex index, int row, MemorySegment values, float[] sample) {
        int keptOfChunk = shape.chunkInputs() / shape.m() * shape.n();
        long firstPlace = (long) row / shape.outputs() * shape.rowElements();
        long firstValue = (long) row * shape.rowElements();
        float even = 0;
        float odd = 0;
        for (int chunk = 0; chunk * keptOfChunk < shape.rowElements(); chunk++) {
            int chunkInput = chunk * shape.chunkInputs();
            int end = Math.min((chunk + 1) * keptOfChunk, shape.rowElements());
            for (int kept = chunk * keptOfChunk; kept < end; kept++) {
                int input = chunkInput + (index.places().get(JAVA_BYTE, firstPlace + kept) & 0xff);
                float product = shape.type().get(values, firstValue + kept) * sample[input];
                if ((kept & 1) == 0) {
                    even += product;
                } else {
                    odd += product;
                }
            }
        }
        return even + odd;
    }
}
