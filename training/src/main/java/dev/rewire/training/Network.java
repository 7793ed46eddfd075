package dev.rewire.training;

import dev.rewire.kernels.PanelMatrix;
import dev.rewire.training.layer.Activations;
import dev.rewire.training.layer.Binding;
import dev.rewire.training.layer.BoundLayer;
import dev.rewire.training.layer.Layer;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.parameter.NamedParameter;
import dev.rewire.training.parameter.Parameter;
import dev.rewire.training.parameter.SparseParameter;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;

/** Layers on memory of their own, for batches of one size, with all parameters. Activations stay in panels from the input to the output. */
final class Network {
    private final BoundLayer layers;
    private final Activations input;
    private final List<NamedParameter> parameters;
    private final List<NamedParameter> weights;
    private final List<MemorySegment> statistics;
    private final List<Binding.Leaf> leaves;

    /**
     * A network with its first weights.
     *
     * @param layers what it is made of
     * @param shape of a sample
     * @param setting memory, threads, patterns and so on
     */
    Network(Layer layers, Shape shape, Binding.Setting setting) {
        Binding binding = new Binding(setting);
        input = new Activations(shape, binding.panels(shape), null, false);
        this.layers = layers.bind(binding, input);
        parameters = binding.parameters();
        weights = parameters.stream()
                .filter(p -> p.parameter() instanceof SparseParameter)
                .toList();
        statistics = binding.statistics();
        leaves = binding.leaves();
    }

    /**
     * Computes the output of the samples in the input.
     *
     * @param step number of the step, from 0
     * @param training whether the network learns from them
     */
    void forward(long step, boolean training) {
        layers.forward(step, training);
    }

    /**
     * Computes the gradients from that of the output.
     *
     * @param ofParameters whether those of the parameters are wanted, too
     */
    void backward(boolean ofParameters) {
        layers.backward(ofParameters);
    }

    PanelMatrix input() {
        return input.values();
    }

    Shape inputShape() {
        return input.shape();
    }

    PanelMatrix output() {
        return layers.output().values();
    }

    PanelMatrix outputGradient() {
        return Objects.requireNonNull(layers.output().gradient());
    }

    /** All parameters in the order of the forward pass. */
    List<NamedParameter> parameters() {
        return parameters;
    }

    /** Those that may be sparse, in the same order. */
    List<NamedParameter> weights() {
        return weights;
    }

    static SparseParameter sparse(NamedParameter weights) {
        return (SparseParameter) weights.parameter();
    }

    /** What layers keep from step to step beside parameters. */
    List<MemorySegment> statistics() {
        return statistics;
    }

    /** The layers without parts, in the order of the forward pass. */
    List<Binding.Leaf> leaves() {
        return leaves;
    }

    /** The weights of each layer that the products see, without padding. */
    long[] nonzeros() {
        return weights.stream().mapToLong(w -> sparse(w).nonzeros()).toArray();
    }

    /** The number, from 1, of the layer that a parameter belongs to. */
    int layerOf(String parameter) {
        for (int l = 0; l < leaves.size(); l++) {
            if (parameter.startsWith(leaves.get(l).name() + ".")) {
                return l + 1;
            }
        }
        return 0;
    }

    /** The values of a parameter. */
    static MemorySegment values(Parameter parameter) {
        return parameter.state().get(0);
    }
}
