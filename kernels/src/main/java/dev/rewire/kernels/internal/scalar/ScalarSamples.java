package dev.rewire.kernels.internal.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.rewire.kernels.internal.SampleKernels;
import java.lang.foreign.MemorySegment;

/** Layer normalisation, one float at a time. */
final class ScalarSamples implements SampleKernels {
    /** What is summed over the features of a sample. */
    private interface Summand {
        float of(int feature, long offset);
    }

    private static float sum(int features, long start, int lanes, Summand summand) {
        float sum = 0;
        for (int i = 0; i < features; i++) {
            sum += summand.of(i, start + (long) i * lanes * Float.BYTES);
        }
        return sum;
    }

    @Override
    public void moments(
            MemorySegment x, long offset, int features, int lanes, int groups, float[] mean, int sample, float[] sums) {
        for (int lane = 0; lane < groups * GROUP; lane++) {
            long start = offset + (long) lane * Float.BYTES;
            float center = sum(features, start, lanes, (i, at) -> x.get(JAVA_FLOAT_UNALIGNED, at)) / features;
            mean[sample + lane] = center;
            sums[lane] = sum(features, start, lanes, (i, at) -> x.get(JAVA_FLOAT_UNALIGNED, at) - center);
            sums[groups * GROUP + lane] = sum(features, start, lanes, (i, at) -> {
                float d = x.get(JAVA_FLOAT_UNALIGNED, at) - center;
                return d * d;
            });
        }
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
        for (int i = 0; i < features; i++) {
            for (int lane = 0; lane < valid; lane++) {
                long at = offset + ((long) i * lanes + lane) * Float.BYTES;
                y.set(JAVA_FLOAT_UNALIGNED, at, normal(x, at, mean, inverse, sample + lane) * scale[i] + shift[i]);
            }
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
        for (int lane = 0; lane < groups * GROUP; lane++) {
            float center = mean[sample + lane];
            long start = offset + (long) lane * Float.BYTES;
            Summand gradient = (i, at) -> dy.get(JAVA_FLOAT_UNALIGNED, at) * scale[i];
            sums[lane] = sum(features, start, lanes, gradient);
            sums[groups * GROUP + lane] = sum(
                    features, start, lanes, (i, at) -> (x.get(JAVA_FLOAT_UNALIGNED, at) - center) * gradient.of(i, at));
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
        for (int i = 0; i < features; i++) {
            for (int lane = 0; lane < GROUP; lane++) {
                long at = offset + ((long) i * lanes + lane) * Float.BYTES;
                float g = dy.get(JAVA_FLOAT_UNALIGNED, at) * scale[i];
                float n = normal(x, at, mean, inverse, sample + lane);
                float gradient = (g - means[place + lane] - n * means[place + seconds + lane]) * inverse[sample + lane];
                boolean adds = addend.address() != 0;
                dx.set(JAVA_FLOAT_UNALIGNED, at, adds ? gradient + addend.get(JAVA_FLOAT_UNALIGNED, at) : gradient);
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
            for (int lane = 0; lane < groups * GROUP; lane++) {
                long at = offset + ((long) i * lanes + lane) * Float.BYTES;
                float g = dy.get(JAVA_FLOAT_UNALIGNED, at);
                int place = i * SUMS + lane % GROUP;
                sums[place] += g;
                sums[place + GROUP] += g * normal(x, at, mean, inverse, sample + lane);
            }
        }
    }

    @Override
    public void largest(MemorySegment x, long offset, int features, int lanes, float[] largest, int sample) {
        for (int lane = 0; lane < GROUP; lane++) {
            float most = Float.NEGATIVE_INFINITY;
            for (int i = 0; i < features; i++) {
                most = Math.max(most, x.get(JAVA_FLOAT_UNALIGNED, offset + ((long) i * lanes + lane) * Float.BYTES));
            }
            largest[sample + lane] = most;
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
        for (int lane = 0; lane < GROUP; lane++) {
            float sum = 0;
            for (int first = 0; first < features; first += SUMMED) {
                float part = 0;
                for (int i = first; i < Math.min(first + SUMMED, features); i++) {
                    long at = offset + ((long) i * lanes + lane) * Float.BYTES;
                    float power =
                            ScalarActivation.expOfNegative(x.get(JAVA_FLOAT_UNALIGNED, at) - largest[sample + lane]);
                    part += power;
                    if (y.address() != 0) {
                        y.set(JAVA_FLOAT_UNALIGNED, at, power);
                    }
                }
                sum += part;
            }
            sums[sample + lane] = sum;
        }
    }

    @Override
    public void scaleFrom(
            MemorySegment y, long offset, int features, int lanes, float[] factor, float[] least, int sample) {
        for (int i = 0; i < features; i++) {
            for (int lane = 0; lane < GROUP; lane++) {
                long at = offset + ((long) i * lanes + lane) * Float.BYTES;
                float value = y.get(JAVA_FLOAT_UNALIGNED, at);
                y.set(JAVA_FLOAT_UNALIGNED, at, value < least[sample + lane] ? 0 : value * factor[sample + lane]);
            }
        }
    }

    private static float normal(MemorySegment x, long at, float[] mean, float[] inverse, int sample) {
        return (x.get(JAVA_FLOAT_UNALIGNED, at) - mean[sample]) * inverse[sample];
    }
}
