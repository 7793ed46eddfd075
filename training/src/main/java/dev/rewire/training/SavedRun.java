package dev.rewire.training;

import dev.rewire.training.checkpoint.Checkpoint;
import dev.rewire.training.checkpoint.CheckpointException;
import dev.rewire.training.checkpoint.LayerForm;
import dev.rewire.training.checkpoint.SavedState;
import dev.rewire.training.data.DataSplit;
import dev.rewire.training.data.SampleShape;
import dev.rewire.training.data.TargetShape;
import dev.rewire.training.layer.Binding;
import dev.rewire.training.parameter.BlockParameter;
import dev.rewire.training.parameter.NamedParameter;
import dev.rewire.training.parameter.ParameterPattern;
import dev.rewire.training.parameter.SparseParameter;
import dev.rewire.training.rewiring.ParameterRewiring;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Function;

/**
 * A run as a {@link Checkpoint} holds it: among the text are the configuration, the counters, and what each epoch came to, so that a table of epochs can be
 * made of it whenever the process ended.
 */
final class SavedRun implements AutoCloseable {
    private static final String SAMPLE = "sample";
    private static final String TARGET = "target";

    private final Path file;
    private final Checkpoint checkpoint;

    private SavedRun(Path file, Checkpoint checkpoint) {
        this.file = file;
        this.checkpoint = checkpoint;
    }

    static void save(
            Path file,
            TrainingConfig config,
            String engine,
            DataSplit data,
            String dataHash,
            Trainer trainer,
            Tally tally)
            throws IOException {
        Map<String, String> text = new LinkedHashMap<>(ConfigText.format(config));
        text.put(SAMPLE, data.shape().text());
        text.put(TARGET, data.target().text());
        Trainer.Progress progress = trainer.progress();
        text.put("engine", engine);
        text.put("data", dataHash);
        text.put("steps", Long.toString(progress.steps));
        text.put("updates", Long.toString(progress.updates));
        text.put("rewirings", Long.toString(progress.rewirings));
        tally.write(text);
        Checkpoint.save(file, text, trainer.network().patterns(), states(trainer.network(), trainer.rewirings()));
    }

    private static List<SavedState> states(Network network, List<ParameterRewiring> rewirings) {
        List<SavedState> states = new ArrayList<>();
        int sparse = 0;
        for (NamedParameter parameter : network.parameters()) {
            states.add(new SavedState.Floats(parameter.parameter().state()));
            if (parameter.parameter() instanceof SparseParameter) {
                ParameterRewiring rewiring = rewirings.get(sparse++);
                states.add(new SavedState.Places(rewiring.explored(), rewiring.cells()));
                states.add(new SavedState.Floats(rewiring.state()));
            }
        }
        states.add(new SavedState.Floats(
                network.statistics().stream().map(Binding.Statistics::floats).toList()));
        return states;
    }

    /**
     * Opens a checkpoint; patterns and state are to be read next, in this order.
     *
     * @throws CheckpointException if it cannot be used
     */
    static SavedRun open(Path file) throws IOException {
        return new SavedRun(file, Checkpoint.open(file));
    }

    private static CheckpointException misunderstood(Path file, RuntimeException e) {
        return new CheckpointException(file, "its header is not understood: " + e.getMessage(), e);
    }

    /** The configuration, whose model and rules have to be Rewire's. */
    TrainingConfig config() throws CheckpointException {
        try {
            return ConfigText.parse(checkpoint.text());
        } catch (IllegalArgumentException | NoSuchElementException e) {
            throw misunderstood(file, e);
        }
    }

    /** Refuses a configuration that is not that of the run, but for the threads. */
    void requireSame(TrainingConfig given) throws CheckpointException {
        Map<String, String> expected = ConfigText.format(given);
        expected.remove("threads");
        for (Map.Entry<String, String> setting : expected.entrySet()) {
            requireEqual(setting.getKey(), setting.getValue());
        }
        for (String key : checkpoint.text().keySet()) {
            if (key.startsWith(ConfigText.SET) && !expected.containsKey(key)) {
                requireEqual(key, "none");
            }
        }
    }

    /** Who computed the products. */
    String engine() throws CheckpointException {
        return value("engine");
    }

    /** Which samples the run learned from. */
    String dataHash() throws CheckpointException {
        return value("data");
    }

