package dev.rewire.training.cli.metrics;

import dev.rewire.training.EpochResult;
import dev.rewire.training.StepListener;
import dev.rewire.training.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is told of the networks that train side by side. Without a file nothing is. */
public final class Metrics implements AutoCloseable {
    private final @Nullable MetricsFile file;
    private final IdentityHashMap<TrainingRun, RunMetrics> networks = new IdentityHashMap<>();

    private Metrics(@Nullable MetricsFile file) {
        this.file = file;
    }

    /** Nobody is told. */
    public static Metrics none() {
        return new Metrics(null);
    }

    /**
     * Goes on with a file, or begins it.
     *
     * @param file where to
     * @param runs the networks; what a line says of steps that one of them has still to take is cut
     * @param others steps up to which the lines of other networks stay
     * @throws IOException if the file is none of this kind, or cannot be written
     */
    public static Metrics open(Path file, List<TrainingRun> runs, long others) throws IOException {
        if (runs.stream().allMatch(run -> run.steps() == 0)) {
            Files.deleteIfExists(file);
        }
        Map<String, Long> steps = new HashMap<>();
        runs.forEach(run -> steps.put(RunMetrics.name(run), run.steps()));
        Metrics metrics = new Metrics(MetricsFile.open(
                file, line -> line.path("step").asLong() <= steps.getOrDefault(MetricsFile.network(line), others)));
        runs.forEach(metrics::add);
        return metrics;
    }

    private void add(TrainingRun run) {
        if (file != null) {
            networks.put(run, new RunMetrics(run, file));
        }
    }

    /** Who is to be told of the steps of a network. */
    public StepListener listener(TrainingRun run) {
        return networks.containsKey(run) ? networks.get(run) : StepListener.NONE;
    }

    /** Tells of an epoch of a network that has just ended. */
    public void endEpoch(TrainingRun run, EpochResult result) {
        if (networks.containsKey(run)) {
            networks.get(run).endEpoch(result);
        }
    }

    /** Waits until everything is on the disk. */
    public void force() throws IOException {
        if (file != null) {
            file.force();
        }
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
