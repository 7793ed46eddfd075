package dev.rewire.kernels.internal.vector;

import static dev.rewire.kernels.internal.vector.RawMemory.LANES;
import static dev.rewire.kernels.internal.vector.RawMemory.ORDER;
import static dev.rewire.kernels.internal.vector.RawMemory.SPECIES;
import static dev.rewire.kernels.internal.vector.RawMemory.VECTOR_BYTES;

import dev.rewire.kernels.Activation;
import dev.rewire.kernels.ValueType;
import dev.rewire.kernels.internal.ElementwiseKernels;
import dev.rewire.kernels.internal.scalar.Idle;
import dev.rewire.kernels.internal.scalar.ScalarElementwise;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Element-wise loops through checked access; the scalar loops take what is left of a vector. */
final class VectorElementwise implements ElementwiseKernels {
    private static final TileCache<ValueType, WatchedTile<WideningTile>> WIDENING =
            new TileCache<>(WideningTile::generate);

    /** Made where it is asked for: there is none of shorter vectors. */
    private static final class Compressing {
        static final WatchedTile<CompressingTile> TILE = CompressingTile.generate();
    }

    /** Their sums do not wait for each other. */
    private static final int FEATURES_AT_ONCE = 8;

    private final Idle<float[]> partials = new Idle<>(() -> new float[FEATURES_AT_ONCE * LANES]);
    private final ScalarElementwise rest = new ScalarElementwise();

    @Override
    public void descend(MemorySegment weights, MemorySegment gradients, long from, long to, float rate, float decay) {
        int vectors = (int) ((to - from) / LANES);
        for (int i = 0; i < vectors; i++) {
            long offset = from * Float.BYTES + (long) i * VECTOR_BYTES;
            FloatVector w = load(weights, offset);
            FloatVector g = load(gradients, offset).add(w.mul(decay));
            flushed(w.sub(g.mul(rate))).intoMemorySegment(weights, offset, ORDER);
        }
        rest.descend(weights, gradients, from + (long) vectors * LANES, to, rate, decay);
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
        int vectors = (int) ((to - from) / LANES);
        for (int i = 0; i < vectors; i++) {
            long offset = from * Float.BYTES + (long) i * VECTOR_BYTES;
            FloatVector w = load(weights, offset);
            FloatVector g = load(gradients, offset).add(w.mul(decay));
            FloatVector v = flushed(load(velocity, offset).mul(momentum).add(g));
            v.intoMemorySegment(velocity, offset, ORDER);
            FloatVector direction = nesterov ? g.add(v.mul(momentum)) : v;
            flushed(w.sub(direction.mul(rate))).intoMemorySegment(weights, offset, ORDER);
        }
        rest.sgd(weights, gradients, velocity, from + (long) vectors * LANES, to, rate, momentum, nesterov, decay);
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
        int vectors = (int) ((to - from) / LANES);
        for (int i = 0; i < vectors; i++) {
            long offset = from * Float.BYTES + (long) i * VECTOR_BYTES;
            FloatVector w = load(weights, offset);
            FloatVector g = load(gradients, offset).add(w.mul(l2));
            FloatVector m = flushed(load(first, offset).mul(beta1).add(g.mul(1 - beta1)));
            FloatVector v = load(second, offset).mul(beta2).add(g.mul(g).mul(1 - beta2));
            VectorMask<Float> lost = v.lt(Float.MIN_NORMAL);
            m = m.blend(0f, lost);
            v = v.blend(0f, lost);
            m.intoMemorySegment(first, offset, ORDER);
            v.intoMemorySegment(second, offset, ORDER);
            FloatVector step =
                    m.mul(rate * correction1).div(v.mul(correction2).sqrt().add(epsilon));
            flushed(w.sub(step.add(w.mul(rate * decay)))).intoMemorySegment(weights, offset, ORDER);
        }
        long done = from + (long) vectors * LANES;
        rest.adam(
                weights,
                gradients,
                first,
                second,
                done,
                to,
                rate,
                beta1,
                beta2,
                epsilon,
                correction1,
                correction2,
                l2,
                decay);
    }

    @Override
    public void activate(MemorySegment y, long from, long to, float scale, Activation activation) {
        int vectors = (int) ((to - from) / LANES);
        VectorActivation.run(activation, y, y, from * Float.BYTES, vectors, scale);
        rest.activate(y, from + (long) vectors * LANES, to, scale, activation);
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
        float[] partial = partials.take();
        for (int first = fromFeature; first < toFeature; first += FEATURES_AT_ONCE) {
            int features = Math.min(FEATURES_AT_ONCE, toFeature - first);
            Arrays.fill(partial, 0, features * LANES, 0);
            for (int panel = 0; panel < panelCount; panel++) {
                for (int f = 0; f < features; f++) {
                    long start = panels.address() + panel * panelStride + (long) (first + f) * lanes * Float.BYTES;
                    addLanes(start, lanes / LANES, partial, f * LANES);
                }
            }
            for (int f = 0; f < features; f++) {
                // Not reduceLanes: its order of additions may differ between interpreted and compiled code.
                float total = 0;
                for (int lane = 0; lane < LANES; lane++) {
                    total += partial[f * LANES + lane];
                }
                sums.set(ValueLayout.JAVA_FLOAT_UNALIGNED, (long) (first + f) * Float.BYTES, total);
            }
        }
        partials.give(partial);
    }

