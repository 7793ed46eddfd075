package dev.rewire.kernels.internal.vector;

import static dev.rewire.kernels.internal.vector.Exact.load;
import static dev.rewire.kernels.internal.vector.Exact.store;
import static dev.rewire.kernels.internal.vector.RawMemory.LANES;
import static dev.rewire.kernels.internal.vector.RawMemory.SPECIES;

import dev.rewire.kernels.internal.SampleKernels;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Layer normalisation: samples along the lanes, a vector of them at a time through all features. */
final class VectorSamples implements SampleKernels {
    private static final long GROUP_BYTES = GROUP * Float.BYTES;
    private static final FloatVector PLACES = FloatVector.zero(SPECIES).addIndex(1);

    @Override
    public void moments(
            MemorySegment x, long offset, int features, int lanes, int groups, float[] mean, int sample, float[] sums) {
        long start = x.address() + offset;
        long stride = (long) lanes * Float.BYTES;
        int width = groups * GROUP;
        average(start, features, stride, width, mean, sample);
        deviations(start, features, stride, width, mean, sample, sums);
    }

    /** Four features, then the next samples: while the sums of some wait for each other, those of others are computed. */
    private static void average(long start, int features, long stride, int width, float[] mean, int place) {
        Arrays.fill(mean, place, place + width, 0);
        int i = 0;
        for (; i + 3 < features; i += 4) {
            for (int lane = 0; lane < width; lane += LANES) {
                long at = start + i * stride + (long) lane * Float.BYTES;
                add(load(at), load(at + stride), load(at + 2 * stride), load(at + 3 * stride), mean, place + lane);
            }
        }
        for (; i < features; i++) {
            for (int lane = 0; lane < width; lane += LANES) {
                add(load(start + i * stride + (long) lane * Float.BYTES), mean, place + lane);
            }
        }
        for (int lane = 0; lane < width; lane += LANES) {
            array(mean, place + lane).div(features).intoArray(mean, place + lane);
        }
    }

    private static void deviations(
            long start, int features, long stride, int width, float[] mean, int sample, float[] sums) {
        Arrays.fill(sums, 0, 2 * width, 0);
        int i = 0;
        for (; i + 3 < features; i += 4) {
            for (int lane = 0; lane < width; lane += LANES) {
                long at = start + i * stride + (long) lane * Float.BYTES;
                FloatVector center = array(mean, sample + lane);
                FloatVector d0 = exact(load(at).sub(center));
                FloatVector d1 = exact(load(at + stride).sub(center));
                FloatVector d2 = exact(load(at + 2 * stride).sub(center));
                FloatVector d3 = exact(load(at + 3 * stride).sub(center));
                add(d0, d1, d2, d3, sums, lane);
                add(exact(d0.mul(d0)), exact(d1.mul(d1)), exact(d2.mul(d2)), exact(d3.mul(d3)), sums, width + lane);
            }
        }
        for (; i < features; i++) {
            for (int lane = 0; lane < width; lane += LANES) {
                long at = start + i * stride + (long) lane * Float.BYTES;
                FloatVector d = exact(load(at).sub(array(mean, sample + lane)));
                add(d, sums, lane);
                add(exact(d.mul(d)), sums, width + lane);
            }
        }
    }

    /** Sums stay in cache: what a loop carries in a register C2 may make an object. */
    private static void add(FloatVector a, FloatVector b, FloatVector c, FloatVector d, float[] sums, int place) {
        FloatVector first = exact(array(sums, place).add(a));
        FloatVector second = exact(first.add(b));
        FloatVector third = exact(second.add(c));
        third.add(d).intoArray(sums, place);
    }

    private static void add(FloatVector values, float[] sums, int place) {
        exact(array(sums, place).add(values)).intoArray(sums, place);
    }

    private static FloatVector exact(FloatVector vector) {
        return Exact.floats(SPECIES, vector);
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
            int groups,
            float[] mean,
            int sample,
            float[] scale,
            float[] sums) {
        long stride = (long) lanes * Float.BYTES;
        gradientSums(
                x.address() + offset,
                dy.address() + offset,
                features,
                stride,
                groups * GROUP,
                mean,
                sample,
                scale,
                sums);
    }

