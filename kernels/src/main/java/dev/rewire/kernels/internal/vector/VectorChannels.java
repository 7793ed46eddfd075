package dev.rewire.kernels.internal.vector;

import static dev.rewire.kernels.internal.vector.Exact.load;
import static dev.rewire.kernels.internal.vector.Exact.store;
import static dev.rewire.kernels.internal.vector.RawMemory.LANES;
import static dev.rewire.kernels.internal.vector.RawMemory.SPECIES;
import static dev.rewire.kernels.internal.vector.RawMemory.VECTOR_BYTES;

import dev.rewire.kernels.internal.ChannelFactors;
import dev.rewire.kernels.internal.ChannelKernels;
import dev.rewire.kernels.internal.ChannelRow;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Batch normalisation: channel by channel of a position, the sums of a channel in cache meanwhile. Full panels of 64 lanes, which all but few batches consist of, have loops
 * without a branch in a channel; what is left goes the general way.
 */
final class VectorChannels implements ChannelKernels {
    private static final int GROUP = SUMS / 2;
    private static final long GROUP_BYTES = GROUP * Float.BYTES;
    private static final int WIDE = 64;
    private static final long WIDE_BYTES = WIDE * Float.BYTES;
    private static final FloatVector PLACES = FloatVector.zero(SPECIES).addIndex(1);

    private static boolean isWide(ChannelRow at) {
        return at.samples == WIDE;
    }

    @Override
    public void moments(ChannelRow at, ChannelFactors factors) {
        for (int position = 0; position < at.positions; position++) {
            long x = at.x.address() + at.offset + position * at.positionBytes;
            if (isWide(at)) {
                wideMoments(x, factors.center, at.channel, at.channels, at.sums);
            } else {
                anyMoments(x, at, factors.center);
            }
        }
    }

    private static void wideMoments(long x, float[] centers, int channel, int channels, float[] sums) {
        for (int c = 0; c < channels; c++) {
            FloatVector center = broadcast(centers[channel + c]);
            for (int lane = 0; lane < GROUP; lane += LANES) {
                long first = x + c * WIDE_BYTES + (long) lane * Float.BYTES;
                int place = c * SUMS + lane;
                FloatVector d0 = load(first).sub(center);
                FloatVector d1 = load(first + GROUP_BYTES).sub(center);
                FloatVector d2 = load(first + 2 * GROUP_BYTES).sub(center);
                FloatVector d3 = load(first + 3 * GROUP_BYTES).sub(center);
                array(sums, place).add(d0).add(d1).add(d2).add(d3).intoArray(sums, place);
                array(sums, place + GROUP)
                        .add(d0.mul(d0))
                        .add(d1.mul(d1))
                        .add(d2.mul(d2))
                        .add(d3.mul(d3))
                        .intoArray(sums, place + GROUP);
            }
        }
    }

    private static void anyMoments(long x, ChannelRow at, float[] centers) {
        for (int c = 0; c < at.channels; c++) {
            float center = centers[at.channel + c];
            for (int sample = 0; sample < at.samples; sample += LANES) {
                FloatVector d = inside(load(place(x, at, c, sample)).sub(center), at.samples - sample);
                add(d, at.sums, c * SUMS + sample % GROUP);
                add(d.mul(d), at.sums, c * SUMS + GROUP + sample % GROUP);
            }
        }
    }

    @Override
    public void normalize(ChannelRow at, ChannelFactors factors, boolean relu) {
        float least = relu ? 0 : Float.NEGATIVE_INFINITY;
        for (int position = 0; position < at.positions; position++) {
            long offset = at.offset + position * at.positionBytes;
            long x = at.x.address() + offset;
            long y = at.y.address() + offset;
            if (isWide(at)) {
                wideNormalize(x, y, factors, at.channel, at.channels, least);
            } else {
                anyNormalize(x, y, at, factors, least);
            }
        }
    }

    private static void wideNormalize(long x, long y, ChannelFactors factors, int channel, int channels, float least) {
        for (int c = 0; c < channels; c++) {
            FloatVector center = broadcast(factors.center[channel + c]);
            FloatVector factor = broadcast(factors.factor[channel + c]);
            FloatVector shift = broadcast(factors.shift[channel + c]);
            for (int i = 0; i < WIDE / LANES; i += 4) {
                long at = c * WIDE_BYTES + (long) i * VECTOR_BYTES;
                normalize(x + at, y + at, center, factor, shift, least);
                normalize(x + at + VECTOR_BYTES, y + at + VECTOR_BYTES, center, factor, shift, least);
                normalize(x + at + 2L * VECTOR_BYTES, y + at + 2L * VECTOR_BYTES, center, factor, shift, least);
                normalize(x + at + 3L * VECTOR_BYTES, y + at + 3L * VECTOR_BYTES, center, factor, shift, least);
            }
        }
    }

