package dev.rewire.kernels.internal.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.rewire.kernels.internal.SpmmIndex;
import dev.rewire.kernels.internal.SpmmShape;
import dev.rewire.kernels.internal.SpmvKernel;
import java.lang.foreign.MemorySegment;

/** The product of one sample, output by output: four sums of each, or an addition would wait for the last. */
final class ScalarSpmv implements SpmvKernel {
    private final SpmmShape shape;

    ScalarSpmv(SpmmShape shape) {
        this.shape = shape;
    }

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
        int output = 0;
        for (int group = firstGroup; group < endGroup; group++) {
            for (int i = 0; i < shape.outputs(); i++) {
                float sum = shape.steps() == 1
                        ? ofWeights(index, group, i, values, sample)
                        : ofBlocks(index, group, i, values, sample);
                scratch.set(JAVA_FLOAT_UNALIGNED, (long) output++ * Float.BYTES, sum);
            }
        }
    }

    private float ofBlocks(SpmmIndex index, int group, int i, MemorySegment values, float[] x) {
        int steps = shape.steps();
        int stride = shape.stepStride();
        float even = 0;
        float odd = 0;
        for (int item = index.offsets()[group]; item < index.offsets()[group + 1]; item++) {
            long block = shape.consecutive() ? item : index.blocks()[item];
            long value = block * shape.blockElements() + (long) i * shape.outputStride();
            int input = index.inputs()[item];
            int step = 0;
            for (; step + 1 < steps; step += 2) {
                even += shape.type().get(values, value + (long) step * stride) * x[input + step];
                odd += shape.type().get(values, value + (step + 1L) * stride) * x[input + step + 1];
            }
            if (step < steps) {
                even += shape.type().get(values, value + (long) step * stride) * x[input + step];
            }
        }
        return even + odd;
    }

    private float ofWeights(SpmmIndex index, int group, int i, MemorySegment values, float[] x) {
        int[] inputs = index.inputs();
        int end = index.offsets()[group + 1];
        int item = index.offsets()[group];
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        for (; item + 3 < end; item += 4) {
            s0 += weight(index, item, i, values) * x[inputs[item]];
            s1 += weight(index, item + 1, i, values) * x[inputs[item + 1]];
            s2 += weight(index, item + 2, i, values) * x[inputs[item + 2]];
            s3 += weight(index, item + 3, i, values) * x[inputs[item + 3]];
        }
        for (; item < end; item++) {
            s0 += weight(index, item, i, values) * x[inputs[item]];
        }
        return (s0 + s1) + (s2 + s3);
    }

    private float weight(SpmmIndex index, int item, int i, MemorySegment values) {
        long block = shape.consecutive() ? item : index.blocks()[item];
        long value = block * shape.blockElements() + (long) i * shape.outputStride();
        return shape.type().get(values, value);
    }
}
