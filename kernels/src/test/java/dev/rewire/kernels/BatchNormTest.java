package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rewire.kernels.panel.BatchNorm;
import dev.rewire.kernels.panel.Elementwise;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Batch normalisation against the same in double precision, and its way back against differences of that. */
@Tag("species")
class BatchNormTest {
    private static final double U = 0x1p-24;
    private static final float EPSILON = 1e-5f;
    private static final float MOMENTUM = 0.1f;

    /** A layer with its operands. */
    private static final class Layer implements AutoCloseable {
        final FeatureMap map;
        final KernelArena arena;
        final Workers workers;
        final PanelMatrix x;
        final PanelMatrix dy;
        final PanelMatrix y;
        final PanelMatrix dx;
        final DenseMatrix scale;
        final DenseMatrix shift;
        final DenseMatrix runningMean;
        final DenseMatrix runningVariance;
        final DenseMatrix dScale;
        final DenseMatrix dShift;
        final BatchNorm norm;

        Layer(FeatureMap map, int batch, double mean, int threads, long seed) {
            this.map = map;
            arena = Images.arena(seed);
            workers = Workers.of(threads);
            x = Images.random(arena, batch, map, seed, mean);
            dy = Images.random(arena, batch, map, seed + 1, 0);
            y = Images.random(arena, batch, map, seed + 2, 0);
            dx = Images.random(arena, batch, map, seed + 3, 0);
            scale = Images.vector(arena, map.channels(), seed + 4);
            shift = Images.vector(arena, map.channels(), seed + 5);
            runningMean = Images.vector(arena, map.channels(), seed + 6);
            runningVariance = Images.vector(arena, map.channels(), seed + 7);
            dScale = DenseMatrix.allocate(arena, 1, map.channels());
            dShift = DenseMatrix.allocate(arena, 1, map.channels());
            norm = BatchNorm.prepare(map, EPSILON, MOMENTUM, workers);
        }

        int count() {
            return x.rows() * map.height() * map.width();
        }

        void forward(boolean relu) {
            norm.forwardTraining(x, scale, shift, runningMean, runningVariance, relu, y);
        }

        double mean(double[][] values, int channel) {
            double sum = 0;
            for (double[] sample : values) {
                for (int position = 0; position < map.height() * map.width(); position++) {
                    sum += sample[feature(position, channel)];
                }
            }
            return sum / count();
        }

        double variance(double[][] values, int channel) {
            double mean = mean(values, channel);
            double sum = 0;
            for (double[] sample : values) {
                for (int position = 0; position < map.height() * map.width(); position++) {
                    double d = sample[feature(position, channel)] - mean;
                    sum += d * d;
                }
            }
            return sum / count();
        }

        int feature(int position, int channel) {
            return map.feature(position / map.width(), position % map.width(), channel);
        }

        /** The sum of dy·y over a channel, in double precision. */
        double loss(double[][] values, int channel, boolean relu, double gamma, double beta) {
            double mean = mean(values, channel);
            double inverse = 1 / Math.sqrt(variance(values, channel) + EPSILON);
            double sum = 0;
            for (int sample = 0; sample < values.length; sample++) {
                for (int position = 0; position < map.height() * map.width(); position++) {
                    int feature = feature(position, channel);
                    double out = (values[sample][feature] - mean) * inverse * gamma + beta;
                    sum += dy.get(sample, feature) * (relu ? Math.max(out, 0) : out);
                }
            }
            return sum;
        }

        @Override
        public void close() {
            workers.close();
            arena.close();
        }
    }

    private interface Case {
        void run(Layer layer);
    }

    private static void forAll(double mean, Case test) {
        long seed = 0;
        for (FeatureMap map : Images.MAPS) {
            for (int batch : Images.BATCHES) {
                seed += 10;
                if (batch * map.height() * map.width() > 1) {
                    try (Layer layer = new Layer(map, batch, mean, 1 + (int) (seed / 10 % 3), seed)) {
                        test.run(layer);
                    }
                }
            }
        }
    }

