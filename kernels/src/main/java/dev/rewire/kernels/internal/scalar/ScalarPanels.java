package dev.rewire.kernels.internal.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.rewire.kernels.Activation;
import dev.rewire.kernels.internal.DropoutHash;
import dev.rewire.kernels.internal.PanelKernels;
import java.lang.foreign.MemorySegment;

/** Element-wise loops over activations, one float at a time. */
final class ScalarPanels implements PanelKernels {
    @Override
    public void add(MemorySegment a, MemorySegment b, MemorySegment y, long from, long to, boolean relu) {
        for (long i = from * Float.BYTES; i < to * Float.BYTES; i += Float.BYTES) {
            float sum = a.get(JAVA_FLOAT_UNALIGNED, i) + b.get(JAVA_FLOAT_UNALIGNED, i);
            y.set(JAVA_FLOAT_UNALIGNED, i, relu ? Math.max(sum, 0) : sum);
        }
    }

    @Override
    public void copyMasked(MemorySegment x, MemorySegment mask, MemorySegment y, long from, long to, boolean add) {
        for (long i = from * Float.BYTES; i < to * Float.BYTES; i += Float.BYTES) {
            float old = add ? y.get(JAVA_FLOAT_UNALIGNED, i) : 0;
            float in = x.get(JAVA_FLOAT_UNALIGNED, i);
            boolean open = mask.get(JAVA_FLOAT_UNALIGNED, i) > 0;
            y.set(JAVA_FLOAT_UNALIGNED, i, !open ? old : add ? old + in : in);
        }
    }

    @Override
    public void activate(MemorySegment x, MemorySegment y, long from, long to, Activation activation) {
        for (long i = from * Float.BYTES; i < to * Float.BYTES; i += Float.BYTES) {
            y.set(JAVA_FLOAT_UNALIGNED, i, ScalarActivation.of(activation, x.get(JAVA_FLOAT_UNALIGNED, i)));
        }
    }

    @Override
    public void activate(
            MemorySegment x, MemorySegment y, MemorySegment slope, long from, long to, Activation activation) {
        for (long i = from * Float.BYTES; i < to * Float.BYTES; i += Float.BYTES) {
            float in = x.get(JAVA_FLOAT_UNALIGNED, i);
            y.set(JAVA_FLOAT_UNALIGNED, i, ScalarActivation.of(activation, in));
            slope.set(JAVA_FLOAT_UNALIGNED, i, ScalarActivation.derivative(activation, in));
        }
    }

    @Override
    public void multiply(MemorySegment a, MemorySegment b, MemorySegment y, long from, long to) {
        for (long i = from * Float.BYTES; i < to * Float.BYTES; i += Float.BYTES) {
            y.set(JAVA_FLOAT_UNALIGNED, i, a.get(JAVA_FLOAT_UNALIGNED, i) * b.get(JAVA_FLOAT_UNALIGNED, i));
        }
    }

    @Override
    public void activationGradient(
            MemorySegment x, MemorySegment dy, MemorySegment dx, long from, long to, Activation activation) {
        for (long i = from * Float.BYTES; i < to * Float.BYTES; i += Float.BYTES) {
            float g = dy.get(JAVA_FLOAT_UNALIGNED, i);
            float in = x.get(JAVA_FLOAT_UNALIGNED, i);
            // A ReLU that is shut lets no infinity through.
            float out =
                    activation == Activation.RELU ? (in > 0 ? g : 0) : g * ScalarActivation.derivative(activation, in);
            dx.set(JAVA_FLOAT_UNALIGNED, i, out);
        }
    }

    @Override
    public void drop(
            MemorySegment x,
            MemorySegment y,
            long from,
            int firstFeature,
            int features,
            int lanes,
            int firstSample,
            long key,
            int threshold,
            float scale) {
        for (int feature = 0; feature < features; feature++) {
            int word = DropoutHash.ofFeature(key, firstFeature + feature);
            for (int lane = 0; lane < lanes; lane++) {
                long i = (from + (long) feature * lanes + lane) * Float.BYTES;
                boolean kept = DropoutHash.draw(word, firstSample + lane) < threshold;
                y.set(JAVA_FLOAT_UNALIGNED, i, kept ? x.get(JAVA_FLOAT_UNALIGNED, i) * scale : 0);
            }
        }
    }
}
