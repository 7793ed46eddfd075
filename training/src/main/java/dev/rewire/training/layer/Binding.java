package dev.rewire.training.layer;

import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.training.backend.Engine;
import dev.rewire.training.parameter.DenseParameter;
import dev.rewire.training.parameter.GradientScores;
import dev.rewire.training.parameter.NamedParameter;
import dev.rewire.training.parameter.ParameterPattern;
import dev.rewire.training.parameter.SparseParameter;
import dev.rewire.training.random.CounterRandom;
import dev.rewire.training.random.CounterRandom.Purpose;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What layers are bound to: memory, threads, the patterns of their weights; and what it has of them when all are bound. */
public final class Binding {
    private final Shared shared;
    private final String prefix;

    /**
     * What is the same for all layers of a network.
     *
     * @param arena where memory comes from
     * @param workers who computes
     * @param engine who computes products
     * @param batch samples
     * @param slots of the optimiser
     * @param halo margin of images
     * @param seed of random choices
     * @param fresh whether first weights are drawn, and not read from a checkpoint next
     * @param patterns of the weights, in the order in which the network's {@link Outline} has them
     * @param times is told how long layers take, or null
     */
    public record Setting(
            KernelArena arena,
            Workers workers,
            Engine engine,
            int batch,
            int slots,
            int halo,
            long seed,
            boolean fresh,
            List<ParameterPattern> patterns,
            @Nullable LayerTimes times) {
        /**
         * Without times.
         *
         * @param arena where memory comes from
         * @param workers who computes
         * @param engine who computes products
         * @param batch samples
         * @param slots of the optimiser
         * @param halo margin of images
         * @param seed of random choices
         * @param fresh whether first weights are drawn, and not read from a checkpoint next
         * @param patterns of the weights, in the order in which the network's {@link Outline} has them
         */
        public Setting(
                KernelArena arena,
                Workers workers,
                Engine engine,
                int batch,
                int slots,
                int halo,
                long seed,
                boolean fresh,
                List<ParameterPattern> patterns) {
            this(arena, workers, engine, batch, slots, halo, seed, fresh, patterns, null);
        }
    }

    /**
     * A layer without parts.
     *
     * @param name in the network
     * @param layer what runs
     */
    public record Leaf(String name, BoundLayer layer) {}

    /**
     * What a layer keeps from step to step beside its parameters.
     *
     * @param layer its name in the network
     * @param floats the memory
     */
    public record Statistics(String layer, MemorySegment floats) {}

    private static final class Shared {
        final Setting setting;
        final List<NamedParameter> parameters = new ArrayList<>();
        final List<Statistics> statistics = new ArrayList<>();
        final List<Leaf> leaves = new ArrayList<>();
        int patternsTaken;
        int weights;
        int denseParameters;
        int seeds;

        Shared(Setting setting) {
            this.setting = setting;
        }
    }

    private Binding(Shared shared, String prefix) {
        this.shared = shared;
        this.prefix = prefix;
    }

    /**
     * Nothing bound yet.
     *
     * @param setting what is the same for all layers
     */
    public Binding(Setting setting) {
        this(new Shared(setting), "");
    }

    /**
     * Binds a part.
     *
     * @param name of the part
     * @param layer the part
     * @param input what it reads
     * @param rectified whether a ReLU is to be a part of it
     * @return the layer, or null if it was to have a ReLU and cannot
     */
    @Nullable
    BoundLayer bind(String name, Layer layer, Activations input, boolean rectified) {
        Binding inside = new Binding(shared, prefix + name + ".");
        int before = shared.leaves.size();
        BoundLayer bound = rectified ? layer.bindRectified(inside, input) : layer.bind(inside, input);
        if (bound != null && shared.leaves.size() == before) {
            LayerTimes times = shared.setting.times();
            BoundLayer leaf = times == null ? bound : new TimedLayer(bound, before, times);
            shared.leaves.add(new Leaf(prefix + name, leaf));
            return leaf;
        }
        return bound;
    }

    /**
     * What is the same for all layers.
     *
     * @return arena, workers, batch and so on
     */
    public Setting setting() {
        return shared.setting;
    }

