package dev.rewire.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.FeatureMap;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.training.data.ArraySamples;
import dev.rewire.training.data.Augmentation;
import dev.rewire.training.data.DataSplit;
import dev.rewire.training.data.SampleShape;
import dev.rewire.training.data.Samples;
import dev.rewire.training.data.TargetShape;
import dev.rewire.training.layer.Activations;
import dev.rewire.training.layer.Binding;
import dev.rewire.training.layer.BoundLayer;
import dev.rewire.training.layer.Layer;
import dev.rewire.training.layer.Linear;
import dev.rewire.training.layer.Outline;
import dev.rewire.training.layer.Relu;
import dev.rewire.training.layer.Residual;
import dev.rewire.training.layer.Sequential;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.layer.image.BatchNorm2d;
import dev.rewire.training.layer.image.Conv2d;
import dev.rewire.training.layer.image.MaxPool2d;
import dev.rewire.training.loss.Loss;
import dev.rewire.training.loss.MeanSquaredError;
import dev.rewire.training.model.Model;
import dev.rewire.training.optimizer.Optimizer;
import dev.rewire.training.parameter.DenseParameter;
import dev.rewire.training.parameter.LayerShape;
import dev.rewire.training.parameter.NamedParameter;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.setting.InvalidConfigException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Networks that a newcomer may think of: those that make sense learn, the others are refused before the first step. */
class OwnNetworkTest {
    /** y = |x| of numbers from &minus;1 to 1. */
    private static ArraySamples magnitudes(long seed) {
        Random random = new Random(seed);
        float[][] x = new float[200][1];
        float[][] y = new float[200][1];
        for (int i = 0; i < x.length; i++) {
            x[i][0] = random.nextFloat() * 2 - 1;
            y[i][0] = Math.abs(x[i][0]);
        }
        return ArraySamples.regression(x, y);
    }

    private static TrainingConfigBuilder config(Layer layers) {
        return TrainingConfig.builder()
                .model(Model.of("own", layers))
                .method(Method.DENSE)
                .batch(20)
                .epochs(30)
                .learningRate(0.05);
    }

    private static TrainingRun run(TrainingConfig config) {
        return TrainingRun.create(config, new DataSplit(magnitudes(1), magnitudes(2)));
    }

    private static double lossOf(Layer layers) {
        try (TrainingRun run = run(config(layers).build())) {
            while (!run.isComplete()) {
                run.trainEpoch(StepListener.NONE);
            }
            return run.summary().testLoss();
        }
    }

    private static String refusal(TrainingConfig config) {
        return assertThrows(InvalidConfigException.class, () -> run(config).close())
                .getMessage();
    }

    @Test
    void oneWeightWithoutBiasLearns() {
        // The best line through |x| that goes through 0 is flat, and leaves the mean of x².
        assertEquals(1 / 3.0, lossOf(new Linear(1).withoutBias()), 0.05);
    }

    /** {@code y = a·x}, with the same a for all features, from 0.5 on. */
    private record Scale() implements Layer {
        @Override
        public Shape outline(Outline outline, Shape input) {
            return input;
        }

        @Override
        public BoundLayer bind(Binding binding, Activations input) {
            Activations output = binding.activations(input.shape(), false);
            DenseParameter factor = binding.dense("factor", 1, 1);
            factor.values().set(0, 0, 0.5f);
            return new BoundLayer() {
                @Override
                public Activations output() {
                    return output;
                }

                @Override
                public void forward(long step, boolean training) {
                    PanelMatrix x = input.values();
                    for (int row = 0; row < x.rows(); row++) {
                        for (int col = 0; col < x.cols(); col++) {
                            output.values().set(row, col, factor.values().get(0, 0) * x.get(row, col));
                        }
                    }
                }

                @Override
                public void backward(boolean parameters) {
                    float sum = 0;
                    PanelMatrix dy = output.wantedGradient();
                    for (int row = 0; row < dy.rows(); row++) {
                        for (int col = 0; col < dy.cols(); col++) {
                            sum += dy.get(row, col) * input.values().get(row, col);
                            if (input.gradient() != null) {
                                input.gradient().set(row, col, factor.values().get(0, 0) * dy.get(row, col));
                            }
                        }
                    }
                    factor.gradient().set(0, 0, sum);
                    input.maskGradient(binding.setting().workers());
                }
            };
        }
    }

