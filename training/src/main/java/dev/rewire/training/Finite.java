package dev.rewire.training;

import dev.rewire.training.layer.Binding;
import dev.rewire.training.parameter.NamedParameter;
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
        List<Binding.Leaf> layers = network.leaves();
        int layer = 1;
        while (layer < layers.size()
                && isFinite(layers.get(layer - 1).layer().output().values().segment())) {
            layer++;
        }
        // Finite logits may lie further apart than the largest float.
        throw new DivergedException(
                step, layer, "the loss is " + lossSum + ", after outputs of " + name(network, layer) + " too large");
    }

    /**
     * Refuses parameters and slots of the optimiser that are none.
     *
     * @param step number of the step that updated them, or found them so
     * @throws DivergedException if one is no finite number
     */
    static void requireState(Network network, long step) {
        for (NamedParameter parameter : network.parameters()) {
            for (MemorySegment floats : parameter.parameter().state()) {
                if (!isFinite(floats)) {
                    int layer = network.layerOf(parameter.name());
                    throw new DivergedException(
                            step,
                            layer,
                            "weights or momenta of layer " + layer + ", " + parameter.name()
                                    + ", are infinite or no numbers");
                }
            }
        }
    }

    private static String name(Network network, int layer) {
        return "layer " + layer + ", " + network.leaves().get(layer - 1).name() + ",";
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
