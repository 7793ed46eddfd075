package dev.rewire.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.training.data.ArraySamples;
import dev.rewire.training.data.DataSplit;
import dev.rewire.training.layer.Activations;
import dev.rewire.training.layer.BatchNorm2d;
import dev.rewire.training.layer.Binding;
import dev.rewire.training.layer.BoundLayer;
import dev.rewire.training.layer.Conv2d;
import dev.rewire.training.layer.Layer;
import dev.rewire.training.layer.Linear;
import dev.rewire.training.layer.Outline;
import dev.rewire.training.layer.Relu;
import dev.rewire.training.layer.Residual;
import dev.rewire.training.layer.Sequential;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.model.Model;
import dev.rewire.training.parameter.LayerShape;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.setting.InvalidConfigException;
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
                "--model: own does not fit samples of 1: conv2d layer: 1 is not accepted; accepted are images",
                message);
    }

    @Test
    void aResidualWhoseBranchesDifferIsRefused() {
        String message = refusal(config(new Residual(new Linear(3))).build());
        assertTrue(message.contains("residual layer: 3 is not what passes by, 1"), message);
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
