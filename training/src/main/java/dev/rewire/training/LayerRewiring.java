package dev.rewire.training;

import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Workers;
import java.util.BitSet;

/** The rewiring of one layer, and the record of the places it has tried. */
abstract sealed class LayerRewiring permits BlockRewiring, NmRewiring, MaskRefresh {
    private final Linear layer;
    private final BitSet explored = new BitSet();

    /**
     * Prepares to rewire a layer.
     *
     * @param layer the layer
     */
    LayerRewiring(Linear layer) {
        this.layer = layer;
    }

    /**
     * Prepares to rewire a layer.
     *
     * @param arena where scratch comes from
     * @param number the layer's, from 0
     * @param layer the layer
     * @param rewiring how
     * @param seed of random choices
     * @param workers who computes
     */
    static LayerRewiring of(
            KernelArena arena, int number, Linear layer, Rewiring rewiring, long seed, Workers workers) {
        return switch (layer.weights()) {
            case BlockWeights weights -> new BlockRewiring(arena, number, layer, weights, rewiring, seed, workers);
            case NmWeights weights -> new NmRewiring(arena, number, layer, weights, rewiring, seed, workers);
            case MaskedWeights weights -> new MaskRefresh(layer, weights);
        };
    }

    /**
     * Exchanges what the schedule foresees for a step. Growing by gradient reads the layer's input and the gradient of its output as the step's
     * passes left them.
     *
     * @param step number of the step, from 0
     */
    abstract void apply(long step);

    Linear layer() {
        return layer;
    }

    /** Number of places, stored or not. */
    int cells() {
        return layer.pattern().cells();
    }

    /** All places that ever had weights, as {@link LayerPattern} numbers them; the record itself. */
    BitSet explored() {
        return explored;
    }

    /** How many weights lie at places that ever had weights, without padding. */
    long exploredWeights() {
        return layer.pattern().weightsAt(explored());
    }
}
