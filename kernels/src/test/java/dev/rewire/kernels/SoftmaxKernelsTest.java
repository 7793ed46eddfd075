package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.internal.SoftmaxKernels;
import dev.rewire.kernels.internal.scalar.ScalarProvider;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Softmax of the kernels that are active: its bits are those of the scalar ones, and its weights are within the bound of {@link AttentionPlan}. */
@Tag("species")
class SoftmaxKernelsTest {
    private static final int LANES = 64;
    private static final double U = 0x1p-24;

    private final SoftmaxKernels kernels = Providers.active().softmax();
    private final SoftmaxKernels scalar = new ScalarProvider().softmax();

    /** Columns of lanes, with differences of all sizes: weights vanish in some. */
    private static float[] random(int keys, int seed) {
        Random random = new Random(seed);
        float[] values = new float[keys * LANES];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * Math.pow(10, i % LANES % 4 - 1));
        }
        return values;
    }

    private static MemorySegment copy(KernelArena arena, float[] values) {
        MemorySegment segment = arena.allocate((long) values.length * Float.BYTES);
        MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_FLOAT, 0, values.length);
        return segment;
    }

    private static void assertSameBits(MemorySegment expected, MemorySegment actual, int samples) {
        float[] all = actual.toArray(ValueLayout.JAVA_FLOAT);
        float[] others = expected.toArray(ValueLayout.JAVA_FLOAT);
        for (int i = 0; i < all.length; i++) {
            if (i % LANES < samples) {
                assertEquals(Float.floatToRawIntBits(others[i]), Float.floatToRawIntBits(all[i]), "element " + i);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 15, 16, 17, 64, 70, 130})
    void theBitsAreThoseOfScalarKernels(int keys) {
        for (int seen = 1; seen <= keys; seen += Math.max(1, keys / 3)) {
            for (int samples : new int[] {5, 32, 64}) {
                try (KernelArena arena = KernelArena.open()) {
                    MemorySegment weights = copy(arena, random(keys, seen));
                    MemorySegment expected = copy(arena, random(keys, seen));
                    kernels.forward(weights, LANES, samples, keys, seen, 0.3f);
                    scalar.forward(expected, LANES, samples, keys, seen, 0.3f);
                    assertSameBits(expected, weights, samples);

                    MemorySegment gradients = copy(arena, random(keys, 7));
                    MemorySegment expectedGradients = copy(arena, random(keys, 7));
                    kernels.backward(expected, gradients, LANES, samples, keys, seen, 0.3f);
                    scalar.backward(expected, expectedGradients, LANES, samples, keys, seen, 0.3f);
                    assertSameBits(expectedGradients, gradients, samples);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 64, 300})
    void weightsAreWithinTheirBound(int keys) {
        float scale = 0.7f;
        float[] scores = random(keys, keys);
        try (KernelArena arena = KernelArena.open()) {
            MemorySegment weights = copy(arena, scores);
            kernels.forward(weights, LANES, LANES, keys, keys, scale);
            for (int lane = 0; lane < LANES; lane++) {
                double largest = Double.NEGATIVE_INFINITY;
                for (int key = 0; key < keys; key++) {
                    largest = Math.max(largest, scores[key * LANES + lane]);
                }
                double sum = 0;
                for (int key = 0; key < keys; key++) {
                    sum += Math.exp(scale * (scores[key * LANES + lane] - largest));
                }
                for (int key = 0; key < keys; key++) {
                    double below = scale * (largest - scores[key * LANES + lane]);
                    double expected = Math.exp(-below) / sum;
                    double bound = (8 + 3 * (below + keys)) * U * expected + (below > 86.9 ? expected : 0);
                    float actual = weights.getAtIndex(ValueLayout.JAVA_FLOAT, (long) key * LANES + lane);
                    assertTrue(Math.abs(actual - expected) <= bound, actual + " instead of " + expected);
                }
            }
        }
    }

    @Test
    void hiddenScoresDoNotMatterEvenIfTheyAreNaN() {
        int keys = 20;
        float[] scores = random(keys, 3);
        float[] others = scores.clone();
        for (int key = 0; key < keys; key++) {
            for (int lane = 0; lane < LANES; lane++) {
                if (key >= 1 + lane) {
                    others[key * LANES + lane] = Float.NaN;
                }
            }
        }
        try (KernelArena arena = KernelArena.open()) {
            MemorySegment weights = copy(arena, scores);
            MemorySegment same = copy(arena, others);
            kernels.forward(weights, LANES, LANES, keys, 1, 1);
            kernels.forward(same, LANES, LANES, keys, 1, 1);
            assertSameBits(weights, same, LANES);
        }
    }
}
