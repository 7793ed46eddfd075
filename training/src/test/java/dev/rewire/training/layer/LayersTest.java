package dev.rewire.training.layer;

import dev.rewire.training.layer.LayerContract.Reference;
import dev.rewire.training.layer.image.AvgPool2d;
import dev.rewire.training.layer.image.BatchNorm2d;
import dev.rewire.training.layer.image.Conv2d;
import dev.rewire.training.layer.image.Flatten;
import dev.rewire.training.layer.image.GlobalAvgPool2d;
import dev.rewire.training.layer.image.MaxPool2d;
import dev.rewire.training.layer.sequence.LayerNorm;
import dev.rewire.training.layer.sequence.Positions;
import dev.rewire.training.layer.sequence.SelfAttention;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Layers against their definitions in double precision. */
class LayersTest {
    private static final double TOLERANCE = 2e-5;

    private static Reference perSample(UnaryOperator<double[]> function) {
        return (samples, parameters) -> samples.stream().map(function).toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 17, 65})
    void linear(int batch) {
        LayerContract.of(new Linear(7), new Shape.Features(13), batch)
                .blocks(1, 1, 0.6)
                .check(
                        (samples, p) -> samples.stream()
                                .map(x -> linear(x, p.get(0), p.get(1)))
                                .toList(),
                        TOLERANCE);
    }

    @Test
    void linearWithoutBias() {
        LayerContract.of(new Linear(7).withoutBias(), new Shape.Features(13), 5)
                .check(
                        (samples, p) -> samples.stream()
                                .map(x -> linear(x, p.get(0), new double[7]))
                                .toList(),
                        TOLERANCE);
    }

    @ParameterizedTest
    @CsvSource({"5, 3", "17, 1", "40, 2", "64, 2"})
    void linearOfTokens(int length, int batch) {
        LayerContract.of(new Linear(6), new Shape.Tokens(length, 9), batch)
                .blocks(2, 3, 0.7)
                .check((samples, p) -> eachToken(samples, 9, x -> linear(x, p.get(0), p.get(1))), TOLERANCE);
    }

    static double[] linear(double[] x, double[] w, double[] bias) {
        double[] y = bias.clone();
        for (int i = 0; i < w.length; i++) {
            y[i / x.length] += w[i] * x[i % x.length];
        }
        return y;
    }

    static List<double[]> eachToken(List<double[]> samples, int features, UnaryOperator<double[]> function) {
        List<double[]> outputs = new ArrayList<>();
        for (double[] sample : samples) {
            outputs.add(IntStream.range(0, sample.length / features)
                    .mapToObj(t -> function.apply(Arrays.copyOfRange(sample, t * features, (t + 1) * features)))
                    .flatMapToDouble(Arrays::stream)
                    .toArray());
        }
        return outputs;
    }

    @Test
    void relu() {
        LayerContract.of(Sequential.of(new Dropout(0), new Relu(), new Linear(3)), new Shape.Features(37), 19)
                .check(
                        (samples, p) -> samples.stream()
                                .map(x -> Arrays.stream(x)
                                        .map(v -> Math.max(v, 0))
                                        .toArray())
                                .map(x -> linear(x, p.get(0), p.get(1)))
                                .toList(),
                        TOLERANCE);
    }

    @Test
    void geluOfImagesAndFeatures() {
        Reference gelu = perSample(x -> Arrays.stream(x).map(LayersTest::gelu).toArray());
        LayerContract.of(new Gelu(), new Shape.Features(37), 19).check(gelu, TOLERANCE);
        LayerContract.of(new Gelu(), new Shape.Image(3, 5, 2), 3).check(gelu, TOLERANCE);
    }

    /** The error function by Simpson's rule. */
    private static double gelu(double x) {
        int parts = 400;
        double h = x / parts;
        double sum = density(0) + density(x);
        for (int i = 1; i < parts; i++) {
            sum += (i % 2 == 0 ? 2 : 4) * density(i * h);
        }
        return x * (0.5 + sum * h / 3);
    }

    private static double density(double x) {
        return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }

    @ParameterizedTest
    @CsvSource({"7, 5, 3, 17", "1, 1, 4, 5", "4, 4, 17, 66"})
    void batchNormOfImages(int height, int width, int channels, int batch) {
        LayerContract.of(new BatchNorm2d(), new Shape.Image(height, width, channels), batch)
                .check((samples, p) -> batchNorm(samples, channels, p), 1e-4);
    }

    @Test
    void batchNormOfFeaturesWithItsRelu() {
        LayerContract.of(Sequential.of(new BatchNorm2d(), new Relu(), new Linear(3)), new Shape.Features(6), 21)
                .check(
                        (samples, p) -> batchNorm(samples, 6, p).stream()
                                .map(x -> Arrays.stream(x)
                                        .map(v -> Math.max(v, 0))
                                        .toArray())
                                .map(x -> linear(x, p.get(2), p.get(3)))
                                .toList(),
                        1e-4);
    }

    static List<double[]> batchNorm(List<double[]> samples, int channels, List<double[]> p) {
        double[] mean = new double[channels];
        double[] variance = new double[channels];
        int count = samples.size() * samples.get(0).length / channels;
        for (double[] sample : samples) {
            for (int i = 0; i < sample.length; i++) {
                mean[i % channels] += sample[i] / count;
            }
        }
        for (double[] sample : samples) {
            for (int i = 0; i < sample.length; i++) {
                variance[i % channels] += Math.pow(sample[i] - mean[i % channels], 2) / count;
            }
        }
        return samples.stream()
                .map(sample -> IntStream.range(0, sample.length)
                        .mapToDouble(i -> (sample[i] - mean[i % channels])
                                        / Math.sqrt(variance[i % channels] + 1e-5)
                                        * p.get(0)[i % channels]
                                + p.get(1)[i % channels])
                        .toArray())
                .toList();
    }

    @Test
    void layerNormOfTokensAndFeatures() {
        LayerContract.of(new LayerNorm(), new Shape.Tokens(21, 11), 2)
                .check((samples, p) -> eachToken(samples, 11, x -> layerNorm(x, p)), 1e-4);
        LayerContract.of(new LayerNorm(), new Shape.Features(11), 37)
                .check(
                        (samples, p) ->
                                samples.stream().map(x -> layerNorm(x, p)).toList(),
                        1e-4);
    }

    static double[] layerNorm(double[] x, List<double[]> p) {
        double mean = Arrays.stream(x).average().orElseThrow();
        double variance =
                Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
        return IntStream.range(0, x.length)
                .mapToDouble(i -> (x[i] - mean) / Math.sqrt(variance + 1e-5) * p.get(0)[i] + p.get(1)[i])
                .toArray();
    }

    @ParameterizedTest
    @CsvSource({"6, 6, 3, 2, 2, 0", "7, 5, 1, 3, 2, 1", "4, 4, 17, 2, 1, 0"})
    void maxPool(int height, int width, int channels, int window, int stride, int padding) {
        Shape.Image image = new Shape.Image(height, width, channels);
        LayerContract.of(new MaxPool2d(window, stride, padding), image, 18)
                .check(perSample(x -> pool(x, image, window, stride, padding, true)), TOLERANCE);
    }

    @ParameterizedTest
    @CsvSource({"6, 6, 3, 2, 2, 0", "7, 5, 1, 3, 2, 1", "4, 4, 17, 2, 1, 0"})
    void avgPool(int height, int width, int channels, int window, int stride, int padding) {
        Shape.Image image = new Shape.Image(height, width, channels);
        LayerContract.of(new AvgPool2d(window, stride, padding), image, 18)
                .check(perSample(x -> pool(x, image, window, stride, padding, false)), TOLERANCE);
    }

    @Test
    void globalAvgPool() {
        Shape.Image image = new Shape.Image(5, 5, 6);
        LayerContract.of(new GlobalAvgPool2d(), image, 40)
                .check(perSample(x -> pool(x, image, 5, 1, 0, false)), TOLERANCE);
    }

    private static double[] pool(double[] x, Shape.Image image, int window, int stride, int padding, boolean largest) {
        Shape.Image out = (Shape.Image) new AvgPool2d(window, stride, padding).outline(new Outline(), image);
        double[] y = new double[out.elements()];
        for (int i = 0; i < y.length; i++) {
            int channel = i % image.channels();
            int position = i / image.channels();
            double sum = 0;
            double max = Double.NEGATIVE_INFINITY;
            for (int tap = 0; tap < window * window; tap++) {
                int row = position / out.width() * stride - padding + tap / window;
                int col = position % out.width() * stride - padding + tap % window;
                if (row >= 0 && row < image.height() && col >= 0 && col < image.width()) {
                    double value = x[(row * image.width() + col) * image.channels() + channel];
                    sum += value;
                    max = Math.max(max, value);
                }
            }
            y[i] = largest ? max : sum / (window * window);
        }
        return y;
    }

    @Test
    void flatten() {
        LayerContract.of(
                        Sequential.of(new Conv2d(3, 3, 1, 1), new Flatten(), new Linear(4)),
                        new Shape.Image(4, 5, 2),
                        5)
                .check(
                        (samples, p) ->
                                Conv2dTest.convolve(new Conv2d(3, 3, 1, 1), new Shape.Image(4, 5, 2), samples, p)
                                        .stream()
                                        .map(x -> linear(x, p.get(2), p.get(3)))
                                        .toList(),
                        5e-5);
    }

    @Test
    void residualPastItself() {
        LayerContract.of(
                        Sequential.of(new Residual(new Linear(6)), new Relu(), new Linear(2)), new Shape.Features(6), 9)
                .check(
                        (samples, p) -> samples.stream()
                                .map(x -> {
                                    double[] y = linear(x, p.get(0), p.get(1));
                                    Arrays.setAll(y, i -> Math.max(0, y[i] + x[i]));
                                    return linear(y, p.get(2), p.get(3));
                                })
                                .toList(),
                        5e-5);
    }

    @Test
    void residualPastALayerBehindARelu() {
        Layer net = Sequential.of(new Linear(5), new Relu(), new Residual(new Linear(4), new Linear(4)), new Linear(2));
        LayerContract.of(net, new Shape.Features(6), 9)
                .check(
                        (samples, p) -> samples.stream()
                                .map(x -> {
                                    double[] h = linear(x, p.get(0), p.get(1));
                                    Arrays.setAll(h, i -> Math.max(0, h[i]));
                                    double[] y = linear(h, p.get(2), p.get(3));
                                    double[] skip = linear(h, p.get(4), p.get(5));
                                    Arrays.setAll(y, i -> y[i] + skip[i]);
                                    return linear(y, p.get(6), p.get(7));
                                })
                                .toList(),
                        5e-5);
    }

    @Test
    void positions() {
        LayerContract.of(new Positions(), new Shape.Tokens(21, 4), 3)
                .check(
                        (samples, p) -> samples.stream()
                                .map(x -> IntStream.range(0, x.length)
                                        // The table has a row for each feature.
                                        .mapToDouble(i -> x[i] + p.get(0)[i % 4 * 21 + i / 4])
                                        .toArray())
                                .toList(),
                        TOLERANCE);
    }

    @ParameterizedTest
    @CsvSource({"5, 2, true, 3", "20, 1, false, 2", "66, 3, true, 1"})
    void selfAttention(int length, int heads, boolean causal, int batch) {
        int width = 6;
        LayerContract.of(new SelfAttention(heads, causal, 1), new Shape.Tokens(length, width), batch)
                .check(
                        (samples, p) -> samples.stream()
                                .map(x -> attention(x, width, heads, causal, p))
                                .toList(),
                        1e-4);
    }

    private static double[] attention(double[] x, int width, int heads, boolean causal, List<double[]> p) {
        int length = x.length / width;
        int d = width / heads;
        double[][] qkv = new double[length][];
        for (int t = 0; t < length; t++) {
            qkv[t] = linear(Arrays.copyOfRange(x, t * width, (t + 1) * width), p.get(0), p.get(1));
        }
        double[] y = new double[x.length];
        for (int t = 0; t < length; t++) {
            double[] mixed = new double[width];
            for (int h = 0; h < heads; h++) {
                int keys = causal ? t + 1 : length;
                double[] scores = new double[keys];
                double sum = 0;
                for (int j = 0; j < keys; j++) {
                    for (int f = h * d; f < (h + 1) * d; f++) {
                        scores[j] += qkv[t][f] * qkv[j][width + f] / Math.sqrt(d);
                    }
                    scores[j] = Math.exp(scores[j]);
                    sum += scores[j];
                }
                for (int j = 0; j < keys; j++) {
                    for (int f = h * d; f < (h + 1) * d; f++) {
                        mixed[f] += scores[j] / sum * qkv[j][2 * width + f];
                    }
                }
            }
            System.arraycopy(linear(mixed, p.get(2), p.get(3)), 0, y, t * width, width);
        }
        return y;
    }

    @Test
    void allHaveTheSameBitsForAnyNumberOfWorkers() {
        LayerContract.of(
                        Sequential.of(
                                new Conv2d(5, 3, 2, 1),
                                new BatchNorm2d(),
                                new Relu(),
                                new MaxPool2d(2, 1, 0),
                                new Gelu(),
                                new GlobalAvgPool2d(),
                                new LayerNorm(),
                                new Dropout(0.3),
                                new Linear(4)),
                        new Shape.Image(9, 8, 3),
                        70)
                .checkWorkers();
        LayerContract.of(
                        Sequential.of(new Positions(), new Residual(new SelfAttention(2, true, 1)), new LayerNorm()),
                        new Shape.Tokens(70, 8),
                        3)
                .checkWorkers();
    }

    static Stream<LayerContract> firstLayers() {
        Layer convolution = new Conv2d(4, 3, 1, 1);
        Shape image = new Shape.Image(5, 6, 4);
        return Stream.of(
                LayerContract.of(new Linear(7), new Shape.Features(13), 5),
                LayerContract.of(convolution, image, 3),
                LayerContract.of(new BatchNorm2d(), image, 3),
                LayerContract.of(Sequential.of(new BatchNorm2d(), new Relu(), convolution), image, 3),
                LayerContract.of(new LayerNorm(), new Shape.Features(9), 3),
                LayerContract.of(new LayerNorm(), new Shape.Tokens(5, 9), 3),
                LayerContract.of(new SelfAttention(2, true, 1), new Shape.Tokens(5, 8), 3),
                LayerContract.of(new Residual(new BatchNorm2d()), image, 3),
                LayerContract.of(new Residual(convolution, new Relu()), image, 3),
                LayerContract.of(new Residual(new Relu(), convolution), image, 3),
                LayerContract.of(Sequential.of(new Residual(Sequential.of()), convolution), image, 3),
                LayerContract.of(Sequential.of(new Residual(new Relu()), convolution), image, 3));
    }

    @ParameterizedTest
    @MethodSource("firstLayers")
    void parametersOfAFirstLayerHaveTheGradientsOfOthers(LayerContract contract) {
        contract.checkFirst();
    }

    @Test
    void aResidualOfNothingDoublesItsInputAndItsGradient() {
        LayerContract.of(new Residual(Sequential.of()), new Shape.Features(5), 3)
                .check(perSample(x -> Arrays.stream(x).map(v -> 2 * v).toArray()), TOLERANCE);
    }
}