    private static void gradientSums(
            long x,
            long dy,
            int features,
            long stride,
            int width,
            float[] mean,
            int sample,
            float[] scale,
            float[] sums) {
        Arrays.fill(sums, 0, 2 * width, 0);
        int i = 0;
        for (; i + 3 < features; i += 4) {
            for (int lane = 0; lane < width; lane += LANES) {
                long at = i * stride + (long) lane * Float.BYTES;
                FloatVector center = array(mean, sample + lane);
                FloatVector g0 = exact(load(dy + at).mul(scale[i]));
                FloatVector g1 = exact(load(dy + at + stride).mul(scale[i + 1]));
                FloatVector g2 = exact(load(dy + at + 2 * stride).mul(scale[i + 2]));
                FloatVector g3 = exact(load(dy + at + 3 * stride).mul(scale[i + 3]));
                FloatVector d0 = exact(load(x + at).sub(center));
                FloatVector d1 = exact(load(x + at + stride).sub(center));
                FloatVector d2 = exact(load(x + at + 2 * stride).sub(center));
                FloatVector d3 = exact(load(x + at + 3 * stride).sub(center));
                add(g0, g1, g2, g3, sums, lane);
                add(exact(d0.mul(g0)), exact(d1.mul(g1)), exact(d2.mul(g2)), exact(d3.mul(g3)), sums, width + lane);
            }
        }
        for (; i < features; i++) {
            for (int lane = 0; lane < width; lane += LANES) {
                long at = i * stride + (long) lane * Float.BYTES;
                FloatVector g = exact(load(dy + at).mul(scale[i]));
                add(g, sums, lane);
                add(exact(exact(load(x + at).sub(array(mean, sample + lane))).mul(g)), sums, width + lane);
            }
        }
    }

    @Override
    public void gradient(
            MemorySegment x,
            MemorySegment dy,
            MemorySegment addend,
            MemorySegment dx,
            long offset,
            int features,
            int lanes,
            float[] mean,
            float[] inverse,
            int sample,
            float[] scale,
            float[] means,
            int place,
            int seconds) {
        long stride = (long) lanes * Float.BYTES;
        for (int lane = 0; lane < GROUP; lane += LANES) {
            long start = offset + (long) lane * Float.BYTES;
            long from = x.address() + start;
            long gradient = dy.address() + start;
            long to = dx.address() + start;
            int first = place + lane;
            int second = first + seconds;
            if (addend.address() == 0) {
                gradient(
                        from,
                        gradient,
                        to,
                        features,
                        stride,
                        mean,
                        inverse,
                        sample + lane,
                        scale,
                        means,
                        first,
                        second);
            } else {
                long added = addend.address() + start;
                gradient(
                        from,
                        gradient,
                        added,
                        to,
                        features,
                        stride,
                        mean,
                        inverse,
                        sample + lane,
                        scale,
                        means,
                        first,
                        second);
            }
        }
    }

    private static void gradient(
            long x,
            long dy,
            long dx,
            int features,
            long stride,
            float[] mean,
            float[] inverse,
            int sample,
            float[] scale,
            float[] means,
            int firstMean,
            int secondMean) {
        FloatVector center = array(mean, sample);
        FloatVector factor = array(inverse, sample);
        FloatVector first = array(means, firstMean);
        FloatVector second = array(means, secondMean);
        for (int i = 0; i < features; i++) {
            FloatVector n = load(x + i * stride).sub(center).mul(factor);
            FloatVector g = load(dy + i * stride).mul(scale[i]);
            store(g.sub(first).sub(n.mul(second)).mul(factor), dx + i * stride);
        }
    }

    private static void gradient(
            long x,
            long dy,
            long addend,
            long dx,
            int features,
            long stride,
            float[] mean,
            float[] inverse,
            int sample,
            float[] scale,
            float[] means,
            int firstMean,
            int secondMean) {
        FloatVector center = array(mean, sample);
        FloatVector factor = array(inverse, sample);
        FloatVector first = array(means, firstMean);
        FloatVector second = array(means, secondMean);
        for (int i = 0; i < features; i++) {
            FloatVector n = load(x + i * stride).sub(center).mul(factor);
            FloatVector g = load(dy + i * stride).mul(scale[i]);
            FloatVector gradient = g.sub(first).sub(n.mul(second)).mul(factor);
            store(gradient.add(load(addend + i * stride)), dx + i * stride);
        }
    }

