package dev.rewire.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.Workers;
import dev.rewire.training.backend.Engine;
import dev.rewire.training.layer.Binding;
import dev.rewire.training.loss.SoftmaxCrossEntropy;
import dev.rewire.training.model.Perceptron;
import dev.rewire.training.parameter.BlockParameter;
import dev.rewire.training.parameter.DenseParameter;
import dev.rewire.training.parameter.LayerShape;
import dev.rewire.training.parameter.MaskedParameter;
import dev.rewire.training.parameter.NmParameter;
import dev.rewire.training.parameter.ParameterPattern;
import dev.rewire.training.parameter.SparseParameter;
import dev.rewire.training.setting.SrSte;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Gradients against central differences of the same network in double precision. */
class NetworkGradientTest {
    private static final int[] MODEL = {13, 11, 9, 5};
    private static final int[] NM_MODEL = {16, 24, 8, 5};
    private static final double DIFFERENCE = 1e-6;

    @ParameterizedTest
    @CsvSource({"1, 1, 0.4, 5", "4, 4, 0.5, 17", "3, 5, 0.6, 64", "16, 16, 1, 70", "1, 1, 1, 33"})
    void match(int blockRows, int blockCols, double density, int batch) {
        check(MODEL, patterns(blockRows, blockCols, density), batch, new Engine.Kernels());
    }

    @Test
    void matchOnALibrary() {
        check(MODEL, patterns(1, 1, 1), 70, new Engine.Dense(new LoopBackend()));
    }

    @ParameterizedTest
    @CsvSource({"2, 4, 17", "1, 4, 64", "1, 2, 70", "3, 8, 5"})
    void matchWithKeptWeightsAlone(int n, int m, int batch) {
        check(NM_MODEL, nmPatterns(n, m, null), batch, new Engine.Kernels());
    }

    @Test
    void matchOfKeptWeightsUnderAMask() {
        check(NM_MODEL, nmPatterns(2, 4, new SrSte(0, false, 1)), 17, new Engine.Kernels());
    }

    private static List<ParameterPattern> nmPatterns(int n, int m, @Nullable SrSte rule) {
        List<ParameterPattern> patterns = new ArrayList<>();
        for (int l = 1; l < NM_MODEL.length; l++) {
            patterns.add(new ParameterPattern.Nm(
                    NmPattern.random(NM_MODEL[l], NM_MODEL[l - 1], n, m, 1, new SplittableRandom(l)), rule));
        }
        return patterns;
    }

    private static List<ParameterPattern> patterns(int blockRows, int blockCols, double density) {
        List<ParameterPattern> patterns = new ArrayList<>();
        for (int l = 1; l < MODEL.length; l++) {
            BlockPattern full = BlockPattern.full(MODEL[l], MODEL[l - 1], blockRows, blockCols);
            int blocks = (int) Math.ceil(density * full.blocks());
            patterns.add(new ParameterPattern.Blocks(BlockPattern.random(
                    MODEL[l], MODEL[l - 1], blockRows, blockCols, blocks, new SplittableRandom(l))));
        }
        return patterns;
    }

