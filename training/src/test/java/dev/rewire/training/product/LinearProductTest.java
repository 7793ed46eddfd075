package dev.rewire.training.product;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.training.backend.Engine;
import dev.rewire.training.parameter.BlockParameter;
import dev.rewire.training.parameter.ParameterPattern;
import dev.rewire.training.random.CounterRandom;
import dev.rewire.training.random.CounterRandom.Purpose;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinearProductTest {
    @ParameterizedTest
    @CsvSource({"1, 1, 0.1", "16, 16, 0.1", "1, 1, 1", "3, 7, 0.5"})
    void firstWeightsKeepTheVarianceAtAnySparsity(int blockRows, int blockCols, double density) {
        int rows = 500;
        int cols = 400;
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            BlockPattern full = BlockPattern.full(rows, cols, blockRows, blockCols);
            BlockPattern pattern = BlockPattern.random(
                    rows, cols, blockRows, blockCols, (int) (density * full.blocks()), new SplittableRandom(1));
            LinearProduct layer = layer(arena, pattern, workers);

            layer.weights().initialise(new CounterRandom(1, 0, 0, Purpose.INIT), 2);

            // For inputs of variance 1 an output's variance is the sum of its squared weights. Some have no input at
            // all.
            double sum = 0;
            int connected = 0;
            for (int row = 0; row < rows; row++) {
                double before = sum;
                for (int col = 0; col < cols; col++) {
                    double weight = blocks(layer).get(row, col);
                    sum += weight * weight;
                }
                connected += sum > before ? 1 : 0;
            }
            assertEquals(2, sum / connected, 0.1);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "4, 4", "3, 7", "64, 64"})
    void paddingIsNeitherCountedNorInitialised(int blockRows, int blockCols) {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            LinearProduct layer = layer(arena, BlockPattern.full(10, 13, blockRows, blockCols), workers);
            layer.weights().initialise(new CounterRandom(1, 0, 0, Purpose.INIT), 2);

            int nonzero = 0;
            for (float value : blocks(layer).values().toArray(ValueLayout.JAVA_FLOAT)) {
                nonzero += value != 0 ? 1 : 0;
            }

            assertEquals(130, layer.weights().nonzeros());
            assertEquals(130, nonzero);
        }
    }

    /** Numbers are small integers, so that sums are exact in any order. */
    @ParameterizedTest
    @CsvSource({
        "1, 1, 0.03, 0.9, 64",
        "1, 1, 0.9, 0.03, 100",
        "1, 1, 0.2, 0.7, 7",
        "1, 1, 0.01, 0.6, 1",
        "4, 4, 0.05, 0.8, 64",
        "16, 16, 0.1, 0.9, 128",
        "3, 5, 0.1, 0.9, 20"
    })
    void productsOfOtherNumbersOfWeightsThanAtFirst(
            int blockRows, int blockCols, double first, double then, int batch) {
        int rows = 70;
        int cols = 90;
        SplittableRandom random = new SplittableRandom(3);
        BlockPattern full = BlockPattern.full(rows, cols, blockRows, blockCols);
        BlockPattern before =
                BlockPattern.random(rows, cols, blockRows, blockCols, (int) (first * full.blocks()), random);
        BlockPattern after =
                BlockPattern.random(rows, cols, blockRows, blockCols, (int) (then * full.blocks()), random);
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            PanelMatrix x = random(arena, batch, cols, random);
            PanelMatrix y = PanelMatrix.allocate(arena, batch, rows);
            PanelMatrix dy = random(arena, batch, rows, random);
            PanelMatrix dx = PanelMatrix.allocate(arena, batch, cols);
            LinearProduct layer = new LinearProduct(
                    arena,
                    new ParameterPattern.Blocks(before, full.blocks()),
                    1,
                    false,
                    false,
                    new LayerBuffers(x, y, dy, dx, false),
                    new Engine.Kernels(),
                    workers);
            layer.forward();
            layer.backwardInput();
            layer.backwardWeights();
            BlockParameter weights = (BlockParameter) layer.weights();

            weights.rewire(after);
            for (int row = 0; row < rows; row++) {
                for (int col = 0; col < cols; col++) {
                    if (after.stores(row, col)) {
                        weights.values().set(row, col, random.nextInt(-3, 4));
                    }
                }
            }
            layer.forward();
            layer.backwardInput();
            layer.backwardWeights();

            for (int sample = 0; sample < batch; sample++) {
                for (int row = 0; row < rows; row++) {
                    double sum = 0;
                    for (int col = 0; col < cols; col++) {
                        sum += weights.values().get(row, col) * x.get(sample, col);
                    }
                    assertEquals(sum, y.get(sample, row));
                }
                for (int col = 0; col < cols; col++) {
                    double sum = 0;
                    for (int row = 0; row < rows; row++) {
                        sum += weights.values().get(row, col) * dy.get(sample, row);
                    }
                    assertEquals(sum, dx.get(sample, col));
                }
            }
            for (int row = 0; row < rows; row++) {
                for (int col = 0; col < cols; col++) {
                    double sum = 0;
                    for (int sample = 0; sample < batch && after.stores(row, col); sample++) {
                        sum += dy.get(sample, row) * x.get(sample, col);
                    }
                    assertEquals(sum, weights.gradient().get(row, col));
                }
            }
        }
    }

    private static PanelMatrix random(KernelArena arena, int samples, int features, SplittableRandom random) {
        PanelMatrix matrix = PanelMatrix.allocate(arena, samples, features);
        for (int sample = 0; sample < samples; sample++) {
            for (int feature = 0; feature < features; feature++) {
                matrix.set(sample, feature, random.nextInt(-3, 4));
            }
        }
        return matrix;
    }

    private static BlockSparseMatrix blocks(LinearProduct layer) {
        return ((BlockParameter) layer.weights()).values();
    }

    private static LinearProduct layer(KernelArena arena, BlockPattern pattern, Workers workers) {
        PanelMatrix x = PanelMatrix.allocate(arena, 4, pattern.cols());
        PanelMatrix y = PanelMatrix.allocate(arena, 4, pattern.rows());
        PanelMatrix dy = PanelMatrix.allocate(arena, 4, pattern.rows());
        return new LinearProduct(
                arena,
                new ParameterPattern.Blocks(pattern),
                1,
                true,
                true,
                new LayerBuffers(x, y, dy, null, false),
                new Engine.Kernels(),
                workers);
    }
}
