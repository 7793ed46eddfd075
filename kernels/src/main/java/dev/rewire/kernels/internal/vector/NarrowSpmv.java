package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.SpmmIndex;
import dev.rewire.kernels.internal.SpmmShape;
import dev.rewire.kernels.internal.SpmvKernel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Products of one sample and blocks of one output and three inputs, which fill no vector: picked one by one from the heap, with several sums, or an addition
 * would wait for the last. Values of other types have classes of their own, so that where there are none the JIT sees but one.
 */
class NarrowSpmv implements SpmvKernel {
    private static final int STEPS = 3;

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
        valueBytes = shape.type().bytes();
    }

    static boolean fits(SpmmShape shape) {
        return shape.consecutive() && shape.outputs() == 1 && shape.steps() == STEPS;
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
            float sum = ofBlocks(
                    index.inputs(), index.offsets()[group], index.offsets()[group + 1], values.address(), sample);
            scratch.set(ValueLayout.JAVA_FLOAT, output, sum);
            output += Float.BYTES;
        }
    }

    /** Every other block has sums of its own. */
    private float ofBlocks(int[] inputs, int first, int end, long values, float[] sample) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        for (int item = first; item < end; item++) {
            long base = base(values, (long) item * STEPS);
            int input = inputs[item];
            float t0 = Math.fma(at(base, 2), sample[input + 2], s2);
            float t1 = s3;
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
