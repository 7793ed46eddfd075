package dev.rewire.training.layer;

import dev.rewire.training.parameter.LayerShape;
import dev.rewire.training.parameter.WeightSpec;
import java.util.ArrayList;
import java.util.List;

/** The weights of a network before there are any: which of them may be sparse, their shapes and names. */
public final class Outline {
    private final List<WeightSpec> weights;
    private final int[] halo;
    private final String prefix;

    private Outline(List<WeightSpec> weights, int[] halo, String prefix) {
        this.weights = weights;
        this.halo = halo;
        this.prefix = prefix;
    }

    /** An outline without weights. */
    public Outline() {
        this(new ArrayList<>(), new int[1], "");
    }

    /**
     * Declares weights between inputs and outputs.
     *
     * @param name within the layer, as {@code weight}
     * @param shape their shape; one that is marked dense stays so whatever the network's sparsity
     * @param uses how often a sample multiplies by each: positions of a convolution's output, tokens of a sequence
     */
    public void weights(String name, LayerShape shape, long uses) {
        weights.add(new WeightSpec(prefix + name, shape, uses));
    }

    /**
     * Declares weights of a convolution, whose blocks have to lie inside a tap.
     *
     * @param name within the layer, as {@code weight}
     * @param shape their shape
     * @param uses how often a sample multiplies by each
     */
    public void taps(String name, LayerShape shape, long uses) {
        weights.add(new WeightSpec(prefix + name, shape, uses, shape.in()));
    }

    /**
     * Asks for a margin of zeros around images.
     *
     * @param width how wide it is at least
     */
    public void halo(int width) {
        halo[0] = Math.max(halo[0], width);
    }

    /**
     * The outline of a part.
     *
     * @param name of the part
     * @return where it declares what it has
     */
    public Outline inside(String name) {
        return new Outline(weights, halo, prefix + name + ".");
    }

    /**
     * What was declared.
     *
     * @return the weights in the order in which layers declared them
     */
    public List<WeightSpec> weights() {
        return List.copyOf(weights);
    }

    /**
     * The margin of images.
     *
     * @return the widest that was asked for
     */
    public int halo() {
        return halo[0];
    }
}
