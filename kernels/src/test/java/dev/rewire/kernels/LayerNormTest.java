package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rewire.kernels.panel.LayerNorm;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Layer normalisation against the same in double precision, and its way back against differences of that. */
@Tag("species")
class LayerNormTest {
    private static final double U = 0x1p-24;
    private static final float EPSILON = 1e-5f;
    private static final int[] FEATURES = {1, 3, 17, 64, 300};

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
        final DenseMatrix dScale;
        final DenseMatrix dShift;
        final LayerNorm norm;

        Layer(int features, int batch, double mean, int threads, long seed) {
            map = new FeatureMap(1, 1, features, 0);
            arena = Images.arena(seed);
            workers = Workers.of(threads);
            x = Images.random(arena, batch, map, seed, mean);
            dy = Images.random(arena, batch, map, seed + 1, 0);
            y = Images.random(arena, batch, map, seed + 2, 0);
            dx = Images.random(arena, batch, map, seed + 3, 0);
            scale = Images.vector(arena, features, seed + 4);
            shift = Images.vector(arena, features, seed + 5);
            dScale = DenseMatrix.allocate(arena, 1, features);
            dShift = DenseMatrix.allocate(arena, 1, features);
            norm = LayerNorm.prepare(features, batch, EPSILON, workers);
        }

        /** What comes out of one sample, in double precision. */
        double[] out(double[] in, double[] gamma, double[] beta) {
            double mean = 0;
            for (double v : in) {
                mean += v / in.length;
            }
            double variance = 0;
            for (double v : in) {
                variance += (v - mean) * (v - mean) / in.length;
            }
            double[] out = new double[in.length];
            for (int i = 0; i < in.length; i++) {
                out[i] = (in[i] - mean) / Math.sqrt(variance + EPSILON) * gamma[i] + beta[i];
            }
            return out;
        }

