package dev.rewire.kernels.internal.vector;

import static dev.rewire.kernels.internal.vector.Exact.load;
import static dev.rewire.kernels.internal.vector.Exact.store;
import static dev.rewire.kernels.internal.vector.RawMemory.LANES;
import static dev.rewire.kernels.internal.vector.RawMemory.SPECIES;
import static dev.rewire.kernels.internal.vector.RawMemory.VECTOR_BYTES;
import static dev.rewire.kernels.internal.vector.VectorActivationGradient.clamped;
import static dev.rewire.kernels.internal.vector.VectorActivationGradient.power;

import dev.rewire.kernels.Activation;
import dev.rewire.kernels.internal.scalar.Idle;
import dev.rewire.kernels.internal.scalar.ScalarActivation;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** {@code y = f(x)} and {@code f'(x)}, for which one power of e serves both. The operations and loops of {@link VectorActivation} and {@link VectorActivationGradient}, and their bits. */
final class VectorActivationSlope {
    private final Idle<float[]> idle = new Idle<>(() -> new float[2 * VectorActivationGradient.BLOCK]);

    /** Of so many floats at these addresses, a multiple of 16; y or slope may be x. */
    void run(Activation activation, long x, long y, long slope, long floats) {
        float[] powers = idle.take();
        for (long first = 0; first < floats; first += VectorActivationGradient.BLOCK) {
            int vectors = (int) Math.min(VectorActivationGradient.BLOCK, floats - first) / LANES;
            long offset = first * Float.BYTES;
            VectorActivationGradient.powers(activation, x + offset, powers, vectors);
            switch (activation) {
                case GELU -> gelu(x + offset, y + offset, slope + offset, powers, vectors);
                case GELU_TANH -> geluTanh(x + offset, y + offset, slope + offset, powers, vectors);
                case SILU -> silu(x + offset, y + offset, slope + offset, powers, vectors);
                case NONE, RELU -> throw new AssertionError(activation);
            }
        }
        idle.give(powers);
    }

    private static void gelu(long x, long y, long slope, float[] powers, int vectors) {
        VectorActivationGradient.normals(x, powers, vectors);
        FloatVector density = Exact.floats(SPECIES, FloatVector.broadcast(SPECIES, ScalarActivation.DENSITY));
        for (int i = 0; i < vectors; i++) {
            long at = (long) i * VECTOR_BYTES;
            FloatVector in = load(x + at);
            FloatVector normal = power(powers, vectors + i);
            store(in.mul(power(powers, i)).fma(density, normal), slope + at);
            store(in.mul(normal), y + at);
        }
    }

    private static void geluTanh(long x, long y, long slope, float[] powers, int vectors) {
        for (int i = 0; i < vectors; i++) {
            long at = (long) i * VECTOR_BYTES;
            FloatVector in = load(x + at);
            FloatVector inside = clamped(in);
            FloatVector factor = inside.mul(inside)
                    .mul(3 * ScalarActivation.GELU_CUBE)
                    .add(1)
                    .mul(ScalarActivation.GELU_SCALE);
            FloatVector e = power(powers, i);
            FloatVector sum = e.add(1);
            VectorMask<Float> negative = in.lt(0);
            FloatVector s = e.blend(1, negative.not()).div(sum);
            FloatVector other = e.blend(1, negative).div(sum);
            store(s.mul(other).mul(inside).mul(factor).add(s), slope + at);
            store(in.mul(s), y + at);
        }
    }

    private static void silu(long x, long y, long slope, float[] powers, int vectors) {
        for (int i = 0; i < vectors; i++) {
            long at = (long) i * VECTOR_BYTES;
            FloatVector in = load(x + at);
            FloatVector e = power(powers, i);
            FloatVector sum = e.add(1);
            VectorMask<Float> negative = in.lt(0);
            FloatVector s = e.blend(1, negative.not()).div(sum);
            FloatVector other = e.blend(1, negative).div(sum);
            store(in.mul(other).add(1).mul(s), slope + at);
            store(in.mul(s), y + at);
        }
    }
}