    /** The loss of the first batch falls as the gradients of both factors say. */
    @Test
    void aLayerOfOnesOwnHasItsGradientAfterAReluAndAsTheFirst() {
        Layer layers = Sequential.of(new Scale(), new Linear(16), new Relu(), new Scale(), new Linear(1));
        TrainingConfig config = config(layers)
                .optimizer(new Optimizer.Sgd(0, false, 0))
                .warmupEpochs(0)
                .build();
        try (Network network = Network.create(config, new Shape.Features(1), 1)) {
            MeanSquaredError loss = new MeanSquaredError(
                    network.setting().arena(),
                    network.result(),
                    network.setting().workers());
            for (int row = 0; row < network.input().rows(); row++) {
                network.input().set(row, 0, row / 10f - 1);
                loss.targets().set(row, 0, Math.abs(row / 10f - 1));
            }
            network.forward(0, true);
            loss.differentiate();
            network.backward(true);
            for (NamedParameter parameter : network.parameters()) {
                if (parameter.parameter() instanceof DenseParameter factor
                        && parameter.name().endsWith("factor")) {
                    double above = lossWith(0.51f, factor, network, loss);
                    double below = lossWith(0.49f, factor, network, loss);
                    double slope = (above - below) / 0.02;
                    assertEquals(slope, factor.gradient().get(0, 0), 1e-3 * Math.abs(slope), parameter.name());
                    factor.values().set(0, 0, 0.5f);
                }
            }
        }
    }

    private static double lossWith(float value, DenseParameter factor, Network network, Loss loss) {
        factor.values().set(0, 0, value);
        network.forward(0, true);
        loss.measure(network.input().rows());
        return loss.lossSum() / loss.predictions();
    }

    @Test
    void samplesOfOnesOwnThatAreNoNumbersEndARunWithTheStep() {
        ArraySamples numbers = magnitudes(1);
        Samples broken = new Samples() {
            @Override
            public int size() {
                return numbers.size();
            }

            @Override
            public SampleShape shape() {
                return numbers.shape();
            }

            @Override
            public TargetShape target() {
                return numbers.target();
            }

            @Override
            public void writeFeatures(int[] places, int from, int count, FeatureMap map, PanelMatrix input) {
                input.set(0, 0, Float.NaN);
            }

            @Override
            public void writeValues(int[] places, int from, int count, PanelMatrix values) {
                numbers.writeValues(places, from, count, values);
            }

            @Override
            public String sha256() {
                return "broken";
            }
        };
        TrainingConfig config = config(new Linear(1)).build();
        try (TrainingRun run = TrainingRun.create(config, new DataSplit(broken, numbers))) {
            String message = assertThrows(DivergedException.class, run::step).getMessage();
            assertTrue(message.contains("step 1"), message);
        }
    }

    @Test
    void aNetworkWithoutWeightsIsRefused() {
        String accepted = "accepted are models with layers that have some";
        for (Layer layers : new Layer[] {Sequential.of(), new Relu(), Sequential.of(new BatchNorm2d(), new Relu())}) {
            String message = refusal(config(layers).build());
            assertTrue(message.startsWith("--model: own has no weights"), message);
            assertTrue(message.contains(accepted), message);
        }
    }

    @Test
    void aLayerThatDoesNotFitIsRefusedWithTheModelAndTheData() {
        String message = refusal(config(Sequential.of(new Conv2d(4, 3, 1, 1))).build());
        assertEquals(
                "--model: own does not fit samples of 1: layer 1: conv2d1 cannot take an input of 1: conv2d layer: 1 is not accepted; accepted are images",
                message);
    }

