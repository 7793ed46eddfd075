package dev.rewire.kernels.internal.vector;

import static dev.rewire.kernels.internal.vector.Exact.load;
import static dev.rewire.kernels.internal.vector.Exact.store;
import static dev.rewire.kernels.internal.vector.RawMemory.LANES;
import static dev.rewire.kernels.internal.vector.RawMemory.SPECIES;

import dev.rewire.kernels.internal.SampleKernels;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Layer normalisation: samples along the lanes, a vector of them at a time through all features. */
final class VectorSamples implements SampleKernels {
    private static final long GROUP_BYTES = GROUP * Float.BYTES;
    private static final FloatVector PLACES = FloatVector.zero(SPECIES).addIndex(1);

    @Override
    public void moments(MemorySegment x, long offset, int features, int lanes, float[] mean, int sample, float[] sums) {
        long stride = (long) lanes * Float.BYTES;
        for (int lane = 0; lane < GROUP; lane += LANES) {
            long start = x.address() + offset + (long) lane * Float.BYTES;
            average(start, features, stride, mean, sample + lane);
            deviations(start, features, stride, mean, sample + lane, sums, lane);
        }
    }

    private static void average(long start, int features, long stride, float[] mean, int place) {
        FloatVector even = FloatVector.zero(SPECIES);
        FloatVector odd = even;
        int pairs = features / 2;
        for (int i = 0; i < pairs; i++) {
            long at = start + 2L * i * stride;
            even = Exact.floats(SPECIES, even).add(load(at));
            odd = Exact.floats(SPECIES, odd).add(load(at + stride));
        }
        total(even, odd).intoArray(mean, place);
        if (features % 2 != 0) {
            add(load(start + 2L * pairs * stride), mean, place);
        }
        array(mean, place).div(features).intoArray(mean, place);
    }

    private static void deviations(
            long start, int features, long stride, float[] mean, int sample, float[] sums, int place) {
        FloatVector center = array(mean, sample);
        FloatVector even = FloatVector.zero(SPECIES);
        FloatVector odd = even;
        FloatVector evenSquares = even;
        FloatVector oddSquares = even;
        int pairs = features / 2;
        for (int i = 0; i < pairs; i++) {
            long at = start + 2L * i * stride;
            FloatVector d0 = load(at).sub(center);
            FloatVector d1 = load(at + stride).sub(center);
            even = Exact.floats(SPECIES, even).add(d0);
            odd = Exact.floats(SPECIES, odd).add(d1);
            evenSquares = Exact.floats(SPECIES, evenSquares).add(d0.mul(d0));
            oddSquares = Exact.floats(SPECIES, oddSquares).add(d1.mul(d1));
        }
        total(even, odd).intoArray(sums, place);
        total(evenSquares, oddSquares).intoArray(sums, GROUP + place);
        if (features % 2 != 0) {
            FloatVector d = load(start + 2L * pairs * stride).sub(center);
            add(d, sums, place);
            add(d.mul(d), sums, GROUP + place);
        }
    }

    private static void add(FloatVector values, float[] sums, int place) {
        array(sums, place).add(values).intoArray(sums, place);
    }

    private static FloatVector total(FloatVector even, FloatVector odd) {
        return Exact.floats(SPECIES, even).add(Exact.floats(SPECIES, odd));
    }

    @Override
    public void normalize(
            MemorySegment x,
            MemorySegment y,
            long offset,
            int features,
            int lanes,
            int valid,
            float[] mean,
            float[] inverse,
            int sample,
            float[] scale,
            float[] shift) {
        long stride = (long) lanes * Float.BYTES;
        for (int lane = 0; lane < GROUP; lane += LANES) {
            long start = offset + (long) lane * Float.BYTES;
            long from = x.address() + start;
            long to = y.address() + start;
            if (lane + LANES <= valid) {
                normalize(from, to, features, stride, mean, inverse, sample + lane, scale, shift);
            } else {
                normalize(from, to, features, stride, mean, inverse, sample + lane, scale, shift, valid - lane);
            }
        }
    }

    private static void normalize(
            long x,
            long y,
            int features,
            long stride,
            float[] mean,
            float[] inverse,
            int sample,
            float[] scale,
            float[] shift) {
        FloatVector center = array(mean, sample);
        FloatVector factor = array(inverse, sample);
        for (int i = 0; i < features; i++) {
            FloatVector n = load(x + i * stride).sub(center).mul(factor);
            store(n.mul(scale[i]).add(shift[i]), y + i * stride);
        }
    }

    private static void normalize(
            long x,
            long y,
            int features,
            long stride,
            float[] mean,
            float[] inverse,
            int sample,
            float[] scale,
            float[] shift,
            int valid) {
        FloatVector center = array(mean, sample);
        FloatVector factor = array(inverse, sample);
        for (int i = 0; i < features; i++) {
            FloatVector n = load(x + i * stride).sub(center).mul(factor);
            FloatVector out = n.mul(scale[i]).add(shift[i]);
            store(out.blend(0, PLACES.compare(VectorOperators.GE, (float) valid)), y + i * stride);
        }
    }

