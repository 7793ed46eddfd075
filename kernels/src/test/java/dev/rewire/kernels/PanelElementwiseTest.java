package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.panel.Elementwise;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Element-wise loops over panels: exact where they are said to be, within their bound, and zero where panels are. */
@Tag("species")
class PanelElementwiseTest {
    private static final double U = 0x1p-24;

    private interface Case {
        void run(KernelArena arena, Workers workers, PanelMatrix a, PanelMatrix b, FeatureMap map);
    }

    private static void forAll(Case test) {
        long seed = 0;
        for (FeatureMap map : Images.MAPS) {
            for (int batch : Images.BATCHES) {
                try (KernelArena arena = Images.arena(++seed);
                        Workers workers = Workers.of(1 + (int) (seed % 3))) {
                    PanelMatrix a = Images.random(arena, batch, map, seed, 0);
                    test.run(arena, workers, a, Images.random(arena, batch, map, -seed, 0), map);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void addAddsAndCutsOff(boolean relu) {
        forAll((arena, workers, a, b, map) -> {
            PanelMatrix y = Images.random(arena, a.rows(), map, 7, 0);
            Elementwise.add(a, b, y, relu, workers);
            for (int sample = 0; sample < a.rows(); sample++) {
                for (int i = 0; i < a.cols(); i++) {
                    float sum = a.get(sample, i) + b.get(sample, i);
                    assertEquals(relu ? Math.max(sum, 0) : sum, y.get(sample, i));
                }
            }
            Images.assertRestIsZero(y, map);
            Elementwise.add(a, b, a, relu, workers);
            Images.assertSameBits(y, a);
        });
    }

    @Test
    void accumulateAddsWhereTheMaskIsPositive() {
        forAll((arena, workers, dy, mask, map) -> {
            mask.set(0, map.feature(0, 0, 0), 0);
            PanelMatrix dx = Images.random(arena, dy.rows(), map, 7, 0);
            double[][] before = Images.read(dx);
            Elementwise.accumulate(dy, mask, dx, workers);
            for (int sample = 0; sample < dy.rows(); sample++) {
                for (int i = 0; i < dy.cols(); i++) {
                    float old = (float) before[sample][i];
                    assertEquals(mask.get(sample, i) > 0 ? old + dy.get(sample, i) : old, dx.get(sample, i));
                }
            }
            Images.assertRestIsZero(dx, map);
        });
    }

    @Test
    void accumulateWithoutAMaskAddsEverywhere() {
        forAll((arena, workers, dy, dx, map) -> {
            PanelMatrix sum = Images.like(arena, dx);
            Elementwise.add(dx, dy, sum, false, workers);
            Elementwise.accumulate(dy, null, dx, workers);
            Images.assertSameBits(sum, dx);
        });
    }

    @Test
    void copyMaskedCopiesWhereTheMaskIsPositive() {
        forAll((arena, workers, dy, mask, map) -> {
            mask.set(0, map.feature(0, 0, 0), 0);
            PanelMatrix dx = Images.random(arena, dy.rows(), map, 7, 0);
            Elementwise.copyMasked(dy, mask, dx, workers);
            for (int sample = 0; sample < dy.rows(); sample++) {
                for (int i = 0; i < dy.cols(); i++) {
                    assertEquals(mask.get(sample, i) > 0 ? dy.get(sample, i) : 0, dx.get(sample, i));
                }
            }
            Images.assertRestIsZero(dx, map);
            Elementwise.copyMasked(dy, mask, mask, workers);
            Images.assertSameBits(dx, mask);
        });
    }

    @ParameterizedTest
    @EnumSource(Activation.class)
    void activateGivesTheBitsOfAnEpilogue(Activation activation) {
        forAll((arena, workers, x, y, map) -> {
            Elementwise.activate(activation, x, y, workers);
            Images.assertRestIsZero(y, map);
            PanelMatrix product = Images.like(arena, x);
            BlockSparseMatrix identity = BlockSparseMatrix.allocate(arena, diagonal(x.cols()));
            for (int i = 0; i < x.cols(); i++) {
                identity.values().setAtIndex(java.lang.foreign.ValueLayout.JAVA_FLOAT, i, 1);
            }
            SpmmPlan.forward(
                            arena, identity, x.rows(), Layout.PANELS, Epilogue.NONE.withActivation(activation), workers)
                    .run(x, product);
            assertEquals(Images.hash(product), Images.hash(y));
            Elementwise.activate(activation, x, x, workers);
            Images.assertSameBits(y, x);
        });
    }

    private static BlockPattern diagonal(int features) {
        int[] offsets = new int[features + 1];
        int[] cols = new int[features];
        for (int i = 0; i < features; i++) {
            offsets[i + 1] = i + 1;
            cols[i] = i;
        }
        return BlockPattern.of(features, features, 1, 1, offsets, cols);
    }

    /** All sizes of x, of both signs, densely around zero, and where powers of e vanish. */
    @ParameterizedTest
    @EnumSource(Activation.class)
    void theGradientOfAnActivationIsWithinItsBound(Activation activation) {
        int features = 4001;
        FeatureMap map = new FeatureMap(1, 1, features, 0);
        float[] ends = {0, -0.0f, 1e-40f, -1e-40f, 87, -87, -87.5f, 88.8f, -104, 1e30f, -1e30f, 3e38f, -3e38f, 16, -16};
        try (KernelArena arena = Images.arena(1);
                Workers workers = Workers.of(2)) {
            PanelMatrix x = PanelMatrix.allocate(arena, 3, features);
            PanelMatrix dy = PanelMatrix.allocate(arena, 3, features);
            PanelMatrix dx = PanelMatrix.allocate(arena, 3, features);
            for (int i = 0; i < features; i++) {
                x.set(0, i, (i - 2000) / 100f);
                x.set(1, i, (i - 2000) / 2000f);
                x.set(2, i, ends[i % ends.length]);
                for (int sample = 0; sample < 3; sample++) {
                    dy.set(sample, i, i % 2 == 0 ? 1 : -0.5f);
                }
            }
            Elementwise.activationGradient(activation, x, dy, dx, workers);
            boolean exact = activation == Activation.NONE || activation == Activation.RELU;
            for (int sample = 0; sample < 3; sample++) {
                for (int i = 0; i < features; i++) {
                    float in = x.get(sample, i);
                    double expected = derivative(activation, in) * dy.get(sample, i);
                    double bound = exact ? 0 : 8 * U * Math.abs(dy.get(sample, i)) + U * Math.abs(expected);
                    Images.assertNear(expected, dx.get(sample, i), bound, activation + "' of " + in);
                }
            }
            Images.assertRestIsZero(dx, map);
            Elementwise.activationGradient(activation, x, dy, dy, workers);
            Images.assertSameBits(dx, dy);
        }
    }

    /** The oracle of these derivatives, against differences of the functions. */
    @ParameterizedTest
    @EnumSource(Activation.class)
    void theOracleIsTheDerivative(Activation activation) {
        double h = 1e-5;
        for (double x = -6.005; x < 6; x += 0.01) {
            double difference = (function(activation, x + h) - function(activation, x - h)) / (2 * h);
            Images.assertNear(difference, derivative(activation, x), 1e-8, activation + "' of " + x);
        }
    }

    private static double function(Activation activation, double x) {
        return switch (activation) {
            case NONE -> x;
            case RELU -> Math.max(x, 0);
            case SILU -> x * logistic(x);
            case GELU_TANH -> x * logistic(2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x));
            case GELU -> x * normal(x);
        };
    }

    private static double derivative(Activation activation, double x) {
        return switch (activation) {
            case NONE -> 1;
            case RELU -> x > 0 ? 1 : 0;
            case SILU -> Math.abs(x) > 800 ? (x > 0 ? 1 : 0) : logistic(x) * (1 + x * logistic(-x));
            case GELU_TANH -> {
                double v = 2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
                double slope = 2 * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
                yield Math.abs(x) > 30 ? (x > 0 ? 1 : 0) : logistic(v) * (1 + x * logistic(-v) * slope);
            }
            case GELU -> normal(x) + (Math.abs(x) > 30 ? 0 : x * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI));
        };
    }

    private static double logistic(double v) {
        return 1 / (1 + Math.exp(-v));
    }

    /** Simpson's rule over the density. */
    private static double normal(double x) {
        double end = Math.clamp(x, -12, 12);
        int steps = 2_000;
        double h = end / steps;
        double sum = 0;
        for (int i = 0; i <= steps; i++) {
            double weight = i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2;
            sum += weight * Math.exp(-(i * h) * (i * h) / 2);
        }
        return 0.5 + sum * h / 3 / Math.sqrt(2 * Math.PI);
    }

    @ParameterizedTest
    @EnumSource(Activation.class)
    void aNanComesOutOfTheGradientButNotOfAReluThatIsShut(Activation activation) {
        try (KernelArena arena = Images.arena(1);
                Workers workers = Workers.of(1)) {
            PanelMatrix x = PanelMatrix.allocate(arena, 1, 1);
            PanelMatrix dy = PanelMatrix.allocate(arena, 1, 1);
            x.set(0, 0, Float.NaN);
            dy.set(0, 0, 1);
            Elementwise.activationGradient(activation, x, dy, dy, workers);
            switch (activation) {
                case NONE -> assertEquals(1, dy.get(0, 0));
                case RELU -> assertEquals(0, dy.get(0, 0));
                case GELU, GELU_TANH, SILU -> assertTrue(Float.isNaN(dy.get(0, 0)));
            }
        }
    }

    /** The same number with vectors of 128, 256 and 512 bits and without. */
    @Test
    void bitsAreThoseOfAnyWidth() {
        FeatureMap map = new FeatureMap(1, 1, 3000, 0);
        try (KernelArena arena = Images.arena(1);
                Workers workers = Workers.of(2)) {
            PanelMatrix x = Images.random(arena, 65, map, 1, 0);
            PanelMatrix dx = Images.random(arena, 65, map, 2, 0);
            for (Activation activation : Activation.values()) {
                Elementwise.activationGradient(activation, x, dx, dx, workers);
            }
            assertEquals(713694094, Images.hash(dx));
        }
    }

    @Test
    void otherShapesAndClosedArenasAreRefused() {
        KernelArena closed = KernelArena.open();
        PanelMatrix gone = PanelMatrix.allocate(closed, 5, 3);
        closed.close();
        try (KernelArena arena = Images.arena(1);
                Workers workers = Workers.of(1)) {
            PanelMatrix x = PanelMatrix.allocate(arena, 5, 3);
            PanelMatrix y = PanelMatrix.allocate(arena, 5, 4);
            PanelMatrix z = PanelMatrix.allocate(arena, 6, 3);
            PanelMatrix lanes = PanelMatrix.allocate(arena, 5, 3, 64);
            Refusal.ofArgument("a.cols: 4", () -> Elementwise.add(y, x, x, false, workers));
            Refusal.ofArgument("b.rows: 6", () -> Elementwise.add(x, z, x, false, workers));
            Refusal.ofArgument("mask.lanes: 64", () -> Elementwise.copyMasked(x, lanes, x, workers));
            Refusal.ofState("dy: its arena is closed", () -> Elementwise.accumulate(gone, null, x, workers));
            Refusal.ofState("x: its arena is closed", () -> Elementwise.activate(Activation.GELU, gone, x, workers));
            Refusal.ofArgument("rate: 1.0", () -> dev.rewire.kernels.panel.Dropout.apply(x, x, 1, 0, 0, workers));
        }
    }
}