    @Override
    public void largest(MemorySegment x, long offset, int features, int lanes, float[] largest, int sample) {
        Arrays.fill(largest, sample, sample + GROUP, Float.NEGATIVE_INFINITY);
        long stride = (long) lanes * Float.BYTES;
        for (int lane = 0; lane < GROUP; lane += LANES) {
            largest(x.address() + offset + (long) lane * Float.BYTES, features, stride, largest, sample + lane);
        }
    }

    /** Four features at a time: fewer times what is largest waits for itself. */
    private static void largest(long x, int features, long stride, float[] largest, int place) {
        int i = 0;
        for (; i + 3 < features; i += 4) {
            FloatVector a = exact(load(x + i * stride).max(load(x + (i + 1) * stride)));
            FloatVector b = exact(load(x + (i + 2) * stride).max(load(x + (i + 3) * stride)));
            exact(a.max(b)).max(array(largest, place)).intoArray(largest, place);
        }
        for (; i < features; i++) {
            load(x + i * stride).max(array(largest, place)).intoArray(largest, place);
        }
    }

    @Override
    public void exponentials(
            MemorySegment x,
            MemorySegment y,
            long offset,
            int features,
            int lanes,
            float[] largest,
            float[] sums,
            int sample,
            float[] scratch) {
        Arrays.fill(sums, sample, sample + GROUP, 0);
        long stride = (long) lanes * Float.BYTES;
        for (int lane = 0; lane < GROUP; lane += LANES) {
            for (int first = 0; first < features; first += SUMMED) {
                int count = Math.min(SUMMED, features - first);
                long start = offset + first * stride + (long) lane * Float.BYTES;
                exponentials(x.address() + start, count, stride, largest, sample + lane, scratch);
                if (y.address() != 0) {
                    copy(scratch, y.address() + start, count, stride);
                }
                addUp(scratch, count);
                addFirst(scratch, sums, sample + lane);
            }
        }
    }

    private static void exponentials(long x, int features, long stride, float[] largest, int sample, float[] powers) {
        FloatVector most = array(largest, sample);
        for (int i = 0; i < features; i++) {
            VectorActivation.expOfNegative(exact(load(x + i * stride).sub(most)))
                    .intoArray(powers, i * LANES);
        }
    }

    private static void copy(float[] from, long to, int features, long stride) {
        for (int i = 0; i < features; i++) {
            store(array(from, i * LANES), to + i * stride);
        }
    }

    private static void addFirst(float[] terms, float[] sums, int place) {
        add(array(terms, 0), sums, place);
    }

    /** The first becomes the sum of all, in their order. */
    private static void addUp(float[] terms, int count) {
        int i = 1;
        for (; i + 3 < count; i += 4) {
            add(
                    array(terms, i * LANES),
                    array(terms, (i + 1) * LANES),
                    array(terms, (i + 2) * LANES),
                    array(terms, (i + 3) * LANES),
                    terms,
                    0);
        }
        for (; i < count; i++) {
            add(array(terms, i * LANES), terms, 0);
        }
    }

    @Override
    public void scaleFrom(
            MemorySegment y, long offset, int features, int lanes, float[] factor, float[] least, int sample) {
        long stride = (long) lanes * Float.BYTES;
        for (int lane = 0; lane < GROUP; lane += LANES) {
            long start = y.address() + offset + (long) lane * Float.BYTES;
            scaleFrom(start, features, stride, factor, least, sample + lane);
        }
    }

    private static void scaleFrom(long y, int features, long stride, float[] factor, float[] least, int sample) {
        FloatVector by = array(factor, sample);
        FloatVector from = array(least, sample);
        for (int i = 0; i < features; i++) {
            FloatVector value = load(y + i * stride);
            store(value.mul(by).blend(0, value.lt(from)), y + i * stride);
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
