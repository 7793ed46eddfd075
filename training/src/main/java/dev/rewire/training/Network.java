package dev.rewire.training;

import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.training.backend.Engine;
import dev.rewire.training.layer.Activations;
import dev.rewire.training.layer.Binding;
import dev.rewire.training.layer.BoundLayer;
import dev.rewire.training.layer.Layer;
import dev.rewire.training.layer.Outline;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.parameter.NamedParameter;
import dev.rewire.training.parameter.Parameter;
import dev.rewire.training.parameter.ParameterPattern;
import dev.rewire.training.parameter.SparseParameter;
import dev.rewire.training.parameter.UpdateRule;
import dev.rewire.training.rewiring.NetworkRewiring;
import dev.rewire.training.rewiring.Rewiring;
import dev.rewire.training.setting.Device;
import dev.rewire.training.setting.InvalidConfigException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Layers on memory, for batches of one size, with all parameters. Activations stay in panels from the input to the output. For those who own their loop: write a batch
 * to the {@link #input}, go {@link #forward}, let a {@link dev.rewire.training.loss.Loss} of the {@link #result} differentiate, go {@link #backward}, then
 * {@link #update} or rewire. A {@link TrainingRun} does this by itself. For one thread at a time.
 */
public final class Network implements AutoCloseable {
    private final Binding.Setting setting;
    private final boolean ownsSetting;
    private final BoundLayer layers;
    private final Activations input;
    private final List<NamedParameter> parameters;
    private final List<NamedParameter> weights;
    private final List<Binding.Statistics> statistics;
    private final List<Binding.Leaf> leaves;

    /**
     * A network with its first weights on memory and threads that are given: closing it leaves them as they are.
     *
     * @param layers what it is made of
     * @param shape of a sample
     * @param setting memory, threads, patterns and so on
     */
    public Network(Layer layers, Shape shape, Binding.Setting setting) {
        this(layers, shape, setting, false);
    }

    private Network(Layer layers, Shape shape, Binding.Setting setting, boolean ownsSetting) {
        this.setting = setting;
        this.ownsSetting = ownsSetting;
        Binding binding = new Binding(setting);
        input = new Activations(shape, binding.panels(shape), null, false);
        this.layers = layers.bind(binding, input);
        binding.requireAllBound();
        parameters = binding.parameters();
        weights = parameters.stream()
                .filter(p -> p.parameter() instanceof SparseParameter)
                .toList();
        statistics = binding.statistics();
        // A layer that is no part of another is not among them.
        leaves = binding.leaves().isEmpty() ? List.of(new Binding.Leaf(layers.kind(), this.layers)) : binding.leaves();
    }

    /**
     * A network with its first weights, on memory and threads of its own.
     *
     * @param config its model, batch, seed and threads, the slots of its optimiser, and which of its weights there are
     * @param sample what it reads
     * @param outputs classes, or numbers, that each prediction is of
     * @return the network
     * @throws InvalidConfigException if the settings do not fit each other, or the device is not the CPU
     */
    public static Network create(TrainingConfig config, Shape sample, int outputs) {
        if (config.device() != Device.CPU) {
            throw new InvalidConfigException("--device", config.device(), "cpu");
        }
        Outline outline = config.outline(sample, outputs);
        Shape input = config.model().input(sample);
        KernelArena arena = KernelArena.open();
        Workers workers = Workers.of(config.threads());
        try {
            Binding.Setting setting = new Binding.Setting(
                    arena,
                    workers,
                    new Engine.Kernels(),
                    config.batch(),
                    config.optimizer().slots(),
                    outline.halo(),
                    config.seed(),
                    true,
                    new Patterns(config, outline.weights()).first(false));
            return new Network(config.model().layers(input, outputs), input, setting, true);
        } catch (RuntimeException | Error e) {
            workers.close();
            arena.close();
            throw e;
        }
    }

    /**
     * Computes the output of the samples in the input.
     *
     * @param step number of the step, from 0, of which random numbers are a function
     * @param training whether the network learns from them
     */
    public void forward(long step, boolean training) {
        layers.forward(step, training);
    }

    /**
     * Computes the gradients from that of the output; after {@link #forward} with training.
     *
     * @param ofParameters whether those of the parameters are wanted, too
     */
    public void backward(boolean ofParameters) {
        layers.backward(ofParameters);
    }

    /**
     * Lets all parameters follow their gradients.
     *
     * @param rule how, as an {@link dev.rewire.training.optimizer.Optimizer} of as many slots as the network was made for
     * @param update number of the update, from 1
     * @param rate learning rate
     */
    public void update(UpdateRule rule, long update, double rate) {
        update(rule, update, rate, false);
    }

    /** The same where a rewiring comes next. */
    void update(UpdateRule rule, long update, double rate, boolean rewires) {
        for (int p = parameters.size() - 1; p >= 0; p--) {
            parameters.get(p).parameter().update(rule, update, rate, rewires, setting.workers());
        }
    }

    /**
     * Prepares to rewire the weights.
     *
     * @param rewiring rules and schedule
     * @param seed of random choices
     * @return what is asked and applied after each backward pass
     */
    public NetworkRewiring rewiring(Rewiring rewiring, long seed) {
        return new NetworkRewiring(setting.arena(), parameters, rewiring, seed);
    }

    /** {@return where a batch is written: a row for each sample, or for each token of one, as {@link Shape} says} */
    public PanelMatrix input() {
        return input.values();
    }

    /** {@return what a sample is} */
    public Shape inputShape() {
        return input.shape();
    }

    /** {@return the output with its shape and gradient: what a loss is of} */
    public Activations result() {
        return layers.output();
    }

    /** {@return the output of the batch: logits, or numbers} */
    public PanelMatrix output() {
        return layers.output().values();
    }

    /** {@return where the gradient of the output is written before a backward pass} */
    public PanelMatrix outputGradient() {
        return Objects.requireNonNull(layers.output().gradient());
    }

    /** {@return all parameters in the order of the forward pass} */
    public List<NamedParameter> parameters() {
        return parameters;
    }

    /** {@return those that may be sparse, in the same order} */
    public List<NamedParameter> weights() {
        return weights;
    }

    /** {@return memory, threads and what else it was made with} */
    public Binding.Setting setting() {
        return setting;
    }

    static SparseParameter sparse(NamedParameter weights) {
        return (SparseParameter) weights.parameter();
    }

    /** What layers keep from step to step beside parameters. */
    List<Binding.Statistics> statistics() {
        return statistics;
    }

    /** {@return the layers without parts, in the order of the forward pass} */
    public List<Binding.Leaf> leaves() {
        return leaves;
    }

    /** The input as layers have it. */
    Activations inputActivations() {
        return input;
    }

    /** Which weights there are. */
    List<ParameterPattern> patterns() {
        return weights.stream().map(w -> sparse(w).pattern()).toList();
    }

    /** The weights of each layer that the products see, without padding. */
    long[] nonzeros() {
        return weights.stream().mapToLong(w -> sparse(w).nonzeros()).toArray();
    }

    /** The memory of all parameters, and what their products have in common. */
    long bytes() {
        return parameters.stream().mapToLong(p -> p.parameter().bytes()).sum()
                + setting.workers().heldBytes();
    }

    /** The number, from 1, of the layer without parts that a parameter belongs to; of one that has parts, that of the first of these. */
    int layerOf(String parameter) {
        for (String owner = parent(parameter); owner != null; owner = parent(owner)) {
            for (int l = 0; l < leaves.size(); l++) {
                String leaf = leaves.get(l).name();
                if (leaf.equals(owner) || leaf.startsWith(owner + ".")) {
                    return l + 1;
                }
            }
        }
        return 1;
    }

    private static @Nullable String parent(String name) {
        int dot = name.lastIndexOf('.');
        return dot < 0 ? null : name.substring(0, dot);
    }

    /** The values of a parameter. */
    static MemorySegment values(Parameter parameter) {
        return parameter.state().get(0);
    }

    /** Frees the memory and ends the threads of a network that was made with ones of its own. */
    @Override
    public void close() {
        if (ownsSetting) {
            setting.workers().close();
            setting.arena().close();
        }
    }
}