    private static void check(int[] sizes, List<ParameterPattern> patterns, int batch, Engine engine) {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(2)) {
            Perceptron model = new Perceptron(Arrays.stream(sizes).boxed().toList());
            Network network = new Network(
                    model.layers(),
                    model.input(),
                    new Binding.Setting(arena, workers, engine, batch, 1, 0, 3, true, patterns));
            SplittableRandom random = new SplittableRandom(4);
            for (int l = 0; l < patterns.size(); l++) {
                fill(bias(network, l).values(), random);
            }
            double[][] x = new double[batch][sizes[0]];
            int[] labels = new int[batch];
            for (int sample = 0; sample < batch; sample++) {
                labels[sample] = random.nextInt(sizes[sizes.length - 1]);
                for (int f = 0; f < sizes[0]; f++) {
                    float value = random.nextFloat(-1, 1);
                    x[sample][f] = value;
                    network.input().set(sample, f, value);
                }
            }
            SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(network.result(), workers);
            network.forward(0, true);
            loss.differentiate(labels);
            network.backward(true);
            DoubleNetwork reference = new DoubleNetwork(network, x, labels);
            assertEquals(reference.loss(), loss.lossSum() / batch, 1e-6);
            for (int l = 0; l < patterns.size(); l++) {
                compareLayer(reference, network, l);
            }
        }
    }

    private static void fill(DenseMatrix bias, SplittableRandom random) {
        for (int i = 0; i < bias.cols(); i++) {
            bias.set(0, i, random.nextFloat(-0.5f, 0.5f));
        }
    }

    private static DenseParameter bias(Network network, int l) {
        return (DenseParameter) network.parameters().get(2 * l + 1).parameter();
    }

    private static SparseParameter weights(Network network, int l) {
        return Network.sparse(network.weights().get(l));
    }

    private static void compareLayer(DoubleNetwork reference, Network network, int l) {
        SparseParameter layer = weights(network, l);
        LayerShape shape = layer.pattern().shape();
        for (int row = 0; row < shape.out(); row++) {
            assertEquals(
                    reference.slope(reference.biases[l], row),
                    bias(network, l).gradient().get(0, row),
                    2e-6,
                    "bias " + row + " of layer " + l);
            for (int col = 0; col < shape.in(); col++) {
                double slope = hasGradient(layer, row, col) ? reference.slope(reference.weights[l][row], col) : 0;
                assertEquals(slope, gradient(layer, row, col), 2e-6, row + ", " + col + " of layer " + l);
            }
        }
    }

    /** Under a mask the gradient of every weight is that of a kept one in its place. */
    private static boolean hasGradient(SparseParameter layer, int row, int col) {
        if (layer instanceof BlockParameter blocks) {
            BlockPattern p = blocks.values().pattern();
            return p.find(row / p.blockRows(), col / p.blockCols()) >= 0;
        }
        return !(layer instanceof NmParameter nm) || nm.values().pattern().find(row, col) >= 0;
    }

    private static float gradient(SparseParameter layer, int row, int col) {
        return switch (layer) {
            case BlockParameter blocks -> blocks.gradient().get(row, col);
            case NmParameter nm -> nm.gradient().get(row, col);
            case MaskedParameter masked -> {
                masked.gradient().computeBand(row);
                yield masked.gradient().band().get(col, 0);
            }
        };
    }

    private static float weight(SparseParameter layer, int row, int col) {
        return switch (layer) {
            case BlockParameter blocks -> blocks.values().get(row, col);
            case NmParameter nm -> nm.values().get(row, col);
            case MaskedParameter masked ->
                masked.pattern().pattern().find(row, col) < 0
                        ? 0
                        : masked.values().get(row, col);
        };
    }

    /** The loss of a copy of a network, in double precision. */
    private static final class DoubleNetwork {
        final double[][][] weights;
        final double[][] biases;
        private final double[][] x;
        private final int[] labels;

        DoubleNetwork(Network network, double[][] x, int[] labels) {
            this.x = x;
            this.labels = labels;
            int layers = network.weights().size();
            weights = new double[layers][][];
            biases = new double[layers][];
            for (int l = 0; l < layers; l++) {
                SparseParameter layer = weights(network, l);
                LayerShape shape = layer.pattern().shape();
                weights[l] = new double[shape.out()][shape.in()];
                biases[l] = new double[shape.out()];
                for (int row = 0; row < shape.out(); row++) {
                    biases[l][row] = bias(network, l).values().get(0, row);
                    for (int col = 0; col < shape.in(); col++) {
                        weights[l][row][col] = weight(layer, row, col);
                    }
                }
            }
        }

        double slope(double[] parameters, int index) {
            double old = parameters[index];
            parameters[index] = old + DIFFERENCE;
            double above = loss();
            parameters[index] = old - DIFFERENCE;
            double below = loss();
            parameters[index] = old;
            return (above - below) / (2 * DIFFERENCE);
        }

        double loss() {
            double sum = 0;
            for (int sample = 0; sample < x.length; sample++) {
                double[] activations = x[sample];
                for (int l = 0; l < weights.length; l++) {
                    activations = layer(l, activations);
                }
                double exponentials = 0;
                for (double logit : activations) {
                    exponentials += Math.exp(logit);
                }
                sum += Math.log(exponentials) - activations[labels[sample]];
            }
            return sum / x.length;
        }

        private double[] layer(int l, double[] input) {
            double[] output = biases[l].clone();
            for (int row = 0; row < output.length; row++) {
                for (int col = 0; col < input.length; col++) {
                    output[row] += weights[l][row][col] * input[col];
                }
                boolean last = l + 1 == weights.length;
                output[row] = last ? output[row] : Math.max(output[row], 0);
            }
            return output;
        }
    }
}
