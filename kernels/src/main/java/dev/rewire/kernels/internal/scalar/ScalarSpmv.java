package dev.rewire.kernels.internal.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.rewire.kernels.internal.SpmmIndex;
import dev.rewire.kernels.internal.SpmmShape;
import dev.rewire.kernels.internal.SpmvKernel;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** The forward product of one sample: several sums at once, or an addition would wait for the last. */
final class ScalarSpmv implements SpmvKernel {
    private final SpmmShape shape;
    private final Idle<HeapValues> idleValues;
    private final Idle<float[]> idleSums;

    ScalarSpmv(SpmmShape shape) {
        this.shape = shape;
        idleValues = new Idle<>(() -> new HeapValues(shape.type(), shape.blockElements()));
        idleSums = new Idle<>(() -> new float[shape.outputs()]);
    }

    /** Whether the values of a group follow one another, in each block output by output. */
    static boolean fits(SpmmShape shape) {
        return shape.consecutive() && shape.stepStride() == 1;
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
        HeapValues heap = idleValues.take();
        float[] sums = idleSums.take();
        heap.clear();
        int endOfTask = index.offsets()[endGroup];
        long at = 0;
        for (int group = firstGroup; group < endGroup; group++) {
            int item = index.offsets()[group];
            int end = index.offsets()[group + 1];
            Arrays.fill(sums, 0);
            heap.needRow(values, item, end, endOfTask);
            while (item < end) {
                int to = Math.min(end, heap.end);
                multiply(index.inputs(), item, to, heap, sample, sums);
                item = to;
                if (item < end) {
                    heap.load(values, item, endOfTask);
                }
            }
            MemorySegment.copy(sums, 0, scratch, JAVA_FLOAT_UNALIGNED, at, sums.length);
            at += (long) sums.length * Float.BYTES;
        }
        idleSums.give(sums);
        idleValues.give(heap);
    }

    private void multiply(int[] inputs, int item, int end, HeapValues heap, float[] x, float[] sums) {
        if (shape.blockElements() == 1) {
            sums[0] += weights(inputs, item, end, heap.floats, heap.first, x);
            return;
        }
        int steps = shape.steps();
        for (int block = item; block < end; block++) {
            int value = (block - heap.first) * shape.blockElements();
            int output = 0;
            for (; output + 3 < sums.length; output += 4) {
                fourOutputs(heap.floats, value + output * steps, steps, x, inputs[block], sums, output);
            }
            for (; output < sums.length; output++) {
                sums[output] += oneOutput(heap.floats, value + output * steps, steps, x, inputs[block]);
            }
        }
    }

    private static float weights(int[] inputs, int item, int end, float[] w, int shift, float[] x) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        float s4 = 0;
        float s5 = 0;
        float s6 = 0;
        float s7 = 0;
        int i = item;
        for (; i + 7 < end; i += 8) {
            int at = i - shift;
            s0 += w[at] * x[inputs[i]];
            s1 += w[at + 1] * x[inputs[i + 1]];
            s2 += w[at + 2] * x[inputs[i + 2]];
            s3 += w[at + 3] * x[inputs[i + 3]];
            s4 += w[at + 4] * x[inputs[i + 4]];
            s5 += w[at + 5] * x[inputs[i + 5]];
            s6 += w[at + 6] * x[inputs[i + 6]];
            s7 += w[at + 7] * x[inputs[i + 7]];
        }
        for (; i < end; i++) {
            s0 += w[i - shift] * x[inputs[i]];
        }
        return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
    }

    private static void fourOutputs(float[] w, int at, int steps, float[] x, int input, float[] sums, int output) {
        float s0 = sums[output];
        float s1 = sums[output + 1];
        float s2 = sums[output + 2];
        float s3 = sums[output + 3];
        for (int step = 0; step < steps; step++) {
            float xs = x[input + step];
            s0 += w[at + step] * xs;
            s1 += w[at + steps + step] * xs;
            s2 += w[at + 2 * steps + step] * xs;
            s3 += w[at + 3 * steps + step] * xs;
        }
        sums[output] = s0;
        sums[output + 1] = s1;
        sums[output + 2] = s2;
        sums[output + 3] = s3;
    }

    private static float oneOutput(float[] w, int at, int steps, float[] x, int input) {
        float even = 0;
        float odd = 0;
        int step = 0;
        for (; step + 1 < steps; step += 2) {
            even += w[at + step] * x[input + step];
            odd += w[at + step + 1] * x[input + step + 1];
        }
        return step < steps ? even + w[at + step] * x[input + step] + odd : even + odd;
    }
}
