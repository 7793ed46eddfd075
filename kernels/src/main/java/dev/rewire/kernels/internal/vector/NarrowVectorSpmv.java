package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.ValueType;
import dev.rewire.kernels.internal.SpmmIndex;
import dev.rewire.kernels.internal.SpmmShape;
import dev.rewire.kernels.internal.SpmvKernel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of one sample and blocks of 1, 2 or 4 consecutive floats, by vectors of four: each is one load of values, where floats picked one by one
 * are two loads for each product, which is what a core does not do faster. Inputs are put into its lanes one by one: gathers are microcode on a Zen 4,
 * and lanes of wider vectors take more instructions to reach.
 */
class NarrowVectorSpmv implements SpmvKernel {
    private static final VectorSpecies<Float> FOUR = FloatVector.SPECIES_128;
    private static final int LANES = 4;

    private final int outputs;
    private final int steps;
    private final long valueBytes;

    /** Halves, widened one by one; the same sums in the same order. */
    private static final class Halves extends NarrowVectorSpmv {
        private final boolean bf16;

        Halves(SpmmShape shape) {
            super(shape);
            bf16 = shape.type() == ValueType.BF16;
        }

        @Override
        FloatVector load(long values, long element) {
            return four(at(values, element), at(values, element + 1), at(values, element + 2), at(values, element + 3));
        }

        @Override
        float at(long values, long element) {
            int bits = RawMemory.ALL.get(RawMemory.BITS_16, address(values, element));
            return bf16 ? Float.intBitsToFloat(bits << 16) : Float.float16ToFloat((short) bits);
        }
    }

    private NarrowVectorSpmv(SpmmShape shape) {
        valueBytes = shape.type().bytes();
        outputs = shape.outputs();
        steps = shape.steps();
    }

    static NarrowVectorSpmv of(SpmmShape shape) {
        return shape.type() == ValueType.F32 ? new NarrowVectorSpmv(shape) : new Halves(shape);
    }

    /** Whether it takes blocks of a shape, of which there is no part in the last group. */
    static boolean fits(SpmmShape shape) {
        int elements = shape.blockElements();
        return shape.consecutive()
                && (elements == 1 || elements == 2 || elements == LANES)
                && (shape.outputs() == 1 || shape.steps() == 1);
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
        int[] columns = index.inputs();
        long at = 0;
        for (int group = firstGroup; group < endGroup; group++) {
            int first = index.offsets()[group];
            int end = index.offsets()[group + 1];
            if (outputs == LANES) {
                fourOutputs(columns, first, end, values.address(), sample)
                        .intoMemorySegment(scratch, at, RawMemory.ORDER);
            } else if (outputs == 2) {
                FloatVector sums = twoOutputs(columns, first, end, values.address(), sample);
                scratch.set(ValueLayout.JAVA_FLOAT, at, sums.lane(0) + sums.lane(2));
                scratch.set(ValueLayout.JAVA_FLOAT, at + Float.BYTES, sums.lane(1) + sums.lane(3));
            } else {
                scratch.set(ValueLayout.JAVA_FLOAT, at, oneOutput(columns, first, end, values.address(), sample));
            }
            at += (long) outputs * Float.BYTES;
        }
    }

    private float oneOutput(int[] columns, int first, int end, long values, float[] sample) {
        return switch (steps) {
            case 1 -> singles(columns, first, end, values, sample);
            case 2 -> pairs(columns, first, end, values, sample);
            default -> quadruples(columns, first, end, values, sample);
        };
    }

    private float singles(int[] columns, int first, int end, long values, float[] x) {
        FloatVector s0 = FloatVector.zero(FOUR);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        int i = first;
        for (; i + 15 < end; i += 16) {
            s0 = load(values, i).fma(four(x[columns[i]], x[columns[i + 1]], x[columns[i + 2]], x[columns[i + 3]]), s0);
            s1 = load(values, i + 4L)
                    .fma(four(x[columns[i + 4]], x[columns[i + 5]], x[columns[i + 6]], x[columns[i + 7]]), s1);
            s2 = load(values, i + 8L)
                    .fma(four(x[columns[i + 8]], x[columns[i + 9]], x[columns[i + 10]], x[columns[i + 11]]), s2);
            s3 = load(values, i + 12L)
                    .fma(four(x[columns[i + 12]], x[columns[i + 13]], x[columns[i + 14]], x[columns[i + 15]]), s3);
        }
        for (; i + 3 < end; i += 4) {
            s0 = load(values, i).fma(four(x[columns[i]], x[columns[i + 1]], x[columns[i + 2]], x[columns[i + 3]]), s0);
        }
        float rest = 0;
        for (; i < end; i++) {
            rest = Math.fma(at(values, i), x[columns[i]], rest);
        }
        return sum(exact(s0).add(s1).add(exact(s2).add(s3))) + rest;
    }

