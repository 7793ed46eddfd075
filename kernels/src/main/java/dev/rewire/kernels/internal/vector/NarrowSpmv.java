package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.SpmmIndex;
import dev.rewire.kernels.internal.SpmmShape;
import dev.rewire.kernels.internal.SpmvKernel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Products of one sample and narrow blocks that {@link NarrowVectorSpmv} does not take, of halves or of three floats: an output after the other, its
 * inputs picked one by one from the heap. Each output has several sums, or an addition would wait for the last. Values of other types have
 * classes of their own, so that where there are none the JIT sees but one.
 */
class NarrowSpmv implements SpmvKernel {
    /** Of larger blocks the lanes of a panel make more, and of those that have several outputs, which share what is loaded. */
    private static final int MOST_STEPS = 4;

    private final int steps;
    private final long valueBytes;

    private static final class Bf16 extends NarrowSpmv {
        Bf16(SpmmShape shape) {
            super(shape);
        }

        @Override
        float at(long base, long element) {
            return Float.intBitsToFloat(bits(base, element) << 16);
        }
    }

    private static final class F16 extends NarrowSpmv {
        F16(SpmmShape shape) {
            super(shape);
        }

        @Override
        float at(long base, long element) {
            return Float.float16ToFloat((short) bits(base, element));
        }
    }

    private NarrowSpmv(SpmmShape shape) {
        steps = shape.steps();
        valueBytes = shape.type().bytes();
    }

    static boolean fits(SpmmShape shape) {
        return shape.consecutive() && shape.outputs() == 1 && shape.steps() <= MOST_STEPS;
    }

    static NarrowSpmv of(SpmmShape shape) {
        return switch (shape.type()) {
            case F32 -> new NarrowSpmv(shape);
            case BF16 -> new Bf16(shape);
            case F16 -> new F16(shape);
        };
    }

    @Override
    public long scratchBytes(int outputsOfTask) {
        return (long) outputsOfTask * Float.BYTES;
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
        long output = 0;
        for (int group = firstGroup; group < endGroup; group++) {
            int first = index.offsets()[group];
            int end = index.offsets()[group + 1];
            float sum = steps > 1
                    ? ofBlocks(index, first, end, values.address(), sample)
                    : ofWeights(index.inputs(), first, end, values.address(), sample);
            scratch.set(ValueLayout.JAVA_FLOAT, output, sum);
            output += Float.BYTES;
        }
    }

    private float ofWeights(int[] inputs, int first, int end, long values, float[] sample) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        float s4 = 0;
        float s5 = 0;
        float s6 = 0;
        float s7 = 0;
        int item = first;
        for (; item + 7 < end; item += 8) {
            long base = base(values, item);
            s0 = Math.fma(at(base, 0), sample[inputs[item]], s0);
            s1 = Math.fma(at(base, 1), sample[inputs[item + 1]], s1);
            s2 = Math.fma(at(base, 2), sample[inputs[item + 2]], s2);
            s3 = Math.fma(at(base, 3), sample[inputs[item + 3]], s3);
            s4 = Math.fma(at(base, 4), sample[inputs[item + 4]], s4);
            s5 = Math.fma(at(base, 5), sample[inputs[item + 5]], s5);
            s6 = Math.fma(at(base, 6), sample[inputs[item + 6]], s6);
            s7 = Math.fma(at(base, 7), sample[inputs[item + 7]], s7);
        }
        for (; item < end; item++) {
            s0 = Math.fma(at(base(values, item), 0), sample[inputs[item]], s0);
        }
        return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
    }

    /** Two steps of a block, and what else it has, in sums of their own; every other block has the other two. */
    private float ofBlocks(SpmmIndex index, int first, int end, long values, float[] sample) {
        int[] inputs = index.inputs();
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        for (int item = first; item < end; item++) {
            long base = base(values, (long) item * steps);
            int input = inputs[item];
            float t0 = s2;
            float t1 = s3;
            if (steps > 2) {
                t0 = Math.fma(at(base, 2), sample[input + 2], t0);
            }
            if (steps > 3) {
                t1 = Math.fma(at(base, 3), sample[input + 3], t1);
            }
            s2 = Math.fma(at(base, 0), sample[input], s0);
            s3 = Math.fma(at(base, 1), sample[input + 1], s1);
            s0 = t0;
            s1 = t1;
        }
        return (s0 + s1) + (s2 + s3);
    }

    private long base(long values, long element) {
        return values + element * valueBytes & RawMemory.ADDRESS_MASK;
    }

    /** The value so many elements behind a base. */
    float at(long base, long element) {
        return RawMemory.ALL.get(RawMemory.FLOAT, base + element * Float.BYTES);
    }

    private static int bits(long base, long element) {
        return RawMemory.ALL.get(RawMemory.BITS_16, base + element * Short.BYTES);
    }
}