    private static void normalize(
            long x, long y, FloatVector center, FloatVector factor, FloatVector shift, float least) {
        store(load(x).sub(center).mul(factor).add(shift).max(least), y);
    }

    private static void anyNormalize(long x, long y, ChannelRow at, ChannelFactors factors, float least) {
        for (int c = 0; c < at.channels; c++) {
            int channel = at.channel + c;
            for (int sample = 0; sample < at.samples; sample += LANES) {
                FloatVector normal = load(place(x, at, c, sample))
                        .sub(factors.center[channel])
                        .mul(factors.factor[channel])
                        .add(factors.shift[channel]);
                store(inside(normal.max(least), at.samples - sample), place(y, at, c, sample));
            }
        }
    }

    // Not in the loop above: C2 would reach its limit before the end, and vectors would become objects.

    @Override
    public void normalizeAndAdd(ChannelRow at, ChannelFactors factors, boolean relu) {
        float least = relu ? 0 : Float.NEGATIVE_INFINITY;
        for (int position = 0; position < at.positions; position++) {
            long offset = at.offset + position * at.positionBytes;
            long x = at.x.address() + offset;
            long addend = at.addend.address() + offset;
            long y = at.y.address() + offset;
            if (isWide(at)) {
                wideSum(x, addend, y, factors, at.channel, at.channels, least);
            } else {
                anySum(x, addend, y, at, factors, least);
            }
        }
    }

    private static void wideSum(
            long x, long addend, long y, ChannelFactors factors, int channel, int channels, float least) {
        for (int c = 0; c < channels; c++) {
            FloatVector center = broadcast(factors.center[channel + c]);
            FloatVector factor = broadcast(factors.factor[channel + c]);
            FloatVector shift = broadcast(factors.shift[channel + c]);
            for (int i = 0; i < WIDE / LANES; i += 2) {
                long at = c * WIDE_BYTES + (long) i * VECTOR_BYTES;
                long next = at + VECTOR_BYTES;
                FloatVector n0 = exact(load(x + at).sub(center).mul(factor).add(shift));
                FloatVector n1 = exact(load(x + next).sub(center).mul(factor).add(shift));
                store(n0.add(load(addend + at)).max(least), y + at);
                store(n1.add(load(addend + next)).max(least), y + next);
            }
        }
    }

    private static void anySum(long x, long addend, long y, ChannelRow at, ChannelFactors factors, float least) {
        for (int c = 0; c < at.channels; c++) {
            int channel = at.channel + c;
            for (int sample = 0; sample < at.samples; sample += LANES) {
                FloatVector normal = load(place(x, at, c, sample))
                        .sub(factors.center[channel])
                        .mul(factors.factor[channel])
                        .add(factors.shift[channel]);
                FloatVector sum = exact(normal).add(load(place(addend, at, c, sample)));
                store(inside(sum.max(least), at.samples - sample), place(y, at, c, sample));
            }
        }
    }

    @Override
    public void gradientSums(ChannelRow at, ChannelFactors factors, boolean relu) {
        for (int position = 0; position < at.positions; position++) {
            long offset = at.offset + position * at.positionBytes;
            long x = at.x.address() + offset;
            long dy = at.dy.address() + offset;
            if (isWide(at) && relu) {
                wideReluSums(x, dy, factors, at.channel, at.channels, at.sums);
            } else if (isWide(at)) {
                wideSums(x, dy, factors.center, at.channel, at.channels, at.sums);
            } else {
                anySums(x, dy, at, factors, relu ? 0 : Float.NEGATIVE_INFINITY);
            }
        }
    }

