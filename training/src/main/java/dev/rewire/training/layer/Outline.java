package dev.rewire.training.layer;

import dev.rewire.training.parameter.LayerShape;
import dev.rewire.training.parameter.WeightSpec;
import dev.rewire.training.setting.InvalidConfigException;
import java.util.ArrayList;
import java.util.List;

/** The weights of a network before there are any: which of them may be sparse, their shapes and names. */
public final class Outline {
    private final Shared shared;
    private final String prefix;

    /** What all parts declare in one place. */
    private static final class Shared {
        final List<WeightSpec> weights = new ArrayList<>();
        double operations;
        int halo;
    }

    private Outline(Shared shared, String prefix) {
        this.shared = shared;
        this.prefix = prefix;
    }

    /** An outline without weights. */
    public Outline() {
        this(new Shared(), "");
    }

    /**
     * Declares weights between inputs and outputs.
     *
     * @param name within the layer, as {@code weight}
     * @param shape their shape; one that is marked dense stays so whatever the network's sparsity
     * @param uses how often a sample multiplies by each: positions of a convolution's output, tokens of a sequence
     * @throws InvalidConfigException if there are weights of this name
     */
    public void weights(String name, LayerShape shape, long uses) {
        add(new WeightSpec(prefix + name, shape, uses));
    }

    /**
     * Declares weights of a convolution, whose blocks have to lie inside a tap.
     *
     * @param name within the layer, as {@code weight}
     * @param shape their shape
     * @param uses how often a sample multiplies by each
     * @throws InvalidConfigException if there are weights of this name
     */
    public void taps(String name, LayerShape shape, long uses) {
        add(new WeightSpec(prefix + name, shape, uses, shape.in()));
    }

    private void add(WeightSpec spec) {
        if (shared.weights.stream().anyMatch(other -> other.name().equals(spec.name()))) {
            throw new InvalidConfigException(
                    "name of weights", spec.name(), "is that of others, too", "names that no other weights have");
        }
        shared.weights.add(spec);
    }

    /**
     * Declares products that weights take no part in, as those of attention: a dense network has them as well.
     *
     * @param ofSample multiplications and additions of a sample's forward pass, at least 0; the backward pass has twice as many
     */
    public void operations(double ofSample) {
        shared.operations += ofSample;
    }

    /**
     * Asks for a margin of zeros around images.
     *
     * @param width how wide it is at least
     */
    public void halo(int width) {
        shared.halo = Math.max(shared.halo, width);
    }

    /**
     * The outline of a part.
     *
     * @param name of the part
     * @return where it declares what it has
     */
    public Outline inside(String name) {
        return new Outline(shared, prefix + name + ".");
    }

    /**
     * What was declared.
     *
     * @return the weights in the order in which layers declared them
     */
    public List<WeightSpec> weights() {
        return List.copyOf(shared.weights);
    }

    /**
     * What was declared without weights.
     *
     * @return multiplications and additions of a sample's forward pass
     */
    public double operations() {
        return shared.operations;
    }

    /**
     * The margin of images.
     *
     * @return the widest that was asked for
     */
    public int halo() {
        return shared.halo;
    }
}
