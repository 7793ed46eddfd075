package dev.rewire.kernels.internal.vector;

import static dev.rewire.kernels.internal.vector.Exact.load;
import static dev.rewire.kernels.internal.vector.Exact.store;
import static dev.rewire.kernels.internal.vector.RawMemory.LANES;
import static dev.rewire.kernels.internal.vector.RawMemory.SPECIES;
import static dev.rewire.kernels.internal.vector.RawMemory.VECTOR_BYTES;

import dev.rewire.kernels.internal.WindowKernels;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Pooling, a vector of the output at a time. */
final class VectorWindows implements WindowKernels {
    @Override
    public void max(MemorySegment x, long[] taps, int count, MemorySegment y, long at, int floats) {
        for (int i = 0; i < floats / LANES; i++) {
            long place = (long) i * VECTOR_BYTES;
            long start = x.address() + place;
            FloatVector greatest = load(start + taps[0]);
            for (int tap = 1; tap < count; tap++) {
                greatest = Exact.floats(SPECIES, greatest).max(load(start + taps[tap]));
            }
            store(Exact.floats(SPECIES, greatest), y.address() + at + place);
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
        for (int i = 0; i < floats / LANES; i++) {
            long place = (long) i * VECTOR_BYTES;
            FloatVector greatest = load(y.address() + at + place);
            FloatVector left = load(dy.address() + at + place); // zero once it has been given to a place
            for (int tap = 0; tap < count; tap++) {
                long offset = taps[tap] + place;
                VectorMask<Float> here = load(x.address() + offset).compare(VectorOperators.EQ, greatest);
                FloatVector gradient = Exact.floats(SPECIES, left);
                FloatVector old = load(dx.address() + offset);
                store(old.blend(old.add(gradient), here), dx.address() + offset);
                left = gradient.blend(0, here);
            }
        }
    }

    @Override
    public void sum(MemorySegment x, long[] taps, int count, MemorySegment y, long at, int floats, float factor) {
        for (int i = 0; i < floats / LANES; i++) {
            long place = (long) i * VECTOR_BYTES;
            long start = x.address() + place;
            FloatVector sum = load(start + taps[0]);
            for (int tap = 1; tap < count; tap++) {
                sum = Exact.floats(SPECIES, sum).add(load(start + taps[tap]));
            }
            store(Exact.floats(SPECIES, sum).mul(factor), y.address() + at + place);
        }
    }

    @Override
    public void spread(MemorySegment dx, long[] taps, int count, MemorySegment dy, long at, int floats, float factor) {
        for (int tap = 0; tap < count; tap++) {
            spread(dx.address() + taps[tap], dy.address() + at, floats / LANES, factor);
        }
    }

    private static void spread(long dx, long dy, int vectors, float factor) {
        for (int i = 0; i < vectors; i++) {
            long place = (long) i * VECTOR_BYTES;
            store(load(dx + place).add(load(dy + place).mul(factor)), dx + place);
        }
    }

    @Override
    public void clear(MemorySegment x, long at, int floats) {
        FloatVector zero = FloatVector.zero(SPECIES);
        for (int i = 0; i < floats / LANES; i++) {
            store(zero, x.address() + at + (long) i * VECTOR_BYTES);
        }
    }
}
