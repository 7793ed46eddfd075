package dev.rewire.training;

import dev.rewire.training.layer.Linear;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Looks for infinities and NaNs in a network. */
final class Finite {
    private Finite() {}

    /**
     * Refuses a loss that is none; between the forward pass and the update, while the weights are those that led to it.
     *
     * @param step number of the step, from 1
     * @throws DivergedException if it is no finite number
     */
    static void requireLoss(double lossSum, Network network, long step) {
        if (Double.isFinite(lossSum)) {
            return;
        }
        requireState(network, step);
        List<Linear> layers = network.layers();
        int layer = 1;
        while (layer < layers.size()
                && isFinite(layers.get(layer - 1).buffers().y().segment())) {
            layer++;
        }
        // Finite logits may lie further apart than the largest float.
        throw new DivergedException(
                step, layer, "the loss is " + lossSum + ", after outputs of layer " + layer + " too large");
    }

    /**
     * Refuses weights, biases and slots of the optimiser that are none.
     *
     * @param step number of the step that updated them, or found them so
     * @throws DivergedException if one is no finite number
     */
    static void requireState(Network network, long step) {
        List<Linear> layers = network.layers();
        for (int l = 0; l < layers.size(); l++) {
            for (MemorySegment floats : layers.get(l).state()) {
                if (!isFinite(floats)) {
                    throw new DivergedException(
                            step, l + 1, "weights or momenta of layer " + (l + 1) + " are infinite or no numbers");
                }
            }
        }
    }

    private static boolean isFinite(MemorySegment floats) {
        // A sum of zeros: 0 · x is NaN where x is infinite or NaN.
        float sum = 0;
        long count = floats.byteSize() / Float.BYTES;
        for (long i = 0; i < count; i++) {
            sum += 0 * floats.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i);
        }
        return sum == 0;
    }
}