    /**
     * Memory for a layer's output, and for its gradient.
     *
     * @param shape of a sample
     * @param rectified whether a ReLU is a part of what computes it
     * @return zeros
     */
    public Activations activations(Shape shape, boolean rectified) {
        return new Activations(shape, panels(shape), panels(shape), rectified);
    }

    /**
     * Memory for a batch.
     *
     * @param shape of a sample
     * @return zeros
     */
    public PanelMatrix panels(Shape shape) {
        Setting setting = shared.setting;
        return PanelMatrix.allocate(
                setting.arena(), Math.multiplyExact(setting.batch(), shape.rows()), shape.cols(setting.halo()));
    }

    /**
     * The pattern of the next weights that were declared.
     *
     * @return which there are
     * @throws IllegalStateException if a layer asks for more than were declared
     */
    public ParameterPattern pattern() {
        List<ParameterPattern> patterns = shared.setting.patterns();
        if (shared.patternsTaken == patterns.size()) {
            throw new IllegalStateException(
                    "a layer binds more weights than its outline declared; all layers together declared "
                            + patterns.size());
        }
        return patterns.get(shared.patternsTaken++);
    }

    /**
     * Draws and takes in weights that were made on a pattern.
     *
     * @param name within the layer
     * @param weights zeros, which are drawn
     * @param scores what growing by gradient asks
     * @param gain variance of a sum of inputs of variance 1: 2 where a ReLU follows
     */
    public void add(String name, SparseParameter weights, GradientScores scores, double gain) {
        if (shared.setting.fresh()) {
            weights.initialise(new CounterRandom(shared.setting.seed(), shared.weights, 0, Purpose.INIT), gain);
        }
        shared.weights++;
        shared.parameters.add(new NamedParameter(prefix + name, weights, scores));
    }

    /**
     * Makes a parameter that is never sparse.
     *
     * @param name within the layer
     * @param rows at least 1
     * @param cols at least 1
     * @return zeros
     */
    public DenseParameter dense(String name, int rows, int cols) {
        DenseParameter parameter = new DenseParameter(shared.setting.arena(), rows, cols, shared.setting.slots());
        add(name, parameter);
        return parameter;
    }

    /**
     * Takes in a parameter that is never sparse.
     *
     * @param name within the layer
     * @param parameter its values
     */
    public void add(String name, DenseParameter parameter) {
        shared.parameters.add(new NamedParameter(prefix + name, parameter, null));
        shared.denseParameters++;
    }

    /**
     * Random numbers to draw the last parameter that is never sparse from.
     *
     * @return a stream of its own
     */
    public CounterRandom randomOfDense() {
        int number = CounterRandom.MAX_LAYER - shared.denseParameters;
        return new CounterRandom(shared.setting.seed(), number, 0, Purpose.INIT);
    }

    /**
     * Draws a seed for a layer that makes random numbers as it runs.
     *
     * @return another one at each call
     */
    public long seed() {
        return new CounterRandom(shared.setting.seed(), shared.seeds++, 0, Purpose.DROPOUT).nextLong();
    }

    /**
     * Takes in what a layer keeps from step to step beside its parameters, as running means: it is saved with them.
     *
     * @param floats the memory
     */
    public void addStatistics(MemorySegment floats) {
        shared.statistics.add(new Statistics(prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1), floats));
    }

    /** Refuses layers that left weights unbound that were declared, for their neighbours then have the patterns of others. */
    public void requireAllBound() {
        if (shared.patternsTaken < shared.setting.patterns().size()) {
            throw new IllegalStateException("layers bind " + shared.patternsTaken + " of the "
                    + shared.setting.patterns().size()
                    + " weights that their outlines declared; accepted is all of them");
        }
    }

    /**
     * What layers have taken in.
     *
     * @return the parameters in the order in which they were bound
     */
    public List<NamedParameter> parameters() {
        return List.copyOf(shared.parameters);
    }

    /**
     * What layers keep beside parameters.
     *
     * @return each, in the order in which layers took it in
     */
    public List<Statistics> statistics() {
        return List.copyOf(shared.statistics);
    }

    /**
     * The layers without parts.
     *
     * @return in the order of the forward pass
     */
    public List<Leaf> leaves() {
        return List.copyOf(shared.leaves);
    }
}