    private float pairs(int[] columns, int first, int end, long values, float[] x) {
        FloatVector s0 = FloatVector.zero(FOUR);
        FloatVector s1 = s0;
        int i = first;
        for (; i + 3 < end; i += 4) {
            long element = 2L * i;
            int c0 = columns[i];
            int c1 = columns[i + 1];
            int c2 = columns[i + 2];
            int c3 = columns[i + 3];
            s0 = load(values, element).fma(four(x[c0], x[c0 + 1], x[c1], x[c1 + 1]), s0);
            s1 = load(values, element + LANES).fma(four(x[c2], x[c2 + 1], x[c3], x[c3 + 1]), s1);
        }
        float rest = 0;
        for (; i < end; i++) {
            long element = 2L * i;
            rest = Math.fma(at(values, element), x[columns[i]], rest);
            rest = Math.fma(at(values, element + 1), x[columns[i] + 1], rest);
        }
        return sum(exact(s0).add(s1)) + rest;
    }

    private float quadruples(int[] columns, int first, int end, long values, float[] x) {
        FloatVector s0 = FloatVector.zero(FOUR);
        FloatVector s1 = s0;
        int i = first;
        for (; i + 1 < end; i += 2) {
            long element = 4L * i;
            s0 = load(values, element).fma(FloatVector.fromArray(FOUR, x, columns[i]), s0);
            s1 = load(values, element + LANES).fma(FloatVector.fromArray(FOUR, x, columns[i + 1]), s1);
        }
        if (i < end) {
            s0 = load(values, 4L * i).fma(FloatVector.fromArray(FOUR, x, columns[i]), s0);
        }
        return sum(exact(s0).add(s1));
    }

    /** The outputs of a column of four in the lanes. */
    private FloatVector fourOutputs(int[] columns, int first, int end, long values, float[] x) {
        FloatVector s0 = FloatVector.zero(FOUR);
        FloatVector s1 = s0;
        int i = first;
        for (; i + 1 < end; i += 2) {
            long element = 4L * i;
            s0 = load(values, element).fma(FloatVector.broadcast(FOUR, x[columns[i]]), s0);
            s1 = load(values, element + LANES).fma(FloatVector.broadcast(FOUR, x[columns[i + 1]]), s1);
        }
        if (i < end) {
            s0 = load(values, 4L * i).fma(FloatVector.broadcast(FOUR, x[columns[i]]), s0);
        }
        return exact(s0).add(s1);
    }

    /** Two outputs in the lanes, of every other block in the upper ones. */
    private FloatVector twoOutputs(int[] columns, int first, int end, long values, float[] x) {
        FloatVector s0 = FloatVector.zero(FOUR);
        FloatVector s1 = s0;
        int i = first;
        for (; i + 3 < end; i += 4) {
            long element = 2L * i;
            float x0 = x[columns[i]];
            float x1 = x[columns[i + 1]];
            float x2 = x[columns[i + 2]];
            float x3 = x[columns[i + 3]];
            s0 = load(values, element).fma(four(x0, x0, x1, x1), s0);
            s1 = load(values, element + LANES).fma(four(x2, x2, x3, x3), s1);
        }
        FloatVector sums = exact(s0).add(s1);
        for (; i < end; i++) {
            long element = 2L * i;
            float input = x[columns[i]];
            float upper = at(values, element);
            float lower = at(values, element + 1);
            sums = exact(sums);
            sums = sums.withLane(0, Math.fma(upper, input, sums.lane(0)))
                    .withLane(1, Math.fma(lower, input, sums.lane(1)));
        }
        return exact(sums);
    }

    private static FloatVector four(float a, float b, float c, float d) {
        return exact(FloatVector.broadcast(FOUR, a))
                .withLane(1, b)
                .withLane(2, c)
                .withLane(3, d);
    }

    private static FloatVector exact(FloatVector vector) {
        return Exact.floats(FOUR, vector);
    }

    /** Four values from one on. */
    FloatVector load(long values, long element) {
        return exact(FloatVector.fromMemorySegment(FOUR, RawMemory.ALL, address(values, element), RawMemory.ORDER));
    }

    /** One value. */
    float at(long values, long element) {
        return RawMemory.ALL.get(RawMemory.FLOAT, address(values, element));
    }

    private static float sum(FloatVector v) {
        return (v.lane(0) + v.lane(1)) + (v.lane(2) + v.lane(3));
    }

    final long address(long values, long element) {
        return values + element * valueBytes & RawMemory.ADDRESS_MASK;
    }
}