    @Test
    void aLayerThatDoesNotFitIsNamedWithTheShapeThatItGot() {
        Layer nested = Sequential.of().then("up", new Linear(6)).then("look", new MaxPool2d(2, 2, 0));
        String message =
                refusal(config(Sequential.of().then("first", new Linear(4)).then("part", nested))
                        .build());
        assertTrue(
                message.contains("layer 2: part cannot take an input of 4: layer 2: look cannot take an input of 6: "),
                message);
    }

    @Test
    void whatIsNoImageIsNotAugmented() {
        String message = refusal(
                config(new Linear(1)).augmentation(new Augmentation(4, true)).build());
        assertTrue(message.startsWith("--augment: crop:4,flip cannot be had of samples of 1, "), message);
    }

    @Test
    void aResidualWhoseBranchesDifferIsRefused() {
        String message = refusal(config(new Residual(new Linear(3))).build());
        assertTrue(message.contains("residual layer: 3 is not what passes by, 1"), message);
    }

    /** A layer of a kind. */
    private record OfKind(String kind) implements Layer {
        @Override
        public Shape outline(Outline outline, Shape input) {
            return input;
        }

        @Override
        public BoundLayer bind(Binding binding, Activations input) {
            return new Relu().bind(binding, input);
        }
    }

    @Test
    void kindsThatMakeNoNamesAreRefused() {
        Layer[] elevenAndOne = new Layer[12];
        Arrays.fill(elevenAndOne, new OfKind("mine"));
        elevenAndOne[11] = new OfKind("mine1"); // the first of which is mine11

        assertThrows(InvalidConfigException.class, () -> Sequential.of(elevenAndOne));
        assertThrows(InvalidConfigException.class, () -> Sequential.of(new OfKind("a.b")));
    }

    /** Its body could have a part of that name. */
    @Test
    void twoWeightsOfOneNameAreRefused() {
        Layer layers = new Residual(Sequential.of().then("skip", new Linear(1)), new Linear(1));
        String message = refusal(config(layers).build());
        assertTrue(message.contains("skip.weight is that of others, too"), message);
    }

    @Test
    void aBatchNormOfOneValueAChannelIsRefusedBeforeTheFirstStep() {
        Layer layers = Sequential.of(new Linear(4), new BatchNorm2d(), new Linear(1));
        String message = refusal(config(layers).batch(1).build());
        assertTrue(message.startsWith("--batch: 1 leaves each channel of a BatchNorm one value"), message);
    }

    /** A linear layer that declares and binds as many weights as it is told. */
    private record Miscounted(int declared, int bound) implements Layer {
        @Override
        public Shape outline(Outline outline, Shape input) {
            for (int i = 0; i < declared; i++) {
                outline.weights("weight" + i, LayerShape.linear(1, input.elements()), 1);
            }
            return new Shape.Features(1);
        }

        @Override
        public BoundLayer bind(Binding binding, Activations input) {
            BoundLayer last = new Linear(1).bind(binding, input);
            for (int i = 1; i < bound; i++) {
                last = new Linear(1).bind(binding, input);
            }
            return last;
        }
    }

    @Test
    void aLayerThatBindsMoreWeightsThanItDeclaredIsNamedAsTheFault() {
        TrainingConfig config = config(new Miscounted(1, 2)).build();
        String message = assertThrows(
                        IllegalStateException.class, () -> run(config).close())
                .getMessage();
        assertTrue(message.startsWith("a layer binds more weights than its outline declared"), message);
    }

    @Test
    void aLayerThatBindsFewerWeightsThanItDeclaredIsNamedAsTheFault() {
        TrainingConfig config = config(new Miscounted(2, 1)).build();
        String message = assertThrows(
                        IllegalStateException.class, () -> run(config).close())
                .getMessage();
        assertTrue(message.startsWith("layers bind 1 of the 2 weights"), message);
    }
}
