package dev.rewire.kernels.internal.vector;

import static dev.rewire.kernels.internal.vector.RawMemory.INTS;
import static dev.rewire.kernels.internal.vector.RawMemory.ORDER;
import static dev.rewire.kernels.internal.vector.RawMemory.SPECIES;
import static dev.rewire.kernels.internal.vector.RawMemory.VECTOR_BYTES;

import dev.rewire.kernels.Activation;
import dev.rewire.kernels.internal.scalar.ScalarActivation;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** The activations of {@link ScalarActivation}, a vector at a time: the same operations in the same order. */
final class VectorActivation {
    private static final int ONE = Float.floatToRawIntBits(ScalarActivation.ROUNDING) - 127;

    private VectorActivation() {}

    /** {@code y = activation(scale·x)}; y may be x. A loop for each: where their vectors met, they would become objects. */
    static void run(Activation activation, MemorySegment x, MemorySegment y, long first, int vectors, float scale) {
        switch (activation) {
            case NONE -> scale(x, y, first, vectors, scale);
            case RELU -> relu(x, y, first, vectors, scale);
            case GELU -> gelu(x, y, first, vectors, scale);
            case GELU_TANH -> geluTanh(x, y, first, vectors, scale);
            case SILU -> silu(x, y, first, vectors, scale);
        }
    }

    private static void scale(MemorySegment from, MemorySegment y, long first, int vectors, float scale) {
        for (int i = 0; i < vectors; i++) {
            long offset = first + (long) i * VECTOR_BYTES;
            FloatVector x = load(from, offset).mul(scale);
            x.intoMemorySegment(y, offset, ORDER);
        }
    }

    private static void relu(MemorySegment from, MemorySegment y, long first, int vectors, float scale) {
        for (int i = 0; i < vectors; i++) {
            long offset = first + (long) i * VECTOR_BYTES;
            FloatVector x = load(from, offset).mul(scale);
            x.max(0).intoMemorySegment(y, offset, ORDER);
        }
    }

    private static void gelu(MemorySegment from, MemorySegment y, long first, int vectors, float scale) {
        for (int i = 0; i < vectors; i++) {
            long offset = first + (long) i * VECTOR_BYTES;
            FloatVector x = load(from, offset).mul(scale);
            x.mul(normal(x)).intoMemorySegment(y, offset, ORDER);
        }
    }

    private static void geluTanh(MemorySegment from, MemorySegment y, long first, int vectors, float scale) {
        for (int i = 0; i < vectors; i++) {
            long offset = first + (long) i * VECTOR_BYTES;
            FloatVector x = load(from, offset).mul(scale);
            FloatVector cube = x.mul(ScalarActivation.GELU_CUBE).mul(x).mul(x);
            FloatVector v = x.add(cube).mul(ScalarActivation.GELU_SCALE);
            x.mul(logistic(v)).intoMemorySegment(y, offset, ORDER);
        }
    }

    private static void silu(MemorySegment from, MemorySegment y, long first, int vectors, float scale) {
        for (int i = 0; i < vectors; i++) {
            long offset = first + (long) i * VECTOR_BYTES;
            FloatVector x = load(from, offset).mul(scale);
            x.mul(logistic(x)).intoMemorySegment(y, offset, ORDER);
        }
    }

    private static FloatVector logistic(FloatVector v) {
        FloatVector e = expOfNegative(v.abs().neg());
        FloatVector sum = e.add(1);
        FloatVector numerator = e.blend(1, v.lt(0).not());
        return numerator.div(sum);
    }

    private static FloatVector normal(FloatVector x) {
        FloatVector one = (FloatVector) SPECIES.vectorType().cast(FloatVector.broadcast(SPECIES, 1));
        FloatVector z = x.abs().mul(ScalarActivation.SQRT_HALF);
        FloatVector tail = tail(z, one).mul(expOfNegative(z.mul(z).neg()));
        return one.sub(tail).blend(tail, x.lt(0));
    }

    /** Of |x|/√2: half of erfc, but for its power of e. */
    static FloatVector tail(FloatVector z, FloatVector one) {
        FloatVector t = one.div(z.fma(ScalarActivation.ERFC_P, 1));
        FloatVector p = t.fma(ScalarActivation.erfc(0), ScalarActivation.erfc(1))
                .lanewise(VectorOperators.FMA, t, ScalarActivation.erfc(2))
                .lanewise(VectorOperators.FMA, t, ScalarActivation.erfc(3))
                .lanewise(VectorOperators.FMA, t, ScalarActivation.erfc(4));
        return p.mul(t);
    }

    static FloatVector expOfNegative(FloatVector v) {
        FloatVector shifted = v.fma(ScalarActivation.LOG2_E, ScalarActivation.ROUNDING);
        FloatVector n = shifted.sub(ScalarActivation.ROUNDING);
        FloatVector r = n.lanewise(VectorOperators.FMA, -ScalarActivation.LN2_HIGH, v);
        r = n.lanewise(VectorOperators.FMA, -ScalarActivation.LN2_LOW, r);
        FloatVector p = r.fma(ScalarActivation.exp(0), ScalarActivation.exp(1))
                .lanewise(VectorOperators.FMA, r, ScalarActivation.exp(2))
                .lanewise(VectorOperators.FMA, r, ScalarActivation.exp(3))
                .lanewise(VectorOperators.FMA, r, ScalarActivation.exp(4))
                .lanewise(VectorOperators.FMA, r, ScalarActivation.exp(5));
        FloatVector mantissa = p.fma(r.mul(r), r).add(1);
        // No call of Exact: so deep inside, C2 inlines nothing but the Vector API's own methods.
        IntVector bits = (IntVector) INTS.vectorType().cast(shifted.reinterpretAsInts());
        IntVector power = bits.sub(ONE).lanewise(VectorOperators.LSHL, 23);
        return mantissa.mul(power.reinterpretAsFloats()).blend(0, v.lt(ScalarActivation.LEAST_EXPONENT));
    }

    private static FloatVector load(MemorySegment segment, long offset) {
        return Exact.floats(SPECIES, FloatVector.fromMemorySegment(SPECIES, segment, offset, ORDER));
    }
}
