package dev.rewire.training.optimizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.training.setting.InvalidConfigException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Some updates of a few weights, against the same in double precision. */
class OptimizerTest {
    private static final int COUNT = 37;
    private static final int UPDATES = 10;
    private static final double RATE = 0.01;

    @ParameterizedTest
    @CsvSource({"0, false, 0", "0.9, false, 0", "0.9, true, 0", "0.9, true, 0.01", "0.5, false, 0.1"})
    void sgd(double momentum, boolean nesterov, double decay) {
        double[] v = new double[COUNT];
        check(new Optimizer.Sgd(momentum, nesterov, decay), true, (i, w, gradient, t) -> {
            double g = gradient + decay * w;
            v[i] = momentum * v[i] + g;
            return w - RATE * (nesterov ? g + momentum * v[i] : v[i]);
        });
    }

    @ParameterizedTest
    @CsvSource({"0, false", "0.01, false", "0.01, true"})
    void adam(double decay, boolean decoupled) {
        double[] m = new double[COUNT];
        double[] v = new double[COUNT];
        check(new Optimizer.Adam(0.9, 0.99, 1e-8, decay, decoupled), true, (i, w, gradient, t) -> {
            double g = gradient + (decoupled ? 0 : decay * w);
            m[i] = 0.9 * m[i] + 0.1 * g;
            v[i] = 0.99 * v[i] + 0.01 * g * g;
            double step = m[i] / (1 - Math.pow(0.9, t)) / (Math.sqrt(v[i] / (1 - Math.pow(0.99, t))) + 1e-8);
            return w - RATE * (step + (decoupled ? decay * w : 0));
        });
    }

    /** With one count of updates for all weights, as Adam's Javadoc says: the first step of a weight that grew late is this many times the rate. */
    @Test
    void theFirstStepOfAWeightThatGrewLateIsLarger() {
        try (Arena arena = Arena.ofShared();
                Workers workers = Workers.of(1)) {
            Optimizer adam = new Optimizer.Adam(0.9, 0.999, 1e-8, 0, false);
            DenseMatrix weight = DenseMatrix.allocate(arena, 1, 1);
            DenseMatrix gradient = DenseMatrix.allocate(arena, 1, 1);
            gradient.set(0, 0, 0.25f);
            List<DenseMatrix> slots = List.of(DenseMatrix.allocate(arena, 1, 1), DenseMatrix.allocate(arena, 1, 1));

            adam.update(weight, gradient, slots, 100_000, 0.01, true, workers);

            double times = (1 - 0.9) / Math.sqrt(1 - 0.999);
            assertEquals(3.16, times, 0.005);
            assertEquals(-0.01 * times, weight.get(0, 0), 1e-5);
        }
    }

    @Test
    void decayIsNotForBiases() {
        check(new Optimizer.Sgd(0, false, 0.5), false, (i, w, gradient, t) -> w - RATE * gradient);
        check(
                new Optimizer.Adam(0, 0, 1e-8, 0.5, true),
                false,
                (i, w, gradient, t) -> w - RATE * gradient / (Math.abs(gradient) + 1e-8));
    }

    private interface Rule {
        double next(int index, double weight, double gradient, int update);
    }

    private static void check(Optimizer optimizer, boolean decay, Rule rule) {
        SplittableRandom random = new SplittableRandom(5);
        try (Arena arena = Arena.ofShared();
                Workers workers = Workers.of(2)) {
            DenseMatrix weights = DenseMatrix.allocate(arena, 1, COUNT);
            DenseMatrix gradient = DenseMatrix.allocate(arena, 1, COUNT);
            List<DenseMatrix> slots = new ArrayList<>();
            for (int slot = 0; slot < optimizer.slots(); slot++) {
                slots.add(DenseMatrix.allocate(arena, 1, COUNT));
            }
            double[] expected = new double[COUNT];
            for (int i = 0; i < COUNT; i++) {
                weights.set(0, i, random.nextFloat(-1, 1));
                expected[i] = weights.get(0, i);
            }
            for (int update = 1; update <= UPDATES; update++) {
                for (int i = 0; i < COUNT; i++) {
                    float g = random.nextFloat(-1, 1);
                    gradient.set(0, i, g);
                    expected[i] = rule.next(i, expected[i], g, update);
                }
                optimizer.update(weights, gradient, slots, update, RATE, decay, workers);
            }
            for (int i = 0; i < COUNT; i++) {
                assertEquals(expected[i], weights.get(0, i), 2e-6, "weight " + i);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1, Double.NaN})
    void momentumOutOfRangeIsNamed(double momentum) {
        assertNamed("--momentum: " + momentum, () -> new Optimizer.Sgd(momentum, false, 0));
    }

    @Test
    void otherNumbersOutOfRangeAreNamed() {
        assertNamed("--weight-decay: -1.0", () -> new Optimizer.Sgd(0.9, false, -1));
        assertNamed("--momentum: 0.99999999999", () -> new Optimizer.Sgd(0.99999999999, false, 0));
        assertNamed("--beta1: 1.0", () -> new Optimizer.Adam(1, 0.9, 1e-8, 0, false));
        assertNamed("--beta2: -0.5", () -> new Optimizer.Adam(0.9, -0.5, 1e-8, 0, false));
        assertNamed("--epsilon: 0.0", () -> new Optimizer.Adam(0.9, 0.9, 0, 0, false));
        assertNamed("--weight-decay: Infinity", () -> new Optimizer.Adam(0.9, 0.9, 1, Double.POSITIVE_INFINITY, true));
    }

    private static void assertNamed(String start, Runnable call) {
        String message = assertThrows(InvalidConfigException.class, call::run).getMessage();
        assertTrue(message.startsWith(start), message);
    }
}