    @Override
    public void gradientSums(
            MemorySegment x,
            MemorySegment dy,
            long offset,
            int features,
            int lanes,
            float[] mean,
            int sample,
            float[] scale,
            float[] sums) {
        long stride = (long) lanes * Float.BYTES;
        for (int lane = 0; lane < GROUP; lane += LANES) {
            long start = offset + (long) lane * Float.BYTES;
            gradientSums(
                    x.address() + start,
                    dy.address() + start,
                    features,
                    stride,
                    mean,
                    sample + lane,
                    scale,
                    sums,
                    lane);
        }
    }

    private static void gradientSums(
            long x,
            long dy,
            int features,
            long stride,
            float[] mean,
            int sample,
            float[] scale,
            float[] sums,
            int place) {
        FloatVector center = array(mean, sample);
        FloatVector even = FloatVector.zero(SPECIES);
        FloatVector odd = even;
        FloatVector evenProducts = even;
        FloatVector oddProducts = even;
        int pairs = features / 2;
        for (int i = 0; i < pairs; i++) {
            long at = 2L * i * stride;
            FloatVector g0 = load(dy + at).mul(scale[2 * i]);
            FloatVector g1 = load(dy + at + stride).mul(scale[2 * i + 1]);
            even = Exact.floats(SPECIES, even).add(g0);
            odd = Exact.floats(SPECIES, odd).add(g1);
            evenProducts = Exact.floats(SPECIES, evenProducts)
                    .add(load(x + at).sub(center).mul(g0));
            oddProducts = Exact.floats(SPECIES, oddProducts)
                    .add(load(x + at + stride).sub(center).mul(g1));
        }
        total(even, odd).intoArray(sums, place);
        total(evenProducts, oddProducts).intoArray(sums, GROUP + place);
        if (features % 2 != 0) {
            long at = 2L * pairs * stride;
            FloatVector g = load(dy + at).mul(scale[features - 1]);
            add(g, sums, place);
            add(load(x + at).sub(center).mul(g), sums, GROUP + place);
        }
    }

    @Override
    public void gradient(
            MemorySegment x,
            MemorySegment dy,
            MemorySegment dx,
            long offset,
            int features,
            int lanes,
            float[] mean,
            float[] inverse,
            int sample,
            float[] scale,
            float[] means) {
        long stride = (long) lanes * Float.BYTES;
        for (int lane = 0; lane < GROUP; lane += LANES) {
            long start = offset + (long) lane * Float.BYTES;
            FloatVector center = array(mean, sample + lane);
            FloatVector factor = array(inverse, sample + lane);
            FloatVector first = array(means, lane);
            FloatVector second = array(means, GROUP + lane);
            long xStart = x.address() + start;
            long dyStart = dy.address() + start;
            long dxStart = dx.address() + start;
            for (int i = 0; i < features; i++) {
                FloatVector n = load(xStart + i * stride).sub(center).mul(factor);
                FloatVector g = load(dyStart + i * stride).mul(scale[i]);
                store(g.sub(first).sub(n.mul(second)).mul(factor), dxStart + i * stride);
            }
        }
    }

    @Override
    public void featureSums(
            MemorySegment x,
            MemorySegment dy,
            long offset,
            int features,
            int lanes,
            int groups,
            float[] mean,
            float[] inverse,
            int sample,
            float[] sums) {
        for (int i = 0; i < features; i++) {
            for (int lane = 0; lane < GROUP; lane += LANES) {
                long start = offset + ((long) i * lanes + lane) * Float.BYTES;
                featureSums(
                        x.address() + start,
                        dy.address() + start,
                        groups,
                        mean,
                        inverse,
                        sample + lane,
                        sums,
                        i * SUMS + lane);
            }
        }
    }

    private static void featureSums(
            long x, long dy, int groups, float[] mean, float[] inverse, int sample, float[] sums, int place) {
        FloatVector sum = array(sums, place);
        FloatVector products = array(sums, place + GROUP);
        for (int group = 0; group < groups; group++) {
            FloatVector g = load(dy + group * GROUP_BYTES);
            FloatVector n = load(x + group * GROUP_BYTES)
                    .sub(array(mean, sample + group * GROUP))
                    .mul(array(inverse, sample + group * GROUP));
            sum = Exact.floats(SPECIES, sum).add(g);
            products = Exact.floats(SPECIES, products).add(g.mul(n));
        }
        Exact.floats(SPECIES, sum).intoArray(sums, place);
        Exact.floats(SPECIES, products).intoArray(sums, place + GROUP);
    }

    private static FloatVector array(float[] values, int place) {
        return Exact.floats(SPECIES, FloatVector.fromArray(SPECIES, values, place));
    }
}
