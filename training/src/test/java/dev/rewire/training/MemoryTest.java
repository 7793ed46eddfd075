package dev.rewire.training;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rewire.kernels.Provider;
import dev.rewire.training.layer.Shape;
import org.junit.jupiter.api.Test;

class MemoryTest {
    @Test
    void singleWeightsAt90PercentTakeNoMoreThan15PercentOfTheDenseNets() {
        assumeTrue(Provider.active().name().equals("vector"), "the reference has indices of its own");
        TrainingConfig config = TrainingConfig.builder().build(); // RigL, 90 %, SGD with momentum
        long weights = 784 * 1024 + 1024 * 1024 + 1024 * 10;
        long biases = 1024 + 1024 + 10;
        try (Network network = Network.create(config, new Shape.Image(28, 28, 1), 10)) {
            long dense = (weights + biases) * 3 * Float.BYTES;
            assertTrue(network.bytes() <= 0.15 * dense, network.bytes() + " of " + dense + " bytes");
        }
    }
}