    /** A mean of 1000 deviations would take all digits from a difference of means of squares. */
    @ParameterizedTest
    @ValueSource(doubles = {0, -3, 1000})
    void trainingNormalizesByTheBatch(double mean) {
        forAll(mean, layer -> {
            boolean relu = layer.x.rows() % 2 == 1;
            double[][] before = Images.read(layer.x);
            layer.forward(relu);
            for (int c = 0; c < layer.map.channels(); c++) {
                double m = layer.mean(before, c);
                double sigma = Math.sqrt(layer.variance(before, c) + EPSILON);
                double gamma = layer.scale.get(0, c);
                double beta = layer.shift.get(0, c);
                for (int sample = 0; sample < before.length; sample++) {
                    for (int position = 0; position < layer.map.height() * layer.map.width(); position++) {
                        int feature = layer.feature(position, c);
                        double n = (before[sample][feature] - m) / sigma;
                        double expected = n * gamma + beta;
                        // The mean is rounded to a float; the variance is far better than that.
                        double bound = U * (gamma * Math.abs(m) / sigma + 64 * (1 + Math.abs(n)) * (gamma + beta));
                        Images.assertNear(
                                relu ? Math.max(expected, 0) : expected,
                                layer.y.get(sample, feature),
                                bound,
                                layer.norm + " " + sample + ", " + feature);
                    }
                }
            }
            Images.assertRestIsZero(layer.y, layer.map);
        });
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -3, 1000})
    void runningStatisticsMoveToThoseOfTheBatch(double mean) {
        forAll(mean, layer -> {
            double[][] values = Images.read(layer.x);
            double[] means = doubles(layer.runningMean);
            double[] variances = doubles(layer.runningVariance);
            layer.forward(false);
            for (int c = 0; c < means.length; c++) {
                double m = layer.mean(values, c);
                double variance = layer.variance(values, c);
                double unbiased = variance * layer.count() / (layer.count() - 1);
                int terms = 4 * Math.max(layer.map.width(), 512 / Math.min(layer.map.channels(), 128));
                double expected = (1 - (double) MOMENTUM) * variances[c] + MOMENTUM * unbiased;
                // For these values (mean − c)² is below 4 times the variance.
                double bound = MOMENTUM * (terms + 8) * U * 13 * unbiased + U * expected;
                Images.assertNear(expected, layer.runningVariance.get(0, c), bound, "variance " + c);
                double expectedMean = (1 - (double) MOMENTUM) * means[c] + MOMENTUM * m;
                double meanBound =
                        MOMENTUM * (terms + 8) * U * 3 * Math.sqrt(variance) + 2 * U * Math.abs(expectedMean);
                Images.assertNear(expectedMean, layer.runningMean.get(0, c), meanBound, "mean " + c);
            }
        });
    }

    private static double[] doubles(DenseMatrix vector) {
        double[] values = new double[vector.cols()];
        for (int i = 0; i < values.length; i++) {
            values[i] = vector.get(0, i);
        }
        return values;
    }

    /** One value far from all others is all there is of a deviation; the sums start from a mean that does not see it. */
    @Test
    void aVarianceThatFewValuesMakeIsWithinTheBound() {
        FeatureMap map = new FeatureMap(64, 8, 1, 0);
        try (Layer layer = new Layer(map, 64, 0, 1, 1)) {
            for (int sample = 0; sample < 64; sample++) {
                for (int feature = 0; feature < map.features(); feature++) {
                    layer.x.set(sample, feature, 1000 + sample % 2);
                }
            }
            layer.x.set(3, 5, 5000);
            double variance = layer.variance(Images.read(layer.x), 0);
            layer.runningVariance.set(0, 0, 0);
            layer.forward(false);
            double unbiased = variance * layer.count() / (layer.count() - 1);
            Images.assertNear(
                    MOMENTUM * unbiased,
                    layer.runningVariance.get(0, 0),
                    MOMENTUM * (4 * 512 + 8) * U * 4 * unbiased,
                    "variance");
        }
    }

    @Test
    void evaluationNormalizesByTheRunningStatistics() {
        forAll(0, layer -> {
            boolean relu = layer.x.rows() % 2 == 0;
            double[][] before = Images.read(layer.x);
            layer.norm.forwardEvaluation(
                    layer.x, layer.scale, layer.shift, layer.runningMean, layer.runningVariance, relu, layer.x);
            for (int c = 0; c < layer.map.channels(); c++) {
                double factor = layer.scale.get(0, c) / Math.sqrt(layer.runningVariance.get(0, c) + (double) EPSILON);
                for (int sample = 0; sample < before.length; sample++) {
                    for (int position = 0; position < layer.map.height() * layer.map.width(); position++) {
                        int feature = layer.feature(position, c);
                        double d = before[sample][feature] - layer.runningMean.get(0, c);
                        double expected = d * factor + layer.shift.get(0, c);
                        Images.assertNear(
                                relu ? Math.max(expected, 0) : expected,
                                layer.x.get(sample, feature),
                                4 * U * (Math.abs(d * factor) + layer.shift.get(0, c)),
                                layer.norm + " " + sample + ", " + feature);
                    }
                }
            }
            Images.assertRestIsZero(layer.x, layer.map);
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void gradientsAreThoseOfDifferences(boolean relu) {
        SplittableRandom random = new SplittableRandom(1);
        forAll(1, layer -> {
            layer.forward(relu);
            layer.norm.backward(layer.x, layer.dy, relu, null, layer.dx, layer.dScale, layer.dShift);
            Images.assertRestIsZero(layer.dx, layer.map);
            double[][] values = Images.read(layer.x);
            double h = 1e-6;
            double size = Math.sqrt(layer.count());
            for (int trial = 0; trial < 12; trial++) {
                int c = random.nextInt(layer.map.channels());
                int sample = random.nextInt(values.length);
                int feature = layer.feature(random.nextInt(layer.map.height() * layer.map.width()), c);
                double gamma = layer.scale.get(0, c);
                double beta = layer.shift.get(0, c);
                double sigma = Math.sqrt(layer.variance(values, c) + EPSILON);
                double old = values[sample][feature];
                values[sample][feature] = old + h;
                double above = layer.loss(values, c, relu, gamma, beta);
                values[sample][feature] = old - h;
                double below = layer.loss(values, c, relu, gamma, beta);
                values[sample][feature] = old;
                String where = layer.norm + " " + sample + ", " + feature;
                double slack = 1e-6 * size / Math.min(1, sigma) / sigma;
                Images.assertNear((above - below) / (2 * h), layer.dx.get(sample, feature), slack * 10, where);
                double ofScale =
                        (layer.loss(values, c, relu, gamma + h, beta) - layer.loss(values, c, relu, gamma - h, beta))
                                / (2 * h);
                Images.assertNear(ofScale, layer.dScale.get(0, c), 1e-6 * layer.count() + 1e-5, "scale " + where);
                double ofShift =
                        (layer.loss(values, c, relu, gamma, beta + h) - layer.loss(values, c, relu, gamma, beta - h))
                                / (2 * h);
                Images.assertNear(ofShift, layer.dShift.get(0, c), 1e-6 * layer.count() + 1e-5, "shift " + where);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theMaskOfTheInputMasksItsGradient(boolean relu) {
        forAll(0, layer -> {
            layer.forward(relu);
            layer.norm.backward(layer.x, layer.dy, relu, null, layer.dx, layer.dScale, layer.dShift);
            double[][] open = Images.read(layer.dx);
            layer.norm.backward(layer.x, layer.dy, relu, layer.x, layer.dy, layer.dScale, layer.dShift);
            for (int sample = 0; sample < open.length; sample++) {
                for (int feature = 0; feature < open[0].length; feature++) {
                    double expected = layer.x.get(sample, feature) > 0 ? open[sample][feature] : 0;
                    assertEquals((float) expected, layer.dy.get(sample, feature), 0f);
                }
            }
            Images.assertRestIsZero(layer.dy, layer.map);
        });
    }

    @Test
    void anEvaluationBetweenLeavesTheWayBackAsItIs() {
        try (Layer layer = new Layer(Images.MAPS[5], 5, 0, 1, 1)) {
            layer.forward(true);
            layer.norm.backward(layer.x, layer.dy, true, null, layer.dx, layer.dScale, layer.dShift);
            int expected = Images.hash(layer.dx);
            layer.forward(true);
            layer.norm.forwardEvaluation(
                    layer.dy, layer.shift, layer.scale, layer.runningMean, layer.runningVariance, true, layer.y);
            layer.norm.backward(layer.x, layer.dy, true, null, layer.dx, layer.dScale, layer.dShift);
            assertEquals(expected, Images.hash(layer.dx));
        }
    }

    @Test
    void workersChangeNoBit() {
        for (FeatureMap map : Images.MAPS) {
            assertEquals(bits(map, 130, 1), bits(map, 130, 2), map::toString);
            assertEquals(bits(map, 130, 1), bits(map, 130, 3), map::toString);
        }
    }

    private static String bits(FeatureMap map, int batch, int threads) {
        try (Layer layer = new Layer(map, batch, 1, threads, 4)) {
            layer.forward(true);
            layer.norm.backward(layer.x, layer.dy, true, null, layer.dx, layer.dScale, layer.dShift);
            return Images.hash(layer.y) + " " + Images.hash(layer.dx) + " " + Images.hash(layer.dScale) + " "
                    + Images.hash(layer.dShift) + " " + Images.hash(layer.runningMean) + " "
                    + Images.hash(layer.runningVariance);
        }
    }

    /** The same number with vectors of 128, 256 and 512 bits and without. */
    @Test
    void bitsAreThoseOfAnyWidth() {
        assertEquals("-236517379 1938937738 1516678029 -865139760 -1694765101 66787475", bits(Images.MAPS[5], 65, 1));
        assertEquals("341109025 -917739100 1164545409 -111772446 -947953454 -57041708", bits(Images.MAPS[5], 5, 1));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aSumHasTheBitsOfANormalisationAndAnAddition(boolean relu) {
        forAll(0, layer -> {
            PanelMatrix addend = layer.dy;
            PanelMatrix expected = Images.like(layer.arena, layer.x);
            PanelMatrix sum = Images.like(layer.arena, layer.x);
            layer.forward(false);
            Elementwise.add(layer.y, addend, expected, relu, layer.workers);
            layer.norm.forwardTraining(
                    layer.x, layer.scale, layer.shift, layer.runningMean, layer.runningVariance, addend, relu, sum);
            Images.assertSameBits(expected, sum);
            layer.norm.forwardEvaluation(
                    layer.x, layer.scale, layer.shift, layer.runningMean, layer.runningVariance, false, layer.y);
            Elementwise.add(layer.y, addend, expected, relu, layer.workers);
            layer.norm.forwardEvaluation(
                    layer.x, layer.scale, layer.shift, layer.runningMean, layer.runningVariance, addend, relu, addend);
            Images.assertSameBits(expected, addend);
        });
    }

    @Test
    void wrongOperandsAreRefused() {
        try (Layer layer = new Layer(new FeatureMap(2, 2, 3, 1), 5, 0, 1, 1);
                Workers workers = Workers.of(1)) {
            PanelMatrix narrow = PanelMatrix.allocate(layer.arena, layer.x.rows(), 1);
            Refusal.ofArgument(
                    "addend.cols: 1",
                    () -> layer.norm.forwardTraining(
                            layer.x,
                            layer.scale,
                            layer.shift,
                            layer.runningMean,
                            layer.runningVariance,
                            narrow,
                            false,
                            layer.y));
            Refusal.ofArgument("epsilon: 0.0", () -> BatchNorm.prepare(layer.map, 0, 0.1f, workers));
            Refusal.ofArgument("momentum: 1.5", () -> BatchNorm.prepare(layer.map, 1e-5f, 1.5f, workers));
            Refusal.ofState(
                    "x.rows: 5 samples",
                    () -> layer.norm.backward(layer.x, layer.dy, false, null, layer.dx, layer.dScale, layer.dShift));
            Refusal.ofArgument(
                    "y: shares memory with x",
                    () -> layer.norm.forwardTraining(
                            layer.x,
                            layer.scale,
                            layer.shift,
                            layer.runningMean,
                            layer.runningVariance,
                            false,
                            layer.x));
            Refusal.ofArgument(
                    "runningVariance: shares memory with runningMean",
                    () -> layer.norm.forwardTraining(
                            layer.x, layer.scale, layer.shift, layer.runningMean, layer.runningMean, false, layer.y));
            Refusal.ofArgument(
                    "scale.cols: 5",
                    () -> layer.norm.forwardTraining(
                            layer.x,
                            DenseMatrix.allocate(layer.arena, 1, 5),
                            layer.shift,
                            layer.runningMean,
                            layer.runningVariance,
                            false,
                            layer.y));
            layer.forward(false);
            Refusal.ofArgument(
                    "reluMask: shares memory with dx",
                    () -> layer.norm.backward(
                            layer.x, layer.dy, false, layer.dx, layer.dx, layer.dScale, layer.dShift));
            Refusal.ofArgument(
                    "dShift: shares memory with dScale",
                    () -> layer.norm.backward(layer.x, layer.dy, false, null, layer.dx, layer.dScale, layer.dScale));
            PanelMatrix one = PanelMatrix.allocate(layer.arena, 1, 3);
            BatchNorm flat = BatchNorm.prepare(new FeatureMap(1, 1, 3, 0), 1e-5f, 0.1f, workers);
            Refusal.ofArgument(
                    "x.rows: 1 give 1 value in a channel",
                    () -> flat.forwardTraining(
                            one,
                            layer.scale,
                            layer.shift,
                            layer.runningMean,
                            layer.runningVariance,
                            false,
                            Images.like(layer.arena, one)));
        }
    }
}
