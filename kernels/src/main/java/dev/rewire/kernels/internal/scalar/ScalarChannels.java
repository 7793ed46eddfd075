package dev.rewire.kernels.internal.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.rewire.kernels.internal.ChannelFactors;
import dev.rewire.kernels.internal.ChannelKernels;
import dev.rewire.kernels.internal.ChannelRow;

/** Batch normalisation, one float at a time. */
final class ScalarChannels implements ChannelKernels {
    private static final int GROUP = SUMS / 2;

    /** One element: its place among the samples, in memory, and its channel. */
    private interface Element {
        void take(int sample, long offset, int channel, int sums);
    }

    private static void forEach(ChannelRow at, Element element) {
        for (int position = 0; position < at.positions; position++) {
            for (int c = 0; c < at.channels; c++) {
                long start = at.offset + position * at.positionBytes + (long) c * at.lanes * Float.BYTES;
                for (int sample = 0; sample < at.samples; sample++) {
                    element.take(
                            sample, start + (long) sample * Float.BYTES, at.channel + c, c * SUMS + sample % GROUP);
                }
            }
        }
    }

    @Override
    public void moments(ChannelRow at, ChannelFactors factors) {
        forEach(at, (sample, offset, channel, sums) -> {
            float d = at.x.get(JAVA_FLOAT_UNALIGNED, offset) - factors.center[channel];
            at.sums[sums] += d;
            at.sums[sums + GROUP] += d * d;
        });
    }

    @Override
    public void normalize(ChannelRow at, ChannelFactors factors, boolean relu) {
        forEach(at, (sample, offset, channel, sums) -> {
            float normal = normal(at, factors, offset, channel);
            at.y.set(JAVA_FLOAT_UNALIGNED, offset, relu ? Math.max(normal, 0) : normal);
        });
    }

    @Override
    public void normalizeAndAdd(ChannelRow at, ChannelFactors factors, boolean relu) {
        forEach(at, (sample, offset, channel, sums) -> {
            float sum = normal(at, factors, offset, channel) + at.addend.get(JAVA_FLOAT_UNALIGNED, offset);
            at.y.set(JAVA_FLOAT_UNALIGNED, offset, relu ? Math.max(sum, 0) : sum);
        });
    }

    @Override
    public void gradientSums(ChannelRow at, ChannelFactors factors, boolean relu) {
        forEach(at, (sample, offset, channel, sums) -> {
            float g = passed(at, factors, offset, channel, relu);
            at.sums[sums] += g;
            at.sums[sums + GROUP] += g * (at.x.get(JAVA_FLOAT_UNALIGNED, offset) - factors.center[channel]);
        });
    }

    @Override
    public void gradient(ChannelRow at, ChannelFactors factors, boolean relu) {
        boolean masked = at.mask.address() != 0;
        forEach(at, (sample, offset, channel, sums) -> {
            float d = at.x.get(JAVA_FLOAT_UNALIGNED, offset) - factors.center[channel];
            float g = passed(at, factors, offset, channel, relu);
            boolean shut = masked && !(at.mask.get(JAVA_FLOAT_UNALIGNED, offset) > 0);
            float gradient = (g - factors.gradientMean[channel] - d * factors.slope[channel]) * factors.factor[channel];
            at.dx.set(JAVA_FLOAT_UNALIGNED, offset, shut ? 0 : gradient);
        });
    }

    private static float normal(ChannelRow at, ChannelFactors factors, long offset, int channel) {
        float d = at.x.get(JAVA_FLOAT_UNALIGNED, offset) - factors.center[channel];
        return d * factors.factor[channel] + factors.shift[channel];
    }

    private static float passed(ChannelRow at, ChannelFactors factors, long offset, int channel, boolean relu) {
        float g = at.dy.get(JAVA_FLOAT_UNALIGNED, offset);
        return relu && !(normal(at, factors, offset, channel) > 0) ? 0 : g;
    }
}
