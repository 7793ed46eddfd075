package dev.rewire.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.Epilogue;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.SemiStructuredMatrix;
import dev.rewire.kernels.SpmmPlan;
import dev.rewire.kernels.ValueType;
import dev.rewire.kernels.Workers;
import java.util.Random;
import java.util.function.Supplier;

/** Weights and samples on the host that a device is to multiply, and what the CPU makes of them. */
final class Layer {
    final GpuType type;
    final SemiStructuredMatrix weights;
    final DenseMatrix x;

    private Layer(GpuType type, SemiStructuredMatrix weights, DenseMatrix x) {
        this.type = type;
        this.weights = weights;
        this.x = x;
    }

    /** Weights of −2 to 2 and samples of −1 to 1: with up to 64 inputs, every type of result holds all sums. */
    static Layer ofSmallIntegers(KernelArena arena, GpuType type, int outputs, int inputs, int batch, long seed) {
        Random random = new Random(seed);
        return of(
                arena,
                type,
                outputs,
                inputs,
                batch,
                random,
                () -> random.nextInt(5) - 2f,
                () -> random.nextInt(3) - 1f);
    }

    /** Uniform in ±1, as the type holds it, so that both sides multiply the same numbers; 8-bit integers in their whole range. */
    static Layer ofRandomValues(KernelArena arena, GpuType type, int outputs, int inputs, int batch, long seed) {
        Random random = new Random(seed);
        Supplier<Float> value =
                () -> type == GpuType.I8 ? random.nextInt(255) - 127f : rounded(type, random.nextFloat() * 2 - 1);
        return of(arena, type, outputs, inputs, batch, random, value, value);
    }

    private static Layer of(
            KernelArena arena,
            GpuType type,
            int outputs,
            int inputs,
            int batch,
            Random random,
            Supplier<Float> weight,
            Supplier<Float> sample) {
        NmPattern pattern = NmPattern.random(outputs, inputs, type.n(), type.m(), 1, random);
        SemiStructuredMatrix weights = SemiStructuredMatrix.allocate(arena, pattern, stored(type));
        for (long i = 0; i < pattern.elements(); i++) {
            weights.type().set(weights.values(), i, weight.get());
        }
        DenseMatrix x = DenseMatrix.allocate(arena, batch, inputs);
        for (int row = 0; row < batch; row++) {
            for (int col = 0; col < inputs; col++) {
                x.set(row, col, sample.get());
            }
        }
        return new Layer(type, weights, x);
    }

    static ValueType stored(GpuType type) {
        return switch (type) {
            case F16 -> ValueType.F16;
            case BF16 -> ValueType.BF16;
            case I8, TF32 -> ValueType.F32;
        };
    }

    /** To the nearest that the type multiplies, to the even one of two. */
    private static float rounded(GpuType type, float value) {
        return switch (type) {
            case F16 -> Float.float16ToFloat(Float.floatToFloat16(value));
            case BF16 -> cut(value, 16);
            case TF32 -> cut(value, 13);
            case I8 -> (float) Math.rint(value);
        };
    }

    private static float cut(float value, int bits) {
        int raw = Float.floatToRawIntBits(value);
        int even = raw + (1 << (bits - 1)) - 1 + (raw >>> bits & 1);
        return Float.intBitsToFloat(even >>> bits << bits);
    }

    int outputs() {
        return weights.pattern().rows();
    }

    int inputs() {
        return weights.pattern().cols();
    }

    int batch() {
        return x.rows();
    }

    /** The CPU's product of the same weights. */
    DenseMatrix onCpu(KernelArena arena) {
        DenseMatrix y = DenseMatrix.allocate(arena, batch(), outputs());
        try (Workers workers = Workers.of(1)) {
            SpmmPlan.forward(arena, weights, batch(), Layout.ROW_MAJOR, Epilogue.NONE, workers)
                    .run(x, y);
        }
        return y;
    }

    /** Σ|w·x| of one element of the result. */
    double magnitude(int sample, int output) {
        NmPattern pattern = weights.pattern();
        double sum = 0;
        for (int element = 0; element < pattern.rowElements(); element++) {
            int group = element / pattern.n();
            int col = group * pattern.m() + pattern.index(output, group, element % pattern.n());
            sum += Math.abs((double) weights.get(output, col) * x.get(sample, col));
        }
        return sum;
    }

    /** The same numbers; the ReLU of cuSPARSELt (0.8) leaves a zero its sign. */
    static void assertEqual(DenseMatrix expected, DenseMatrix actual) {
        for (int row = 0; row < expected.rows(); row++) {
            for (int col = 0; col < expected.cols(); col++) {
                assertEquals(expected.get(row, col) + 0f, actual.get(row, col) + 0f, "(" + row + ", " + col + ")");
            }
        }
    }

    /** Bit for bit the weights; TF32's may have lost 2⁻¹⁰ of themselves, as an H200 showed. */
    void assertWeights(SemiStructuredMatrix actual) {
        assertEquals(weights.pattern(), actual.pattern());
        for (long i = 0; i < weights.pattern().elements(); i++) {
            float expected = weights.type().get(weights.values(), i);
            float got = actual.type().get(actual.values(), i);
            if (type != GpuType.TF32 || Math.abs(got - expected) > Math.abs(expected) * 0x1p-10f) {
                assertEquals(expected, got, "element " + i);
            }
        }
    }

    /**
     * Both sides have summed the same products in floats, each in its own order, and tensor cores cut where others round; the result is rounded
     * once more, to its type.
     */
    void assertWithinBound(DenseMatrix cpu, DenseMatrix device) {
        for (int sample = 0; sample < batch(); sample++) {
            for (int output = 0; output < outputs(); output++) {
                double ofSums = (inputs() + 8) * 0x1p-22 * magnitude(sample, output);
                double ofResult =
                        type == GpuType.TF32 ? 0 : type.unitRoundoff() * Math.abs(cpu.get(sample, output)) * 1.01;
                double difference = Math.abs((double) cpu.get(sample, output) - device.get(sample, output));
                if (!(difference <= ofSums + ofResult)) {
                    fail("(" + sample + ", " + output + "): CPU " + cpu.get(sample, output) + ", device "
                            + device.get(sample, output) + ", bound " + (ofSums + ofResult));
                }
            }
        }
    }
}