    private static void wideSums(long x, long dy, float[] centers, int channel, int channels, float[] sums) {
        for (int c = 0; c < channels; c++) {
            FloatVector center = broadcast(centers[channel + c]);
            for (int lane = 0; lane < GROUP; lane += LANES) {
                long at = c * WIDE_BYTES + (long) lane * Float.BYTES;
                FloatVector d0 = exact(load(x + at).sub(center));
                FloatVector d1 = exact(load(x + at + GROUP_BYTES).sub(center));
                FloatVector d2 = exact(load(x + at + 2 * GROUP_BYTES).sub(center));
                FloatVector d3 = exact(load(x + at + 3 * GROUP_BYTES).sub(center));
                FloatVector g0 = load(dy + at);
                FloatVector g1 = load(dy + at + GROUP_BYTES);
                FloatVector g2 = load(dy + at + 2 * GROUP_BYTES);
                FloatVector g3 = load(dy + at + 3 * GROUP_BYTES);
                int place = c * SUMS + lane;
                array(sums, place).add(g0).add(g1).add(g2).add(g3).intoArray(sums, place);
                array(sums, place + GROUP)
                        .add(g0.mul(d0))
                        .add(g1.mul(d1))
                        .add(g2.mul(d2))
                        .add(g3.mul(d3))
                        .intoArray(sums, place + GROUP);
            }
        }
    }

    private static void wideReluSums(long x, long dy, ChannelFactors factors, int channel, int channels, float[] sums) {
        for (int c = 0; c < channels; c++) {
            FloatVector center = broadcast(factors.center[channel + c]);
            FloatVector factor = broadcast(factors.factor[channel + c]);
            FloatVector shift = broadcast(factors.shift[channel + c]);
            for (int lane = 0; lane < GROUP; lane += LANES) {
                long at = c * WIDE_BYTES + (long) lane * Float.BYTES;
                FloatVector d0 = exact(load(x + at).sub(center));
                FloatVector d1 = exact(load(x + at + GROUP_BYTES).sub(center));
                FloatVector d2 = exact(load(x + at + 2 * GROUP_BYTES).sub(center));
                FloatVector d3 = exact(load(x + at + 3 * GROUP_BYTES).sub(center));
                FloatVector g0 = passed(load(dy + at), d0, factor, shift);
                FloatVector g1 = passed(load(dy + at + GROUP_BYTES), d1, factor, shift);
                FloatVector g2 = passed(load(dy + at + 2 * GROUP_BYTES), d2, factor, shift);
                FloatVector g3 = passed(load(dy + at + 3 * GROUP_BYTES), d3, factor, shift);
                int place = c * SUMS + lane;
                array(sums, place).add(g0).add(g1).add(g2).add(g3).intoArray(sums, place);
                array(sums, place + GROUP)
                        .add(d0.mul(g0))
                        .add(d1.mul(g1))
                        .add(d2.mul(g2))
                        .add(d3.mul(g3))
                        .intoArray(sums, place + GROUP);
            }
        }
    }

    private static void anySums(long x, long dy, ChannelRow at, ChannelFactors factors, float least) {
        for (int c = 0; c < at.channels; c++) {
            FloatVector center = broadcast(factors.center[at.channel + c]);
            FloatVector factor = broadcast(factors.factor[at.channel + c]);
            FloatVector shift = broadcast(factors.shift[at.channel + c]);
            for (int sample = 0; sample < at.samples; sample += LANES) {
                FloatVector d = exact(load(place(x, at, c, sample)).sub(center));
                FloatVector g = passed(load(place(dy, at, c, sample)), d, factor, shift, least);
                add(g, at.sums, c * SUMS + sample % GROUP);
                add(exact(d.mul(g)), at.sums, c * SUMS + GROUP + sample % GROUP);
            }
        }
    }

    @Override
    public void gradient(ChannelRow at, ChannelFactors factors, boolean relu) {
        boolean masked = at.mask.address() != 0;
        for (int position = 0; position < at.positions; position++) {
            long offset = at.offset + position * at.positionBytes;
            long x = at.x.address() + offset;
            long dy = at.dy.address() + offset;
            long dx = at.dx.address() + offset;
            if (isWide(at) && relu) {
                wideReluGradient(x, dy, dx, factors, at.channel, at.channels);
            } else if (isWide(at)) {
                wideGradient(x, dy, dx, factors, at.channel, at.channels);
            } else {
                anyGradient(x, dy, dx, at, factors, relu ? 0 : Float.NEGATIVE_INFINITY);
            }
            if (masked) {
                mask(at.mask.address() + offset, dx, at.channels * at.lanes / LANES);
            }
        }
    }

