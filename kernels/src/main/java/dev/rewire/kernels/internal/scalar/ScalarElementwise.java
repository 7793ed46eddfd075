package dev.rewire.kernels.internal.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.rewire.kernels.Activation;
import dev.rewire.kernels.ValueType;
import dev.rewire.kernels.internal.ElementwiseKernels;
import java.lang.foreign.MemorySegment;

/** Element-wise loops, one float at a time. */
public final class ScalarElementwise implements ElementwiseKernels {
    @Override
    public void descend(MemorySegment weights, MemorySegment gradients, long from, long to, float rate, float decay) {
        for (long i = from * Float.BYTES; i < to * Float.BYTES; i += Float.BYTES) {
            float w = weights.get(JAVA_FLOAT_UNALIGNED, i);
            float g = gradients.get(JAVA_FLOAT_UNALIGNED, i) + decay * w;
            weights.set(JAVA_FLOAT_UNALIGNED, i, flushed(w - rate * g));
        }
    }

    @Override
    public void sgd(
            MemorySegment weights,
            MemorySegment gradients,
            MemorySegment velocity,
            long from,
            long to,
            float rate,
            float momentum,
            boolean nesterov,
            float decay) {
        for (long i = from * Float.BYTES; i < to * Float.BYTES; i += Float.BYTES) {
            float w = weights.get(JAVA_FLOAT_UNALIGNED, i);
            float g = gradients.get(JAVA_FLOAT_UNALIGNED, i) + decay * w;
            float v = flushed(momentum * velocity.get(JAVA_FLOAT_UNALIGNED, i) + g);
            velocity.set(JAVA_FLOAT_UNALIGNED, i, v);
            weights.set(JAVA_FLOAT_UNALIGNED, i, flushed(w - rate * (nesterov ? g + momentum * v : v)));
        }
    }

    @Override
    public void adam(
            MemorySegment weights,
            MemorySegment gradients,
            MemorySegment first,
            MemorySegment second,
            long from,
            long to,
            float rate,
            float beta1,
            float beta2,
            float epsilon,
            float correction1,
            float correction2,
            float l2,
            float decay) {
        for (long i = from * Float.BYTES; i < to * Float.BYTES; i += Float.BYTES) {
            float w = weights.get(JAVA_FLOAT_UNALIGNED, i);
            float g = gradients.get(JAVA_FLOAT_UNALIGNED, i) + l2 * w;
            float m = flushed(beta1 * first.get(JAVA_FLOAT_UNALIGNED, i) + (1 - beta1) * g);
            float v = beta2 * second.get(JAVA_FLOAT_UNALIGNED, i) + (1 - beta2) * (g * g);
            if (v < Float.MIN_NORMAL) {
                m = 0;
                v = 0;
            }
            first.set(JAVA_FLOAT_UNALIGNED, i, m);
            second.set(JAVA_FLOAT_UNALIGNED, i, v);
            float step = rate * correction1 * m / ((float) Math.sqrt(v * correction2) + epsilon);
            weights.set(JAVA_FLOAT_UNALIGNED, i, flushed(w - (step + rate * decay * w)));
        }
    }

    private static float flushed(float value) {
        return Math.abs(value) < TINY ? 0 : value;
    }

    @Override
    public void activate(MemorySegment y, long from, long to, float scale, Activation activation) {
        for (long i = from * Float.BYTES; i < to * Float.BYTES; i += Float.BYTES) {
            float x = scale * y.get(JAVA_FLOAT_UNALIGNED, i);
            y.set(JAVA_FLOAT_UNALIGNED, i, ScalarActivation.of(activation, x));
        }
    }

    @Override
    public void sumOverBatch(
            MemorySegment panels,
            long panelStride,
            int panelCount,
            int lanes,
            int fromFeature,
            int toFeature,
            MemorySegment sums) {
        long featureBytes = (long) lanes * Float.BYTES;
        for (int feature = fromFeature; feature < toFeature; feature++) {
            float sum = 0;
            for (int panel = 0; panel < panelCount; panel++) {
                long start = panel * panelStride + feature * featureBytes;
                for (long lane = 0; lane < featureBytes; lane += Float.BYTES) {
                    sum += panels.get(JAVA_FLOAT_UNALIGNED, start + lane);
                }
            }
            sums.set(JAVA_FLOAT_UNALIGNED, (long) feature * Float.BYTES, sum);
        }
    }

    @Override
    public void expand(MemorySegment values, int[] starts, short[] masks, int from, int to, MemorySegment dense) {
        for (int line = from; line < to; line++) {
            int value = starts[line];
            for (int place = 0; place < Short.SIZE; place++) {
                float at = (masks[line] >> place & 1) == 0 ? 0 : values.getAtIndex(JAVA_FLOAT_UNALIGNED, value++);
                dense.setAtIndex(JAVA_FLOAT_UNALIGNED, (long) line * Short.SIZE + place, at);
            }
        }
    }

    @Override
    public void compress(
            MemorySegment dense,
            long offset,
            int[] starts,
            short[] masks,
            int from,
            int to,
            MemorySegment values,
            boolean add) {
        for (int line = from; line < to; line++) {
            long value = starts[line];
            for (int left = masks[line] & 0xffff; left != 0; left &= left - 1) {
                int place = Integer.numberOfTrailingZeros(left);
                float at = dense.get(
                        JAVA_FLOAT_UNALIGNED, offset + ((long) (line - from) * Short.SIZE + place) * Float.BYTES);
                float old = add ? values.getAtIndex(JAVA_FLOAT_UNALIGNED, value) : 0;
                values.setAtIndex(JAVA_FLOAT_UNALIGNED, value++, old + at);
            }
        }
    }

    @Override
    public void compressWhole(
            MemorySegment dense,
            int[] starts,
            short[] masks,
            MemorySegment selectors,
            int from,
            int to,
            MemorySegment values) {
        compress(dense, 0, starts, masks, from, to, values, false);
    }

    @Override
    public void widen(MemorySegment values, ValueType type, long from, long to, MemorySegment floats) {
        for (long i = from; i < to; i++) {
            floats.setAtIndex(JAVA_FLOAT_UNALIGNED, i, type.get(values, i));
        }
    }
}
