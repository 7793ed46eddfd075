package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Activations of finished sums: through products by the number one, whose sums are their inputs. */
@Tag("species")
class ActivationTest {
    private static final double U = 0x1p-24;
    private static final int FEATURES = 37;

    @ParameterizedTest
    @EnumSource(Activation.class)
    void isWithinItsBound(Activation activation) {
        // Batches of 1, of part of a panel, and of several panels: each finishes its sums elsewhere.
        for (int batch : new int[] {1, 3, 100}) {
            for (Layout layout : Layout.values()) {
                float[][] x = inputs(batch);
                float[][] y = product(x, Epilogue.NONE.withActivation(activation), layout, 1);
                for (int sample = 0; sample < batch; sample++) {
                    for (int i = 0; i < FEATURES; i++) {
                        float in = x[sample][i];
                        double expected = reference(activation, in);
                        double bound = activation == Activation.NONE || activation == Activation.RELU
                                ? 0
                                : 8 * U * Math.abs(in) + Float.MIN_NORMAL;
                        assertTrue(
                                Math.abs(y[sample][i] - expected) <= bound,
                                activation + " of " + in + ": " + y[sample][i] + " instead of " + expected);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Activation.class)
    void nanStays(Activation activation) {
        float[][] x = inputs(100);
        x[70][5] = Float.NaN;
        float[][] y = product(x, Epilogue.NONE.withActivation(activation), Layout.PANELS, 1);
        assertTrue(Float.isNaN(y[70][5]));
    }

    @ParameterizedTest
    @EnumSource(Activation.class)
    void bitsAreThoseOfAnyNumberOfWorkersAndPlaceInAVector(Activation activation) {
        Epilogue epilogue = Epilogue.NONE.withActivation(activation).withScale(1.7f);
        float[][] x = inputs(100);
        float[][] one = product(x, epilogue, Layout.PANELS, 1);
        float[][] three = product(x, epilogue, Layout.PANELS, 3);
        for (int sample = 0; sample < x.length; sample++) {
            float[][] alone = product(new float[][] {x[sample]}, epilogue, Layout.ROW_MAJOR, 1);
            for (int i = 0; i < FEATURES; i++) {
                int bits = Float.floatToRawIntBits(one[sample][i]);
                assertEquals(bits, Float.floatToRawIntBits(three[sample][i]));
                assertEquals(bits, Float.floatToRawIntBits(alone[0][i]));
            }
        }
    }

    @Test
    void residualIsScaledWithTheSumItIsAddedTo() {
        float[][] x = inputs(2);
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            PanelMatrix y = PanelMatrix.allocate(arena, 2, FEATURES);
            y.set(1, 4, 3);
            run(arena, workers, x, Epilogue.NONE.withResidual().withScale(2), y);
            assertEquals(2 * (3 + x[1][4]), y.get(1, 4));
        }
    }

    @Test
    void infiniteScaleIsRefused() {
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> Epilogue.NONE.withScale(Float.POSITIVE_INFINITY));
        assertEquals("scale: Infinity; accepted are finite numbers", refusal.getMessage());
    }

    @Test
    void maskBesideAnActivationIsRefused() {
        try (KernelArena arena = KernelArena.open()) {
            Epilogue masked = Epilogue.NONE.withReluMask(PanelMatrix.allocate(arena, 1, 1));
            IllegalArgumentException refusal =
                    assertThrows(IllegalArgumentException.class, () -> masked.withActivation(Activation.GELU));
            assertEquals("reluMask: given together with gelu; accepted is one of them", refusal.getMessage());
        }
    }

    /** Of all sizes, and the ends of what is computed: where e to the power of x vanishes, subnormals, zeros. */
    private static float[][] inputs(int batch) {
        Random random = new Random(batch);
        float[] ends = {0, -0.0f, 1e-40f, -1e-40f, 87, -87, -87.5f, 88.8f, -104, 1e30f, -1e30f, 13.2f, -13.2f};
        float[][] x = new float[batch][FEATURES];
        for (float[] sample : x) {
            for (int i = 0; i < FEATURES; i++) {
                sample[i] = i < ends.length
                        ? ends[i]
                        : (float) (random.nextGaussian() * Math.pow(10, random.nextInt(5) - 3));
            }
        }
        return x;
    }

    private static float[][] product(float[][] x, Epilogue epilogue, Layout layout, int threads) {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(threads)) {
            float[][] result = new float[x.length][FEATURES];
            if (layout == Layout.PANELS) {
                PanelMatrix y = PanelMatrix.allocate(arena, x.length, FEATURES);
                run(arena, workers, x, epilogue, y);
                for (int sample = 0; sample < x.length; sample++) {
                    for (int i = 0; i < FEATURES; i++) {
                        result[sample][i] = y.get(sample, i);
                    }
                }
                return result;
            }
            boolean turned = layout == Layout.FEATURE_MAJOR;
            DenseMatrix in = layout.allocate(arena, x.length, FEATURES);
            DenseMatrix y = layout.allocate(arena, x.length, FEATURES);
            for (int sample = 0; sample < x.length; sample++) {
                for (int i = 0; i < FEATURES; i++) {
                    in.set(turned ? i : sample, turned ? sample : i, x[sample][i]);
                }
            }
            SpmmPlan.forward(arena, identity(arena), x.length, layout, epilogue, workers)
                    .run(in, y);
            for (int sample = 0; sample < x.length; sample++) {
                for (int i = 0; i < FEATURES; i++) {
                    result[sample][i] = turned ? y.get(i, sample) : y.get(sample, i);
                }
            }
            return result;
        }
    }

    private static void run(KernelArena arena, Workers workers, float[][] x, Epilogue epilogue, PanelMatrix y) {
        PanelMatrix in = PanelMatrix.allocate(arena, x.length, FEATURES);
        for (int sample = 0; sample < x.length; sample++) {
            for (int i = 0; i < FEATURES; i++) {
                in.set(sample, i, x[sample][i]);
            }
        }
        SpmmPlan.forward(arena, identity(arena), x.length, Layout.PANELS, epilogue, workers)
                .run(in, y);
    }

    private static BlockSparseMatrix identity(KernelArena arena) {
        int[] offsets = new int[FEATURES + 1];
        int[] cols = new int[FEATURES];
        for (int i = 0; i < FEATURES; i++) {
            offsets[i + 1] = i + 1;
            cols[i] = i;
        }
        BlockSparseMatrix w =
                BlockSparseMatrix.allocate(arena, BlockPattern.of(FEATURES, FEATURES, 1, 1, offsets, cols));
        for (int i = 0; i < FEATURES; i++) {
            w.values().setAtIndex(java.lang.foreign.ValueLayout.JAVA_FLOAT, i, 1);
        }
        return w;
    }

    private static double reference(Activation activation, double x) {
        return switch (activation) {
            case NONE -> x;
            case RELU -> Math.max(x, 0);
            case SILU -> x / (1 + Math.exp(-x));
            case GELU_TANH -> x / (1 + Math.exp(-2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
            case GELU -> x * normal(x);
        };
    }

    /** Simpson's rule over the density, in steps of 1/500 at most. */
    private static double normal(double x) {
        double end = Math.clamp(x, -10, 10);
        int steps = 10_000;
        double h = end / steps;
        double sum = 0;
        for (int i = 0; i <= steps; i++) {
            double weight = i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2;
            sum += weight * Math.exp(-(i * h) * (i * h) / 2);
        }
        return 0.5 + sum * h / 3 / Math.sqrt(2 * Math.PI);
    }
}
