package dev.rewire.kernels.internal.vector;

import static dev.rewire.kernels.internal.vector.Exact.load;
import static dev.rewire.kernels.internal.vector.Exact.store;
import static dev.rewire.kernels.internal.vector.RawMemory.INTS;
import static dev.rewire.kernels.internal.vector.RawMemory.LANES;
import static dev.rewire.kernels.internal.vector.RawMemory.SPECIES;
import static dev.rewire.kernels.internal.vector.RawMemory.VECTOR_BYTES;

import dev.rewire.kernels.Activation;
import dev.rewire.kernels.internal.DropoutHash;
import dev.rewire.kernels.internal.PanelKernels;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** Element-wise loops over activations, by address: their arenas are held meanwhile. */
final class VectorPanels implements PanelKernels {
    private static final IntVector PLACES = IntVector.zero(INTS).addIndex(1);

    /** Of x and y, with 64 lanes, what half of a first-level cache holds. */
    private static final int FEATURES_IN_CACHE = 32;

    private final VectorActivationGradient gradients = new VectorActivationGradient();
    private final VectorActivationSlope slopes = new VectorActivationSlope();

    @Override
    public void add(MemorySegment a, MemorySegment b, MemorySegment y, long from, long to, boolean relu) {
        long first = from * Float.BYTES;
        int vectors = (int) ((to - from) / LANES);
        if (relu) {
            addRelu(a.address() + first, b.address() + first, y.address() + first, vectors);
        } else {
            add(a.address() + first, b.address() + first, y.address() + first, vectors);
        }
    }

    private static void add(long a, long b, long y, int vectors) {
        for (int i = 0; i < vectors; i++) {
            long at = (long) i * VECTOR_BYTES;
            store(load(a + at).add(load(b + at)), y + at);
        }
    }

    private static void addRelu(long a, long b, long y, int vectors) {
        for (int i = 0; i < vectors; i++) {
            long at = (long) i * VECTOR_BYTES;
            store(load(a + at).add(load(b + at)).max(0), y + at);
        }
    }

    @Override
    public void copyMasked(MemorySegment x, MemorySegment mask, MemorySegment y, long from, long to, boolean add) {
        long first = from * Float.BYTES;
        int vectors = (int) ((to - from) / LANES);
        if (add) {
            accumulateMasked(x.address() + first, mask.address() + first, y.address() + first, vectors);
        } else {
            copyMasked(x.address() + first, mask.address() + first, y.address() + first, vectors);
        }
    }

    private static void copyMasked(long x, long mask, long y, int vectors) {
        FloatVector zero = FloatVector.zero(SPECIES);
        for (int i = 0; i < vectors; i++) {
            long at = (long) i * VECTOR_BYTES;
            store(zero.blend(load(x + at), load(mask + at).compare(VectorOperators.GT, 0)), y + at);
        }
    }

    private static void accumulateMasked(long x, long mask, long y, int vectors) {
        for (int i = 0; i < vectors; i++) {
            long at = (long) i * VECTOR_BYTES;
            FloatVector old = load(y + at);
            store(old.blend(old.add(load(x + at)), load(mask + at).compare(VectorOperators.GT, 0)), y + at);
        }
    }

    @Override
    public void activate(MemorySegment x, MemorySegment y, long from, long to, Activation activation) {
        long first = from * Float.BYTES;
        int vectors = (int) ((to - from) / LANES);
        if (activation == Activation.NONE) {
            copy(x.address() + first, y.address() + first, vectors);
        } else {
            VectorActivation.run(activation, x, y, first, vectors, 1);
        }
    }

    @Override
    public void activate(
            MemorySegment x, MemorySegment y, MemorySegment slope, long from, long to, Activation activation) {
        long first = from * Float.BYTES;
        slopes.run(activation, x.address() + first, y.address() + first, slope.address() + first, to - from);
    }

    @Override
    public void multiply(MemorySegment a, MemorySegment b, MemorySegment y, long from, long to) {
        long first = from * Float.BYTES;
        multiply(a.address() + first, b.address() + first, y.address() + first, (int) ((to - from) / LANES));
    }

    private static void multiply(long a, long b, long y, int vectors) {
        for (int i = 0; i < vectors; i++) {
            long at = (long) i * VECTOR_BYTES;
            store(load(a + at).mul(load(b + at)), y + at);
        }
    }

    @Override
    public void activationGradient(
            MemorySegment x, MemorySegment dy, MemorySegment dx, long from, long to, Activation activation) {
        long first = from * Float.BYTES;
        int vectors = (int) ((to - from) / LANES);
        switch (activation) {
            case NONE -> copy(dy.address() + first, dx.address() + first, vectors);
            case RELU -> copyMasked(dy.address() + first, x.address() + first, dx.address() + first, vectors);
            case GELU, GELU_TANH, SILU ->
                gradients.run(activation, x.address() + first, dy.address() + first, dx.address() + first, to - from);
        }
    }

    private static void copy(long x, long y, int vectors) {
        for (int i = 0; i < vectors; i++) {
            store(load(x + (long) i * VECTOR_BYTES), y + (long) i * VECTOR_BYTES);
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
        long stride = (long) lanes * Float.BYTES;
        for (int block = 0; block < features; block += FEATURES_IN_CACHE) {
            int count = Math.min(FEATURES_IN_CACHE, features - block);
            for (int lane = 0; lane < lanes; lane += LANES) {
                long offset = from * Float.BYTES + block * stride + (long) lane * Float.BYTES;
                drop(
                        x.address() + offset,
                        y.address() + offset,
                        stride,
                        firstFeature + block,
                        count,
                        firstSample + lane,
                        key,
                        threshold,
                        scale);
            }
        }
    }

    private static void drop(
            long x,
            long y,
            long stride,
            int firstFeature,
            int features,
            int sample,
            long key,
            int threshold,
            float scale) {
        IntVector samples = ints(PLACES.add(sample).mul(DropoutHash.SAMPLE));
        for (int i = 0; i < features; i++) {
            IntVector h = samples.lanewise(VectorOperators.XOR, DropoutHash.ofFeature(key, firstFeature + i));
            h = ints(h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16)));
            h = ints(h.mul(DropoutHash.FACTOR_1));
            h = ints(h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 15)));
            h = ints(h.mul(DropoutHash.FACTOR_2));
            h = ints(h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16)));
            // All bits set where the draw is below the threshold.
            IntVector kept = ints(h.lanewise(VectorOperators.LSHR, 8))
                    .sub(threshold)
                    .lanewise(VectorOperators.ASHR, Integer.SIZE - 1);
            IntVector scaled = ints(load(x + i * stride).mul(scale).reinterpretAsInts());
            store(ints(kept).and(scaled).reinterpretAsFloats(), y + i * stride);
        }
    }

    private static IntVector ints(IntVector vector) {
        return Exact.ints(INTS, vector);
    }
}
