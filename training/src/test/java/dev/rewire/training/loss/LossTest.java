package dev.rewire.training.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.training.layer.Activations;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.setting.InvalidConfigException;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Losses of samples and of tokens, against the formula in double precision. */
class LossTest {
    private static Activations output(KernelArena arena, Shape shape, int batch, long seed) {
        int rows = batch * shape.rows();
        PanelMatrix values = PanelMatrix.allocate(arena, rows, shape.cols(0));
        PanelMatrix gradient = PanelMatrix.allocate(arena, rows, shape.cols(0));
        SplittableRandom random = new SplittableRandom(seed);
        for (int row = 0; row < rows; row++) {
            for (int col = 0; col < values.cols(); col++) {
                values.set(row, col, random.nextFloat(-3, 3));
                gradient.set(row, col, 7);
            }
        }
        return new Activations(shape, values, gradient, false);
    }

    @ParameterizedTest
    @CsvSource({"1, 3", "70, 3", "5, 65"})
    void crossEntropyOfSamples(int batch, int classes) {
        checkCrossEntropy(new Shape.Features(classes), batch, 1);
    }

    @ParameterizedTest
    @CsvSource({"3, 5, 4", "2, 16, 65", "2, 65, 3"})
    void crossEntropyOfTokensLeavesPaddingOut(int batch, int length, int classes) {
        checkCrossEntropy(new Shape.Tokens(length, classes), batch, length);
    }

    private static void checkCrossEntropy(Shape shape, int batch, int ofSample) {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(2)) {
            Activations output = output(arena, shape, batch, 1);
            SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(output, workers);
            int cols = output.values().cols();
            for (int row = 0; row < loss.classes().length; row++) {
                // Those of padding are not read.
                loss.classes()[row] = row % shape.rows() < ofSample ? row % cols : -1;
            }

            loss.differentiate();

            double sum = 0;
            for (int row = 0; row < output.values().rows(); row++) {
                boolean counts = row % shape.rows() < ofSample;
                double powers = 0;
                for (int c = 0; c < cols; c++) {
                    powers += Math.exp(output.values().get(row, c));
                }
                for (int c = 0; c < cols; c++) {
                    double expected = Math.exp(output.values().get(row, c)) / powers - (c == row % cols ? 1 : 0);
                    assertEquals(
                            counts ? expected / (batch * ofSample) : 0,
                            output.gradient().get(row, c),
                            1e-7,
                            "row " + row);
                }
                sum += counts ? Math.log(powers) - output.values().get(row, row % cols) : 0;
            }
            // The largest logit is subtracted in floats.
            assertEquals(sum, loss.lossSum(), 1e-7 * sum);
            assertEquals((long) batch * ofSample, loss.predictions());
        }
    }

    @ParameterizedTest
    @CsvSource({"70, 1, 3", "3, 5, 2"})
    void squaredErrorIsAMeanOverValuesAndPredictions(int batch, int length, int values) {
        Shape shape = length == 1 ? new Shape.Features(values) : new Shape.Tokens(length, values);
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(2)) {
            Activations output = output(arena, shape, batch, 2);
            MeanSquaredError loss = new MeanSquaredError(arena, output, workers);
            double sum = 0;
            for (int row = 0; row < output.values().rows(); row++) {
                for (int v = 0; v < values; v++) {
                    loss.targets().set(row, v, row - v);
                    double difference = (double) output.values().get(row, v) - (row - v);
                    sum += row % shape.rows() < length ? difference * difference / values : 0;
                }
            }

            loss.differentiate();

            assertEquals(sum, loss.lossSum(), 1e-9 * sum);
            double first = output.values().get(0, 1) + 1;
            assertEquals(
                    2 * first / (values * batch * length), output.gradient().get(0, 1), 1e-6);
            if (length > 1) {
                assertEquals(0, output.gradient().get(length, 0), "padding");
            }
            assertFalse(loss.classifies());
        }
    }

    @Test
    void workersChangeNoBit() {
        double[] sums = new double[3];
        float[][] gradients = new float[3][];
        for (int threads = 1; threads <= 3; threads++) {
            try (KernelArena arena = KernelArena.open();
                    Workers workers = Workers.of(threads)) {
                Activations output = output(arena, new Shape.Tokens(60, 65), 12, 3);
                SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(output, workers);
                loss.differentiate();
                sums[threads - 1] = loss.lossSum();
                gradients[threads - 1] = output.gradient().segment().toArray(ValueLayout.JAVA_FLOAT);
            }
        }
        assertArrayEquals(new double[] {sums[0], sums[0], sums[0]}, sums);
        assertArrayEquals(gradients[0], gradients[1]);
        assertArrayEquals(gradients[0], gradients[2]);
    }

    @Test
    void aClassThatThereIsNotIsNamed() {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(output(arena, new Shape.Features(3), 4, 4), workers);
            loss.classes()[2] = 3;

            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> loss.measure(3));

            assertEquals("class 3 of row 2 is out of range; accepted are 0 to 2", e.getMessage());
        }
    }

    @Test
    void anImageHasNoLoss() {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            Activations image = output(arena, new Shape.Image(2, 2, 1), 4, 4);

            assertThrows(InvalidConfigException.class, () -> new SoftmaxCrossEntropy(image, workers));
        }
    }

    /** A gradient of rectified activations is that of what went into the ReLU. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void lossesLetNothingThroughAReluThatTheOutputEndsIn(boolean classifies) {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(2)) {
            Activations plain = output(arena, new Shape.Features(3), 70, 4);
            for (int row = 0; row < 70; row++) {
                plain.values().set(row, row % 3, 0);
            }
            Activations rectified =
                    new Activations(plain.shape(), plain.values(), PanelMatrix.allocate(arena, 70, 3), true);

            differentiate(arena, plain, workers, classifies);
            differentiate(arena, rectified, workers, classifies);

            for (int row = 0; row < 70; row++) {
                for (int col = 0; col < 3; col++) {
                    float expected = plain.values().get(row, col) > 0
                            ? plain.wantedGradient().get(row, col)
                            : 0;
                    assertEquals(expected, rectified.wantedGradient().get(row, col), "row " + row);
                }
            }
        }
    }

    private static void differentiate(KernelArena arena, Activations output, Workers workers, boolean classifies) {
        Loss loss =
                classifies ? new SoftmaxCrossEntropy(output, workers) : new MeanSquaredError(arena, output, workers);
        loss.differentiate();
    }
}