        double loss(double[][] in, int onlySample, double[] gamma, double[] beta) {
            double sum = 0;
            for (int sample = 0; sample < in.length; sample++) {
                if (onlySample < 0 || sample == onlySample) {
                    double[] out = out(in[sample], gamma, beta);
                    for (int i = 0; i < out.length; i++) {
                        sum += dy.get(sample, i) * out[i];
                    }
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
        for (int features : FEATURES) {
            for (int batch : Images.BATCHES) {
                seed += 10;
                try (Layer layer = new Layer(features, batch, mean, 1 + (int) (seed / 10 % 3), seed)) {
                    test.run(layer);
                }
            }
        }
    }

    private static double[] doubles(DenseMatrix vector) {
        double[] values = new double[vector.cols()];
        for (int i = 0; i < values.length; i++) {
            values[i] = vector.get(0, i);
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -3, 1000})
    void forwardNormalizesEachSample(double mean) {
        forAll(mean, layer -> {
            double[][] before = Images.read(layer.x);
            double[] gamma = doubles(layer.scale);
            double[] beta = doubles(layer.shift);
            layer.norm.forward(layer.x, layer.scale, layer.shift, layer.y);
            for (int sample = 0; sample < before.length; sample++) {
                double[] expected = layer.out(before[sample], gamma, beta);
                for (int i = 0; i < gamma.length; i++) {
                    double n = (expected[i] - beta[i]) / gamma[i];
                    double m = before[sample][i];
                    // The mean is rounded to a float, and a deviation of that divided by σ; without a deviation by √ε.
                    double spread = deviation(before[sample]);
                    double bound =
                            U * gamma[i] * 3 * Math.abs(m) / spread + 96 * U * (1 + Math.abs(n)) * (gamma[i] + beta[i]);
                    Images.assertNear(expected[i], layer.y.get(sample, i), bound, layer.norm + " " + sample + ", " + i);
                }
            }
            Images.assertRestIsZero(layer.y, layer.map);
            layer.norm.forward(layer.x, layer.scale, layer.shift, layer.x);
            Images.assertSameBits(layer.y, layer.x);
        });
    }

    private static double deviation(double[] in) {
        double mean = 0;
        for (double v : in) {
            mean += v / in.length;
        }
        double variance = 0;
        for (double v : in) {
            variance += (v - mean) * (v - mean) / in.length;
        }
        return Math.sqrt(variance + EPSILON);
    }

    @Test
    void gradientsAreThoseOfDifferences() {
        SplittableRandom random = new SplittableRandom(1);
        forAll(1, layer -> {
            layer.norm.forward(layer.x, layer.scale, layer.shift, layer.y);
            layer.norm.backward(layer.x, layer.dy, layer.dx, layer.dScale, layer.dShift);
            Images.assertRestIsZero(layer.dx, layer.map);
            double[][] in = Images.read(layer.x);
            double[] gamma = doubles(layer.scale);
            double[] beta = doubles(layer.shift);
            double h = 1e-6;
            for (int trial = 0; trial < 12; trial++) {
                int sample = random.nextInt(in.length);
                int i = random.nextInt(gamma.length);
                String where = layer.norm + " " + sample + ", " + i;
                double old = in[sample][i];
                double sigma = deviation(in[sample]);
                in[sample][i] = old + h;
                double above = layer.loss(in, sample, gamma, beta);
                in[sample][i] = old - h;
                double below = layer.loss(in, sample, gamma, beta);
                in[sample][i] = old;
                double bound = 1e-5 * Math.sqrt(gamma.length) / sigma / Math.min(1, sigma);
                Images.assertNear((above - below) / (2 * h), layer.dx.get(sample, i), bound, where);
                double wide = 1e-6 * in.length * Math.max(1, Math.abs(in[sample][i]) / sigma) + 1e-5;
                Images.assertNear(
                        difference(h, d -> layer.loss(in, -1, plus(gamma, i, d), beta)),
                        layer.dScale.get(0, i),
                        wide,
                        "scale " + where);
                Images.assertNear(
                        difference(h, d -> layer.loss(in, -1, gamma, plus(beta, i, d))),
                        layer.dShift.get(0, i),
                        wide,
                        "shift " + where);
            }
        });
    }

    private static double difference(double h, java.util.function.DoubleUnaryOperator loss) {
        return (loss.applyAsDouble(h) - loss.applyAsDouble(-h)) / (2 * h);
    }

    private static double[] plus(double[] values, int i, double d) {
        double[] copy = values.clone();
        copy[i] += d;
        return copy;
    }

    @Test
    void theGradientMayReplaceWhatItIsMadeFrom() {
        forAll(0, layer -> {
            layer.norm.forward(layer.x, layer.scale, layer.shift, layer.y);
            layer.norm.backward(layer.x, layer.dy, layer.dx, layer.dScale, layer.dShift);
            layer.norm.backward(layer.x, layer.dy, layer.dy, layer.dScale, layer.dShift);
            Images.assertSameBits(layer.dx, layer.dy);
        });
    }

    @Test
    void anAddendIsAddedToTheGradientOfTheInput() {
        forAll(0, layer -> {
            layer.norm.forward(layer.x, layer.scale, layer.shift, layer.y);
            layer.norm.backward(layer.x, layer.dy, layer.dx, layer.dScale, layer.dShift);
            double[][] alone = Images.read(layer.dx);
            PanelMatrix sum = Images.like(layer.arena, layer.dx);
            layer.norm.backward(layer.x, layer.dy, layer.y, sum, layer.dScale, layer.dShift);
            for (int sample = 0; sample < alone.length; sample++) {
                for (int i = 0; i < alone[sample].length; i++) {
                    float expected = (float) alone[sample][i] + layer.y.get(sample, i);
                    assertEquals(expected, sum.get(sample, i), sample + ", " + i);
                }
            }
        });
    }

    @Test
    void workersChangeNoBit() {
        for (int features : FEATURES) {
            assertEquals(bits(features, 600, 1), bits(features, 600, 2), features + " features");
            assertEquals(bits(features, 600, 1), bits(features, 600, 3), features + " features");
        }
    }

    private static String bits(int features, int batch, int threads) {
        try (Layer layer = new Layer(features, batch, 1, threads, 4)) {
            layer.norm.forward(layer.x, layer.scale, layer.shift, layer.y);
            layer.norm.backward(layer.x, layer.dy, layer.dx, layer.dScale, layer.dShift);
            return Images.hash(layer.y) + " " + Images.hash(layer.dx) + " " + Images.hash(layer.dScale) + " "
                    + Images.hash(layer.dShift);
        }
    }

    /** The same number with vectors of 128, 256 and 512 bits and without. */
    @Test
    void bitsAreThoseOfAnyWidth() {
        assertEquals("-2049091861 1129108325 -509780301 1759112883", bits(67, 130, 1));
    }

    @Test
    void wrongOperandsAreRefused() {
        try (Layer layer = new Layer(3, 5, 0, 1, 1);
                Workers workers = Workers.of(1)) {
            Refusal.ofArgument("features: 0", () -> LayerNorm.prepare(0, 1, 1e-5f, workers));
            Refusal.ofArgument("epsilon: NaN", () -> LayerNorm.prepare(1, 1, Float.NaN, workers));
            Refusal.ofState(
                    "x.rows: 5 samples, but the last forward pass has not been",
                    () -> layer.norm.backward(layer.x, layer.dy, layer.dx, layer.dScale, layer.dShift));
            PanelMatrix more = PanelMatrix.allocate(layer.arena, 6, 3);
            Refusal.ofArgument(
                    "x.rows: 6",
                    () -> layer.norm.forward(more, layer.scale, layer.shift, Images.like(layer.arena, more)));
            layer.norm.forward(layer.x, layer.scale, layer.shift, layer.y);
            Refusal.ofArgument(
                    "dShift: shares memory with dScale",
                    () -> layer.norm.backward(layer.x, layer.dy, layer.dx, layer.dScale, layer.dScale));
        }
    }
}
