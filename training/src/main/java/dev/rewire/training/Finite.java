package dev.rewire.training;

import dev.rewire.training.layer.Binding;
import dev.rewire.training.parameter.NamedParameter;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
        require("the loss", lossSum, network, step);
    }

    /**
     * Refuses a number of the output that is none.
     *
     * @param step number of the step after which it was computed
     * @throws DivergedException if it is no finite number
     */
    static void requireOutput(float output, Network network, long step) {
        require("an output", output, network, step);
    }

    private static void require(String what, double number, Network network, long step) {
        if (Double.isFinite(number)) {
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
                step, layer, what + " is " + number + ", after outputs of " + name(network, layer) + " too large");
    }

    /**
     * Refuses parameters, slots of the optimiser and running statistics that are none.
     *
     * @param step number of the step that updated them, or found them so
     * @throws DivergedException if one is no finite number
     */
    static void requireState(Network network, long step) {
        Fault fault = fault(network);
        if (fault != null) {
            throw new DivergedException(step, fault.layer(), fault.text());
        }
    }

    /**
     * What is wrong with the state of a network.
     *
     * @param layer the first layer, from 1, that has such numbers
     * @param text what they are
     */
    record Fault(int layer, String text) {}

    /** The first that has numbers that are none; null if all are finite. */
    static @Nullable Fault fault(Network network) {
        for (NamedParameter parameter : network.parameters()) {
            for (MemorySegment floats : parameter.parameter().state()) {
                if (!isFinite(floats)) {
                    return fault("weights or momenta", network.layerOf(parameter.name()), parameter.name());
                }
            }
        }
        for (Binding.Statistics statistics : network.statistics()) {
            if (!isFinite(statistics.floats())) {
                int layer = network.layerOf(statistics.layer() + ".");
                return fault(
                        "running statistics",
                        layer,
                        network.leaves().get(layer - 1).name());
            }
        }
        return null;
    }

    private static Fault fault(String numbers, int layer, String name) {
        return new Fault(layer, numbers + " of layer " + layer + ", " + name + ", are infinite or no numbers");
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
