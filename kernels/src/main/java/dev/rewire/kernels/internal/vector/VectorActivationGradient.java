package dev.rewire.kernels.internal.vector;

import static dev.rewire.kernels.internal.vector.Exact.load;
import static dev.rewire.kernels.internal.vector.Exact.store;
import static dev.rewire.kernels.internal.vector.RawMemory.LANES;
import static dev.rewire.kernels.internal.vector.RawMemory.SPECIES;
import static dev.rewire.kernels.internal.vector.RawMemory.VECTOR_BYTES;

import dev.rewire.kernels.Activation;
import dev.rewire.kernels.internal.scalar.Idle;
import dev.rewire.kernels.internal.scalar.ScalarActivation;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * {@code dx = dy·f'(x)}, the operations of {@link ScalarActivation} in the same order. In three loops over what a first-level cache holds: in one C2 would stop inlining
 * before its end, and vectors would become objects.
 */
final class VectorActivationGradient {
    static final int BLOCK = 512;

    private final Idle<float[]> idle = new Idle<>(() -> new float[2 * BLOCK]);

    /** Of so many floats at these addresses, a multiple of 16; dx may be x or dy. */
    void run(Activation activation, long x, long dy, long dx, long floats) {
        float[] powers = idle.take();
        for (long first = 0; first < floats; first += BLOCK) {
            int vectors = (int) Math.min(BLOCK, floats - first) / LANES;
            long offset = first * Float.BYTES;
            powers(activation, x + offset, powers, vectors);
            switch (activation) {
                case GELU -> gelu(x + offset, dy + offset, dx + offset, powers, vectors);
                case GELU_TANH -> geluTanh(x + offset, dy + offset, dx + offset, powers, vectors);
                case SILU -> silu(x + offset, dy + offset, dx + offset, powers, vectors);
                case NONE, RELU -> throw new AssertionError(activation);
            }
        }
        idle.give(powers);
    }

    /** The power of e that function and derivative have in common. */
    static void powers(Activation activation, long x, float[] powers, int vectors) {
        switch (activation) {
            case GELU -> geluPower(x, powers, vectors);
            case GELU_TANH -> geluTanhPower(x, powers, vectors);
            case SILU -> siluPower(x, powers, vectors);
            case NONE, RELU -> throw new AssertionError(activation);
        }
        exp(powers, vectors);
    }

    private static void exp(float[] powers, int vectors) {
        for (int i = 0; i < vectors; i++) {
            VectorActivation.expOfNegative(power(powers, i)).intoArray(powers, i * LANES);
        }
    }

    private static void geluPower(long x, float[] powers, int vectors) {
        for (int i = 0; i < vectors; i++) {
            FloatVector z = load(x + (long) i * VECTOR_BYTES).abs().mul(ScalarActivation.SQRT_HALF);
            z.mul(z).neg().intoArray(powers, i * LANES);
        }
    }

    private static void gelu(long x, long dy, long dx, float[] powers, int vectors) {
        normals(x, powers, vectors);
        FloatVector density = Exact.floats(SPECIES, FloatVector.broadcast(SPECIES, ScalarActivation.DENSITY));
        for (int i = 0; i < vectors; i++) {
            long at = (long) i * VECTOR_BYTES;
            FloatVector in = load(x + at);
            FloatVector slope = in.mul(power(powers, i)).fma(density, power(powers, vectors + i));
            store(load(dy + at).mul(slope), dx + at);
        }
    }

    /** Φ of each, behind the powers of e. */
    static void normals(long x, float[] powers, int vectors) {
        FloatVector one = Exact.floats(SPECIES, FloatVector.broadcast(SPECIES, 1));
        for (int i = 0; i < vectors; i++) {
            FloatVector in = load(x + (long) i * VECTOR_BYTES);
            FloatVector z = in.abs().mul(ScalarActivation.SQRT_HALF);
            FloatVector tail = VectorActivation.tail(z, one).mul(power(powers, i));
            one.sub(tail).blend(tail, in.lt(0)).intoArray(powers, (vectors + i) * LANES);
        }
    }

    private static void geluTanhPower(long x, float[] powers, int vectors) {
        for (int i = 0; i < vectors; i++) {
            FloatVector in = clamped(load(x + (long) i * VECTOR_BYTES));
            FloatVector cube = in.mul(ScalarActivation.GELU_CUBE).mul(in).mul(in);
            in.add(cube).mul(ScalarActivation.GELU_SCALE).abs().neg().intoArray(powers, i * LANES);
        }
    }

    private static void geluTanh(long x, long dy, long dx, float[] powers, int vectors) {
        for (int i = 0; i < vectors; i++) {
            long at = (long) i * VECTOR_BYTES;
            FloatVector in = clamped(load(x + at));
            FloatVector slope =
                    in.mul(in).mul(3 * ScalarActivation.GELU_CUBE).add(1).mul(ScalarActivation.GELU_SCALE);
            // The logistic functions of v and of −v; v has the sign of x.
            FloatVector e = power(powers, i);
            FloatVector sum = e.add(1);
            VectorMask<Float> negative = in.lt(0);
            FloatVector s = e.blend(1, negative.not()).div(sum);
            FloatVector other = e.blend(1, negative).div(sum);
            store(load(dy + at).mul(s.mul(other).mul(in).mul(slope).add(s)), dx + at);
        }
    }

    static FloatVector clamped(FloatVector x) {
        return x.min(ScalarActivation.GELU_END).max(-ScalarActivation.GELU_END);
    }

    private static void siluPower(long x, float[] powers, int vectors) {
        for (int i = 0; i < vectors; i++) {
            load(x + (long) i * VECTOR_BYTES).abs().neg().intoArray(powers, i * LANES);
        }
    }

    private static void silu(long x, long dy, long dx, float[] powers, int vectors) {
        for (int i = 0; i < vectors; i++) {
            long at = (long) i * VECTOR_BYTES;
            FloatVector in = load(x + at);
            FloatVector e = power(powers, i);
            FloatVector sum = e.add(1);
            VectorMask<Float> negative = in.lt(0);
            FloatVector s = e.blend(1, negative.not()).div(sum);
            FloatVector other = e.blend(1, negative).div(sum);
            store(load(dy + at).mul(in.mul(other).add(1).mul(s)), dx + at);
        }
    }

    static FloatVector power(float[] powers, int i) {
        return Exact.floats(SPECIES, FloatVector.fromArray(SPECIES, powers, i * LANES));
    }
}