    /**
     * The sum stays in cache: what loops carry in a register C2 may make an object, for as long as the process runs. So it did with what it loaded through a segment that may be of any class, where other
     * code had taken the profiles of such loads.
     */
    private static void addLanes(long start, int vectors, float[] partial, int place) {
        int i = 0;
        for (; i + 3 < vectors; i += 4) {
            long at = start + (long) i * VECTOR_BYTES;
            FloatVector first = exact(sum(partial, place).add(Exact.load(at)));
            FloatVector second = exact(first.add(Exact.load(at + VECTOR_BYTES)));
            FloatVector third = exact(second.add(Exact.load(at + 2L * VECTOR_BYTES)));
            third.add(Exact.load(at + 3L * VECTOR_BYTES)).intoArray(partial, place);
        }
        for (; i < vectors; i++) {
            sum(partial, place).add(Exact.load(start + (long) i * VECTOR_BYTES)).intoArray(partial, place);
        }
    }

    private static FloatVector sum(float[] partial, int place) {
        return exact(FloatVector.fromArray(SPECIES, partial, place));
    }

    private static FloatVector exact(FloatVector vector) {
        return Exact.floats(SPECIES, vector);
    }

    static FloatVector flushed(FloatVector values) {
        return values.blend(0f, values.abs().lt(TINY));
    }

    private static FloatVector load(MemorySegment segment, long offset) {
        return Exact.floats(SPECIES, FloatVector.fromMemorySegment(SPECIES, segment, offset, ORDER));
    }

    @Override
    public void expand(MemorySegment values, int[] starts, short[] masks, int from, int to, MemorySegment dense) {
        int line = from;
        if (LANES == Short.SIZE) {
            // The last lines begin too near to the end of the values for a whole vector.
            for (; line < to && starts[line] <= values.byteSize() / Float.BYTES - LANES; line++) {
                load(values, (long) starts[line] * Float.BYTES)
                        .expand(VectorMask.fromLong(SPECIES, masks[line] & 0xffffL))
                        .intoMemorySegment(dense, (long) line * VECTOR_BYTES, ORDER);
            }
        }
        rest.expand(values, starts, masks, line, to, dense);
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
        if (LANES != Short.SIZE) {
            rest.compress(dense, offset, starts, masks, from, to, values, add);
            return;
        }
        for (int line = from; line < to; line++) {
            long bits = masks[line] & 0xffffL;
            long at = (long) starts[line] * Float.BYTES;
            FloatVector places = Exact.floats(
                            SPECIES,
                            FloatVector.fromMemorySegment(
                                    SPECIES, dense, offset + (long) (line - from) * VECTOR_BYTES, ORDER))
                    .compress(VectorMask.fromLong(SPECIES, bits));
            VectorMask<Float> isValue = VectorMask.fromLong(SPECIES, (1L << Long.bitCount(bits)) - 1);
            if (add) {
                places = places.add(FloatVector.fromMemorySegment(SPECIES, values, at, ORDER, isValue));
            }
            places.intoMemorySegment(values, at, ORDER, isValue);
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
        if (LANES != Short.SIZE || from == to) {
            rest.compressWhole(dense, starts, masks, selectors, from, to, values);
            return;
        }
        WatchedTile<CompressingTile> tile = Compressing.TILE;
        long start = tile.start();
        tile.tile()
                .run(
                        dense.address(),
                        starts,
                        selectors.address() + from / LINES * (long) SELECTOR_BYTES,
                        from,
                        to,
                        values.address());
        if (start != WatchedTile.UNTIMED) {
            tile.end(start, 2L * (to - from)); // loaded and stored
        }
    }

    @Override
    public void widen(MemorySegment values, ValueType type, long from, long to, MemorySegment floats) {
        long done = from + (to - from) / WideningTile.VALUES * WideningTile.VALUES;
        WatchedTile<WideningTile> tile = WIDENING.of(type);
        long start = tile.start();
        tile.tile()
                .run(
                        values.address() + from * type.bytes(),
                        values.address() + done * type.bytes(),
                        floats.address() + from * Float.BYTES);
        if (start != WatchedTile.UNTIMED) {
            tile.end(start, 2 * (done - from) / LANES); // loaded and stored
        }
        rest.widen(values, type, done, to, floats);
    }
}
