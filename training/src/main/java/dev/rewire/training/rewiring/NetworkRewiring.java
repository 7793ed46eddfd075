package dev.rewire.training.rewiring;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.KernelArena;
import dev.rewire.training.parameter.NamedParameter;
import dev.rewire.training.parameter.SparseParameter;
import dev.rewire.training.rewiring.topology.DeadLinks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rewiring of all weights of a network. */
public final class NetworkRewiring {
    private final Rewiring rewiring;
    private final List<ParameterRewiring> weights = new ArrayList<>();

    /**
     * Prepares to rewire.
     *
     * @param arena where scratch comes from
     * @param parameters those of a network; what is never sparse among them is left alone
     * @param rewiring how
     * @param seed of random choices
     */
    public NetworkRewiring(KernelArena arena, List<NamedParameter> parameters, Rewiring rewiring, long seed) {
        this.rewiring = rewiring;
        for (NamedParameter named : parameters) {
            if (named.parameter() instanceof SparseParameter sparse && named.scores() != null) {
                weights.add(ParameterRewiring.of(arena, weights.size(), sparse, named.scores(), rewiring, seed));
            }
        }
    }

    /**
     * Whether the network is rewired at a step.
     *
     * @param step number of the step, from 0
     * @return whether {@link #apply} is due after the step's backward pass
     */
    public boolean isDue(long step) {
        return rewiring.schedule().rewiresAt(step);
    }

    /**
     * Whether a step updates the weights: not if the rewiring takes the place of that.
     *
     * @param step number of the step, from 0
     * @return whether the gradients of the weights are wanted
     */
    public boolean updatesAt(long step) {
        return !(rewiring.replacesUpdate() && isDue(step));
    }

    /**
     * Whether the gradients of a step are added to those of others.
     *
     * @param step number of the step, from 0
     * @return whether {@link #observe} is due after the step's backward pass
     */
    public boolean observes(long step) {
        return rewiring.observes(step);
    }

    /** Takes in the gradients that the step's passes left in the layers. */
    public void observe() {
        weights.forEach(ParameterRewiring::observe);
    }

    /**
     * Rewires the network; after the step's update, if it has one. Growing by gradient reads what the step's passes left in the layers.
     *
     * @param step number of the step, from 0
     */
    public void apply(long step) {
        if (rewiring.drop().dropsDeadLinks() || rewiring.grow().redistributes()) {
            applyTogether(step);
            return;
        }
        for (int w = weights.size() - 1; w >= 0; w--) {
            weights.get(w).apply(step);
        }
    }

    /** What is dropped in a layer, or how much grows, depends on the others. */
    private void applyTogether(long step) {
        List<BlockRewiring> layers = new ArrayList<>();
        for (ParameterRewiring of : weights) {
            if (of instanceof BlockRewiring blocks) {
                layers.add(blocks);
            }
        }
        List<int[]> dropped = new ArrayList<>();
        layers.forEach(layer -> dropped.add(layer.drop(step)));
        if (rewiring.drop().dropsDeadLinks()) {
            addDeadLinks(layers, dropped);
        }
        int[] growing = rewiring.grow().redistributes()
                ? Redistribution.of(layers, dropped)
                : dropped.stream().mapToInt(of -> of.length).toArray();
        for (int l = layers.size() - 1; l >= 0; l--) {
            layers.get(l).grow(step, dropped.get(l), growing[l]);
        }
    }

    /** What is stored wholly keeps all links. */
    private static void addDeadLinks(List<BlockRewiring> layers, List<int[]> dropped) {
        if (dropped.stream().allMatch(of -> of.length == 0)) {
            return; // nothing is exchanged at this step
        }
        @Nullable BlockPattern[] patterns = new BlockPattern[layers.size()];
        BitSet[] gone = new BitSet[layers.size()];
        for (int l = 0; l < patterns.length; l++) {
            BitSet of = new BitSet();
            Arrays.stream(dropped.get(l)).forEach(of::set);
            gone[l] = of;
            patterns[l] = layers.get(l).isFull()
                    ? null
                    : layers.get(l).weights().values().pattern();
        }
        DeadLinks.addTo(patterns, gone);
        for (int l = 0; l < patterns.length; l++) {
            dropped.set(l, gone[l].stream().toArray());
        }
    }

    /** {@return how each weights are rewired, in the order of the forward pass} */
    public List<ParameterRewiring> parameters() {
        return weights;
    }

    /** {@return how the network is rewired} */
    public Rewiring rewiring() {
        return rewiring;
    }
}
