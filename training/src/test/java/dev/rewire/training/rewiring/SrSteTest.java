package dev.rewire.training.rewiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.kernels.prune.NmPruning;
import dev.rewire.training.backend.Engine;
import dev.rewire.training.optimizer.Optimizer;
import dev.rewire.training.parameter.MaskedParameter;
import dev.rewire.training.parameter.ParameterPattern;
import dev.rewire.training.product.LayerBuffers;
import dev.rewire.training.product.LinearProduct;
import dev.rewire.training.random.CounterRandom;
import dev.rewire.training.random.CounterRandom.Purpose;
import dev.rewire.training.setting.SrSte;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Steps of SR-STE. */
class SrSteTest {
    private static final int OUT = 24;
    private static final int IN = 20;
    private static final int BATCH = 17;
    private static final double DECAY = 0.05;
    private static final double RATE = 0.1;
    private static final double MOMENTUM = 0.9;

    private final SplittableRandom random = new SplittableRandom(3);

    /** A layer between its buffers. */
    private record Subject(
            LinearProduct layer, MaskedParameter weights, ParameterRewiring rewiring, PanelMatrix x, PanelMatrix dy) {
        static Subject of(KernelArena arena, Workers workers, SrSte rule, int n, int m) {
            NmPattern first = rule.transposable()
                    ? NmPruning.transposable(DenseMatrix.allocate(arena, OUT, IN), n, m)
                    : NmPattern.random(OUT, IN, n, m, 1, new SplittableRandom(1));
            PanelMatrix x = PanelMatrix.allocate(arena, BATCH, IN);
            PanelMatrix dy = PanelMatrix.allocate(arena, BATCH, OUT);
            PanelMatrix y = PanelMatrix.allocate(arena, BATCH, OUT);
            LinearProduct layer = new LinearProduct(
                    arena,
                    new ParameterPattern.Nm(first, rule),
                    1,
                    true,
                    false,
                    new LayerBuffers(x, y, dy, PanelMatrix.allocate(arena, BATCH, IN), true),
                    new Engine.Kernels(),
                    workers);
            Rewiring rewiring = Rewiring.ofMasks(1, 100);
            ParameterRewiring mask = ParameterRewiring.of(arena, 0, layer.weights(), layer, rewiring, 1);
            layer.weights().initialise(new CounterRandom(1, 0, 0, Purpose.INIT), 2);
            return new Subject(layer, (MaskedParameter) layer.weights(), mask, x, dy);
        }

        NmPattern mask() {
            return weights.pattern().pattern();
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 4, false", "2, 4, true", "1, 4, false", "1, 2, true"})
    void stepsAreThoseOfANaiveImplementation(int n, int m, boolean transposable) {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(2)) {
            Subject subject = Subject.of(arena, workers, new SrSte(DECAY, transposable, 1), n, m);
            double[][] w = new double[OUT][IN];
            double[][] velocity = new double[OUT][IN];
            forEach((row, col) -> w[row][col] = subject.weights().values().get(row, col));
            for (int step = 0; step < 5; step++) {
                fill(subject.x());
                fill(subject.dy());
                NmPattern mask = subject.mask();
                subject.layer().forward();
                forEachSampleOutput((sample, row) -> {
                    double sum = subject.layer().bias().values().get(0, row);
                    for (int col = 0; col < IN; col++) {
                        sum += mask.find(row, col) < 0
                                ? 0
                                : w[row][col] * subject.x().get(sample, col);
                    }
                    assertEquals(sum, subject.layer().buffers().y().get(sample, row), 1e-4);
                });
                subject.layer().backwardWeights();
                subject.layer().weights().update(new Optimizer.Sgd(MOMENTUM, false, 0), step + 1, RATE, false, workers);
                forEach((row, col) -> {
                    double gradient = mask.find(row, col) < 0 ? DECAY * w[row][col] : 0;
                    for (int sample = 0; sample < BATCH; sample++) {
                        gradient += (double) subject.dy().get(sample, row)
                                * subject.x().get(sample, col);
                    }
                    velocity[row][col] = MOMENTUM * velocity[row][col] + gradient;
                    w[row][col] -= RATE * velocity[row][col];
                    assertEquals(w[row][col], subject.weights().values().get(row, col), 1e-4);
                });
                subject.rewiring().apply(step);
            }
        }
    }

    @Test
    void keptWeightsDoNotDecay() {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            Subject subject = Subject.of(arena, workers, new SrSte(DECAY, false, 1), 2, 4);
            double[][] before = new double[OUT][IN];
            forEach((row, col) -> before[row][col] = subject.weights().values().get(row, col));

            // Without any gradient of the loss.
            subject.layer().backwardWeights();
            subject.layer().weights().update(new Optimizer.Sgd(0, false, 0), 1, RATE, false, workers);

            forEach((row, col) -> {
                boolean kept = subject.mask().find(row, col) >= 0;
                double expected = before[row][col] * (kept ? 1 : 1 - RATE * DECAY);
                assertEquals(expected, subject.weights().values().get(row, col), kept ? 0 : 1e-7);
            });
        }
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void aRefreshChoosesTheMaskOfTheWeightsAsTheyAreThen(boolean transposable) {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            Subject subject = Subject.of(arena, workers, new SrSte(DECAY, transposable, 1), 2, 4);
            NmPattern before = subject.mask();
            forEach((row, col) -> subject.weights().values().set(row, col, random.nextFloat(-1, 1)));

            subject.rewiring().apply(0);

            NmPattern expected = transposable
                    ? NmPruning.transposable(subject.weights().values(), 2, 4)
                    : NmPruning.magnitude(subject.weights().values(), 2, 4);
            assertEquals(expected, subject.mask());
            assertNotEquals(before, subject.mask());
            assertEquals(transposable, subject.mask().isTransposable());
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 4", "1, 4", "1, 2", "3, 4"})
    void flipsAndExploredPlacesAreCounted(int n, int m) {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            Subject subject = Subject.of(arena, workers, new SrSte(DECAY, false, 1), n, m);
            boolean[][] seen = new boolean[OUT][IN];
            forEach((row, col) -> seen[row][col] = subject.mask().find(row, col) >= 0);
            for (int step = 0; step < 4; step++) {
                NmPattern before = subject.mask();
                // Some rows stay as they are.
                int rows = step * 6;
                forEach((row, col) -> {
                    if (row < rows) {
                        subject.weights().values().set(row, col, random.nextFloat(-1, 1));
                    }
                });

                subject.rewiring().apply(step);

                int[] flips = new int[1];
                int[] explored = new int[1];
                forEach((row, col) -> {
                    boolean kept = subject.mask().find(row, col) >= 0;
                    flips[0] += kept == before.find(row, col) >= 0 ? 0 : 1;
                    seen[row][col] |= kept;
                    explored[0] += seen[row][col] ? 1 : 0;
                    assertEquals(seen[row][col], subject.rewiring().explored().get(row * IN + col));
                });
                assertEquals(flips[0], ((MaskRefresh) subject.rewiring()).flips());
                assertEquals(explored[0], subject.rewiring().exploredWeights());
            }
        }
    }

    @Test
    void allWeightsAreDrawnAsThoseOfADenseLayer() {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            Subject subject = Subject.of(arena, workers, SrSte.DEFAULT, 2, 4);
            double[] squares = new double[1];
            forEach((row, col) ->
                    squares[0] += (double) subject.weights().values().get(row, col)
                            * subject.weights().values().get(row, col));

            assertTrue(Math.abs(squares[0] / OUT - 2) < 0.4, "variance of an output: " + squares[0] / OUT);
        }
    }

    private interface Place {
        void visit(int row, int col);
    }

    private static void forEach(Place place) {
        for (int row = 0; row < OUT; row++) {
            for (int col = 0; col < IN; col++) {
                place.visit(row, col);
            }
        }
    }

    private static void forEachSampleOutput(Place place) {
        for (int sample = 0; sample < BATCH; sample++) {
            for (int row = 0; row < OUT; row++) {
                place.visit(sample, row);
            }
        }
    }

    private void fill(PanelMatrix panels) {
        for (int row = 0; row < panels.rows(); row++) {
            for (int col = 0; col < panels.cols(); col++) {
                panels.set(row, col, random.nextFloat(-1, 1));
            }
        }
    }
}
