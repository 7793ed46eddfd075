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
