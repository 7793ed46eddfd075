package dev.rewire.training;

import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Workers;
import dev.rewire.training.backend.Engine;
import dev.rewire.training.checkpoint.CheckpointException;
import dev.rewire.training.data.SampleShape;
import dev.rewire.training.data.Samples;
import dev.rewire.training.data.TargetShape;
import dev.rewire.training.layer.Binding;
import dev.rewire.training.layer.Outline;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.loop.Batches;
import dev.rewire.training.parameter.NamedParameter;
import dev.rewire.training.parameter.ParameterPattern;
import dev.rewire.training.parameter.WeightSpec;
import dev.rewire.training.setting.InvalidConfigException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network as a checkpoint holds it, without the samples that it has learned from: to predict others, and to look at its parameters. On Rewire's own kernels, on the CPU. It
 * owns off-heap memory and threads, so close it. For one thread at a time.
 */
public final class TrainedNetwork implements AutoCloseable {
    private final TrainingConfig config;
    private final SampleShape sample;
    private final TargetShape target;
    private final long steps;
    private final String dataHash;
    private final List<WeightSpec> weights;
    private final Network network;
    private final Evaluator evaluator;

    private TrainedNetwork(
            SavedRun saved, TrainingConfig config, List<WeightSpec> weights, Network network, Batches batches)
            throws CheckpointException {
        this.config = config;
        this.weights = weights;
        this.network = network;
        sample = saved.sample();
        target = saved.target();
        steps = saved.steps();
        dataHash = saved.dataHash();
        evaluator = new Evaluator(network, batches, sample, target, config.batch());
    }

    /**
     * Reads a network.
     *
     * @param checkpoint of a run whose model is a preset
     * @param threads who computes, at least 1
     * @return the network
     * @throws CheckpointException if the file is no whole checkpoint, its model is no preset one, or it is of a version that did not keep the shape of samples
     * @throws IOException if reading fails
     */
    public static TrainedNetwork open(Path checkpoint, int threads) throws IOException {
        KernelArena arena = KernelArena.open();
        Workers workers = Workers.of(threads);
        boolean opened = false;
        try (SavedRun saved = SavedRun.open(checkpoint)) {
            TrainedNetwork network = open(checkpoint, saved, arena, workers);
            opened = true;
            return network;
        } finally {
            if (!opened) {
                workers.close();
                arena.close();
            }
        }
    }

    private static TrainedNetwork open(Path file, SavedRun saved, KernelArena arena, Workers workers)
            throws IOException {
        TrainingConfig config = saved.config();
        SampleShape sample = saved.sample();
        TargetShape target = saved.target();
        Outline outline;
        try {
            outline = config.outline(Batches.shape(sample), Batches.outputs(target));
        } catch (InvalidConfigException e) {
            throw new CheckpointException(file, "its settings do not fit its samples: " + e.getMessage(), e);
        }
        int slots = config.optimizer().slots();
        List<ParameterPattern> patterns = saved.patterns(new Patterns(config, outline.weights()).forms(), slots);
        Binding.Setting setting = new Binding.Setting(
                arena,
                workers,
                new Engine.Kernels(),
                config.batch(),
                slots,
                outline.halo(),
                config.seed(),
                false,
                patterns);
        Shape input = config.model().input(Batches.shape(sample));
        Network network = new Network(config.model().layers(input, Batches.outputs(target)), input, setting);
        Batches batches = new Batches(sample, target, network.inputActivations(), network.result(), setting);
        // What rules keep from step to step lies between the weights.
        saved.restore(
                network,
                network.rewiring(config.rewiringOf(Math.max(1, saved.steps())), config.seed())
                        .parameters());
        return new TrainedNetwork(saved, config, outline.weights(), network, batches);
    }

    /**
     * Predicts samples and compares that with their targets.
     *
     * @param of samples of the shape and targets that the network has learned from
     * @return how well they are predicted
     * @throws IllegalArgumentException if they are of other shape or targets
     * @throws DivergedException if the loss is no finite number
     */
    public Evaluation evaluate(Samples of) {
        return evaluator.evaluate(of, steps);
    }

    /**
     * Predicts samples.
     *
     * @param of samples of the shape that the network has learned from; their targets are not looked at
     * @return what the network makes of them
     * @throws IllegalArgumentException if they are of another shape
     * @throws DivergedException if an output is no finite number
     */
    public Predictions predict(Samples of) {
        return evaluator.predict(of, steps);
    }

    /** {@return the settings of the run} */
    public TrainingConfig config() {
        return config;
    }

    /** {@return what a sample is} */
    public SampleShape sample() {
        return sample;
    }

    /** {@return what it has learned of one} */
    public TargetShape target() {
        return target;
    }

    /** {@return steps that the run had taken} */
    public long steps() {
        return steps;
    }

    /** {@return SHA-256 of the training samples, in hexadecimal, as {@link TrainingRun#dataHash}} */
    public String dataHash() {
        return dataHash;
    }

    /** {@return all parameters, in the order of the forward pass} */
    public List<NamedParameter> parameters() {
        return network.parameters();
    }

    /** {@return the shapes and names of those that are weights, in the same order} */
    public List<WeightSpec> weights() {
        return weights;
    }

    /**
     * What layers keep beside parameters: of batch normalisation {@code LAYER.running_mean} and {@code LAYER.running_var}.
     *
     * @return floats by name
     */
    public Map<String, MemorySegment> statistics() {
        Map<String, MemorySegment> named = new LinkedHashMap<>();
        for (Binding.Statistics statistics : network.statistics()) {
            String mean = statistics.layer() + ".running_mean";
            named.put(named.containsKey(mean) ? statistics.layer() + ".running_var" : mean, statistics.floats());
        }
        return named;
    }

    /** Frees the memory and ends the threads. */
    @Override
    public void close() {
        network.setting().workers().close();
        network.setting().arena().close();
    }
}
