package dev.rewire.kernels.internal.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.rewire.kernels.internal.WindowKernels;
import java.lang.foreign.MemorySegment;

/** Pooling, one float at a time. */
final class ScalarWindows implements WindowKernels {
    @Override
    public void max(MemorySegment x, long[] taps, int count, MemorySegment y, long at, int floats) {
        for (long i = 0; i < (long) floats * Float.BYTES; i += Float.BYTES) {
            float greatest = x.get(JAVA_FLOAT_UNALIGNED, taps[0] + i);
            for (int tap = 1; tap < count; tap++) {
                greatest = Math.max(greatest, x.get(JAVA_FLOAT_UNALIGNED, taps[tap] + i));
            }
            y.set(JAVA_FLOAT_UNALIGNED, at + i, greatest);
        }
    }

    @Override
    public void maxGradient(
            MemorySegment x,
            MemorySegment dx,
            long[] taps,
            int count,
            MemorySegment y,
            MemorySegment dy,
            long at,
            int floats) {
        for (long i = 0; i < (long) floats * Float.BYTES; i += Float.BYTES) {
            float greatest = y.get(JAVA_FLOAT_UNALIGNED, at + i);
            for (int tap = 0; tap < count; tap++) {
                long place = taps[tap] + i;
                if (x.get(JAVA_FLOAT_UNALIGNED, place) == greatest) {
                    float old = dx.get(JAVA_FLOAT_UNALIGNED, place);
                    dx.set(JAVA_FLOAT_UNALIGNED, place, old + dy.get(JAVA_FLOAT_UNALIGNED, at + i));
                    break;
                }
            }
        }
    }

    @Override
    public void sum(MemorySegment x, long[] taps, int count, MemorySegment y, long at, int floats, float factor) {
        for (long i = 0; i < (long) floats * Float.BYTES; i += Float.BYTES) {
            float sum = x.get(JAVA_FLOAT_UNALIGNED, taps[0] + i);
            for (int tap = 1; tap < count; tap++) {
                sum += x.get(JAVA_FLOAT_UNALIGNED, taps[tap] + i);
            }
            y.set(JAVA_FLOAT_UNALIGNED, at + i, sum * factor);
        }
    }

    @Override
    public void spread(MemorySegment dx, long[] taps, int count, MemorySegment dy, long at, int floats, float factor) {
        for (int tap = 0; tap < count; tap++) {
            for (long i = 0; i < (long) floats * Float.BYTES; i += Float.BYTES) {
                float old = dx.get(JAVA_FLOAT_UNALIGNED, taps[tap] + i);
                dx.set(JAVA_FLOAT_UNALIGNED, taps[tap] + i, old + dy.get(JAVA_FLOAT_UNALIGNED, at + i) * factor);
            }
        }
    }

    @Override
    public void clear(MemorySegment x, long at, int floats) {
        x.asSlice(at, (long) floats * Float.BYTES).fill((byte) 0);
    }
}