    private String value(String key) throws CheckpointException {
        try {
            return ConfigText.value(checkpoint.text(), key);
        } catch (NoSuchElementException e) {
            throw misunderstood(file, e);
        }
    }

    /** Refuses to go on with another engine or other samples than before. */
    void requireSame(String engine, String dataHash) throws CheckpointException {
        requireEqual("engine", engine);
        requireEqual("data", dataHash);
    }

    private void requireEqual(String key, String value) throws CheckpointException {
        String saved = checkpoint.text().get(key);
        if (!value.equals(saved)) {
            throw new CheckpointException(
                    file, "its run had " + key + " " + saved + ", not " + value + "; accepted is the same as before");
        }
    }

    /** The patterns of the weights, which have to be of these forms. */
    List<ParameterPattern> patterns(List<LayerForm> forms, int slots) throws IOException {
        return checkpoint.patterns(forms, slots);
    }

    /** Moves the weights of a network to the patterns that were saved. */
    void move(Network network, List<ParameterPattern> patterns) throws CheckpointException {
        for (int w = 0; w < patterns.size(); w++) {
            if (network.weights().get(w).parameter() instanceof BlockParameter weights
                    && patterns.get(w) instanceof ParameterPattern.Blocks blocks
                    && !blocks.pattern().equals(weights.values().pattern())) {
                try {
                    weights.rewire(blocks.pattern());
                } catch (IllegalArgumentException e) {
                    throw new CheckpointException(file, "a pattern is malformed: " + e.getMessage(), e);
                }
            }
        }
    }

    /** What the epochs of the run came to. */
    List<EpochResult> results() throws CheckpointException {
        Tally tally = new Tally();
        restore(tally);
        return tally.results();
    }

    private void restore(Tally tally) throws CheckpointException {
        try {
            tally.read(checkpoint.text());
        } catch (IllegalArgumentException | NoSuchElementException e) {
            throw misunderstood(file, e);
        }
    }

    /** Sets a trainer, made with the patterns for a run of so many steps, and a tally to what was saved. */
    void restore(Trainer trainer, Tally tally, long totalSteps) throws IOException {
        Trainer.Progress progress = trainer.progress();
        try {
            progress.steps = Long.parseLong(ConfigText.value(checkpoint.text(), "steps"));
            progress.updates = Long.parseLong(ConfigText.value(checkpoint.text(), "updates"));
            progress.rewirings = Long.parseLong(ConfigText.value(checkpoint.text(), "rewirings"));
        } catch (IllegalArgumentException | NoSuchElementException e) {
            throw misunderstood(file, e);
        }
        if (progress.steps < 0 || progress.steps > totalSteps) {
            throw new CheckpointException(
                    file, "steps: " + progress.steps + " is out of range; accepted are 0 to " + totalSteps);
        }
        restore(tally);
        checkpoint.restore(states(trainer.network(), trainer.rewirings()));
        requireFinite(trainer.network());
    }

    /** Sets a network, made with the patterns, and its rewirings to what was saved. */
    void restore(Network network, List<ParameterRewiring> rewirings) throws IOException {
        checkpoint.restore(states(network, rewirings));
        requireFinite(network);
    }

    /** How many steps the run had taken. */
    long steps() throws CheckpointException {
        try {
            return Long.parseLong(ConfigText.value(checkpoint.text(), "steps"));
        } catch (IllegalArgumentException | NoSuchElementException e) {
            throw misunderstood(file, e);
        }
    }

    /** What a sample is. */
    SampleShape sample() throws CheckpointException {
        return shape(SAMPLE, SampleShape::parse);
    }

    /** What is learned of one. */
    TargetShape target() throws CheckpointException {
        return shape(TARGET, TargetShape::parse);
    }

    private <T> T shape(String key, Function<String, T> parse) throws CheckpointException {
        String value = checkpoint.text().get(key);
        if (value == null) {
            throw new CheckpointException(
                    file,
                    "it does not say what a " + key
                            + " is, as those of earlier versions; accepted are checkpoints that this one saved, such as after --resume");
        }
        try {
            return parse.apply(value);
        } catch (IllegalArgumentException e) {
            throw misunderstood(file, e);
        }
    }

    private void requireFinite(Network network) throws CheckpointException {
        Finite.Fault fault = Finite.fault(network);
        if (fault != null) {
            throw new CheckpointException(file, fault.text() + "; accepted are finite numbers");
        }
    }

    @Override
    public void close() throws IOException {
        checkpoint.close();
    }
}