    private static void wideGradient(long x, long dy, long dx, ChannelFactors factors, int channel, int channels) {
        for (int c = 0; c < channels; c++) {
            FloatVector center = broadcast(factors.center[channel + c]);
            FloatVector factor = broadcast(factors.factor[channel + c]);
            FloatVector mean = broadcast(factors.gradientMean[channel + c]);
            FloatVector slope = broadcast(factors.slope[channel + c]);
            for (int i = 0; i < WIDE / LANES; i += 2) {
                long at = c * WIDE_BYTES + (long) i * VECTOR_BYTES;
                long next = at + VECTOR_BYTES;
                FloatVector d0 = exact(load(x + at).sub(center));
                FloatVector d1 = load(x + next).sub(center);
                store(load(dy + at).sub(mean).sub(d0.mul(slope)).mul(factor), dx + at);
                store(load(dy + next).sub(mean).sub(d1.mul(slope)).mul(factor), dx + next);
            }
        }
    }

    private static void wideReluGradient(long x, long dy, long dx, ChannelFactors factors, int channel, int channels) {
        for (int c = 0; c < channels; c++) {
            FloatVector center = broadcast(factors.center[channel + c]);
            FloatVector factor = broadcast(factors.factor[channel + c]);
            FloatVector shift = broadcast(factors.shift[channel + c]);
            FloatVector mean = broadcast(factors.gradientMean[channel + c]);
            FloatVector slope = broadcast(factors.slope[channel + c]);
            for (int i = 0; i < WIDE / LANES; i += 2) {
                long at = c * WIDE_BYTES + (long) i * VECTOR_BYTES;
                long next = at + VECTOR_BYTES;
                FloatVector d0 = exact(load(x + at).sub(center));
                FloatVector d1 = load(x + next).sub(center);
                FloatVector g0 = passed(load(dy + at), d0, factor, shift);
                FloatVector g1 = passed(load(dy + next), d1, factor, shift);
                store(g0.sub(mean).sub(d0.mul(slope)).mul(factor), dx + at);
                store(g1.sub(mean).sub(d1.mul(slope)).mul(factor), dx + next);
            }
        }
    }

    private static void anyGradient(long x, long dy, long dx, ChannelRow at, ChannelFactors factors, float least) {
        for (int c = 0; c < at.channels; c++) {
            int channel = at.channel + c;
            FloatVector center = broadcast(factors.center[channel]);
            FloatVector factor = broadcast(factors.factor[channel]);
            FloatVector shift = broadcast(factors.shift[channel]);
            for (int sample = 0; sample < at.samples; sample += LANES) {
                FloatVector d = exact(load(place(x, at, c, sample)).sub(center));
                FloatVector g = passed(load(place(dy, at, c, sample)), d, factor, shift, least);
                FloatVector h = exact(g.sub(factors.gradientMean[channel]));
                FloatVector gradient = exact(h.sub(exact(d.mul(factors.slope[channel]))));
                store(inside(exact(gradient.mul(factor)), at.samples - sample), place(dx, at, c, sample));
            }
        }
    }

    private static void mask(long mask, long dx, int vectors) {
        FloatVector zero = FloatVector.zero(SPECIES);
        for (int i = 0; i < vectors; i++) {
            long at = (long) i * VECTOR_BYTES;
            store(zero.blend(load(dx + at), load(mask + at).compare(VectorOperators.GT, 0)), dx + at);
        }
    }

    /** What of the gradient goes through the ReLU. */
    private static FloatVector passed(FloatVector g, FloatVector d, FloatVector factor, FloatVector shift) {
        return passed(g, d, factor, shift, 0);
    }

    /** What of the gradient goes through what cuts off at least: a ReLU at 0, nothing at −∞. */
    private static FloatVector passed(
            FloatVector g, FloatVector d, FloatVector factor, FloatVector shift, float least) {
        FloatVector out = exact(exact(d.mul(factor)).add(shift));
        return exact(broadcast(0).blend(g, out.compare(VectorOperators.GT, least)));
    }

    /** Zero behind the last sample. */
    private static FloatVector inside(FloatVector values, int samples) {
        return values.blend(0, PLACES.compare(VectorOperators.GE, (float) samples));
    }

    private static void add(FloatVector values, float[] sums, int place) {
        array(sums, place).add(values).intoArray(sums, place);
    }

    private static long place(long start, ChannelRow at, int c, int sample) {
        return start + ((long) c * at.lanes + sample) * Float.BYTES;
    }

    private static FloatVector exact(FloatVector vector) {
        return Exact.floats(SPECIES, vector);
    }

    private static FloatVector broadcast(float value) {
        return Exact.floats(SPECIES, FloatVector.broadcast(SPECIES, value));
    }

    private static FloatVector array(float[] sums, int place) {
        return Exact.floats(SPECIES, FloatVector.fromArray(SPECIES, sums, place));
    }
}
