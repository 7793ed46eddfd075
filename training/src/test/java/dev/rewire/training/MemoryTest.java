package dev.rewire.training;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rewire.kernels.Provider;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.model.Presets;
import dev.rewire.training.optimizer.Optimizer;
import dev.rewire.training.parameter.SparseParameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What parameters take at 90 % with all that is held to find them, beside values, gradients and slots of the dense network. */
class MemoryTest {
    private static final int CHARACTERS = 65;

    @ParameterizedTest
    @CsvSource({
        "784-1024-1024-10, 1, 1, 0.145",
        "resnet20, 1, 1, 0.150",
        "resnet20, 4, 1, 0.135",
        "resnet20, 4, 4, 0.120",
        "wrn16-2, 8, 8, 0.110",
    })
    void aNetworkOfImagesTakesNoMoreThanItsShare(String model, int blockRows, int blockCols, double most) {
        assumeTrue(Provider.active().name().equals("vector"), "the reference has indices of its own");
        TrainingConfig config = at90Percent(model, blockRows, blockCols).build();
        assertShare(most, config, new Shape.Image(28, 28, 1), 10);
    }

    @ParameterizedTest
    @CsvSource({
        "4, 4, 128, 64, 12, 16, 16, 0.140",
        "4, 4, 128, 64, 12, 1, 1, 0.166", // a quarter of it in dense weights: embeddings and head
        "6, 6, 384, 256, 4, 1, 1, 0.150",
    })
    void aTransformerTakesNoMoreThanItsShare(
            int layers, int heads, int width, int context, int batch, int blockRows, int blockCols, double most) {
        assumeTrue(Provider.active().name().equals("vector"), "the reference has indices of its own");
        String model = "gpt-" + layers + "x" + heads + "x" + width + "x" + context;
        TrainingConfig config = at90Percent(model, blockRows, blockCols)
                .batch(batch)
                .optimizer(new Optimizer.Adam(0.9, 0.999, 1e-8, 0.01, true))
                .build();
        assertShare(most, config, new Shape.Tokens(context, 1), CHARACTERS);
    }

    private static TrainingConfigBuilder at90Percent(String model, int blockRows, int blockCols) {
        return TrainingConfig.builder()
                .model(Presets.parse(model))
                .block(blockRows, blockCols)
                .sparsity(0.9)
                .batch(64) // parameters take the same memory with any that fills a panel
                .threads(1);
    }

    private static void assertShare(double most, TrainingConfig config, Shape sample, int outputs) {
        long floats = config.outline(sample, outputs).weights().stream()
                .mapToLong(weight -> weight.shape().weights())
                .sum();
        try (Network network = Network.create(config, sample, outputs)) {
            floats += network.parameters().stream()
                    .filter(p -> !(p.parameter() instanceof SparseParameter))
                    .mapToLong(p -> Network.values(p.parameter()).byteSize() / Float.BYTES)
                    .sum();
            long dense = floats * Float.BYTES * (2 + config.optimizer().slots());
            double share = (double) network.bytes() / dense;
            assertTrue(share <= most, network.bytes() + " of " + dense + " bytes: " + share);
        }
    }
}
