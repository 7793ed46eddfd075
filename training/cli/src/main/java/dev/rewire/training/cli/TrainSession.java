package dev.rewire.training.cli;

import dev.rewire.training.DivergedException;
import dev.rewire.training.EpochResult;
import dev.rewire.training.RunSummary;
import dev.rewire.training.StepListener;
import dev.rewire.training.TrainingRun;
import dev.rewire.training.cli.metrics.Metrics;
import dev.rewire.training.cli.option.ValueConverters;
import dev.rewire.training.cli.peer.DensePeer;
import dev.rewire.training.cli.peer.StoppedException;
import dev.rewire.training.cli.report.Divergence;
import dev.rewire.training.cli.report.EpochLine;
import dev.rewire.training.cli.report.Progress;
import dev.rewire.training.rewiring.Method;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Trains to the end, showing and saving how it goes. With a dense network beside it, epochs take turns, so that the noise of the machine hits both. */
final class TrainSession {
    private final TrainingRun run;
    private final @Nullable DensePeer dense;
    private final @Nullable OutFolder out;
    private final Progress progress;
    private final Consumer<String> people;
    private final BooleanSupplier interrupted;
    private final List<EpochResult> denseBefore;
    private String current = "";
    private @Nullable Divergence divergence;
    private Metrics metrics = Metrics.none();

    /**
     * Prepares to train.
     *
     * @param run the run
     * @param dense the dense network beside it, or null
     * @param denseBefore without one, the epochs of the one that was beside it before
     * @param out where to save, or null
     * @param progress shows how far an epoch is
     * @param people are told of each epoch
     * @param interrupted says after each step whether to stop
     */
    TrainSession(
            TrainingRun run,
            @Nullable DensePeer dense,
            List<EpochResult> denseBefore,
            @Nullable OutFolder out,
            Progress progress,
            Consumer<String> people,
            BooleanSupplier interrupted) {
        this.run = run;
        this.dense = dense;
        this.denseBefore = denseBefore;
        this.out = out;
        this.progress = progress;
        this.people = people;
        this.interrupted = interrupted;
    }

    /** How training ended. */
    enum End {
        /** All epochs are done. */
        DONE,
        /** It was interrupted, and saved where it stood. */
        INTERRUPTED,
        /** A network diverged; what was saved before is as it was. */
        DIVERGED
    }

    /** Trains all epochs that are left. */
    End train() throws IOException {
        try (Metrics opened = openMetrics()) {
            metrics = opened;
            return trainTelling();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private Metrics openMetrics() throws IOException {
        long denseSteps = Math.min((long) denseBefore.size() * run.stepsOfEpoch(), run.totalSteps());
        return out == null ? Metrics.none() : out.openMetrics(run, dense == null ? null : dense.run(), denseSteps);
    }

    private End trainTelling() throws IOException {
        try {
            // A process that was killed may have saved more than it wrote down.
            if (out != null && run.steps() > 0) {
                out.writeEpochs(lines());
            }
            trainAll();
            return End.DONE;
        } catch (StoppedException e) {
            return saveStopped();
        } catch (DivergedException e) {
            return diverged(e);
        }
    }

    private End saveStopped() throws IOException {
        try {
            if (out != null) {
                save(out);
            }
            return End.INTERRUPTED;
        } catch (DivergedException e) {
            return diverged(e);
        }
    }

    private End diverged(DivergedException e) {
        divergence = Divergence.of(current, e);
        return End.DIVERGED;
    }

    private void trainAll() throws IOException {
        for (int epoch = 1; epoch <= run.totalEpochs(); epoch++) {
            boolean trained = trainTo(epoch, run);
            if (dense != null) {
                trained |= trainTo(epoch, dense.run());
            }
            if (out != null && trained) {
                save(out);
            }
        }
    }

    private boolean trainTo(int epoch, TrainingRun network) {
        if (network.epochs() >= epoch) {
            return false;
        }
        if (interrupted.getAsBoolean()) {
            throw new StoppedException();
        }
        current = ValueConverters.name(network.config().method());
        int epochs = network.totalEpochs();
        EpochResult result;
        try {
            String title = "epoch " + epoch + "/" + epochs + " " + current;
            StepListener shown = progress.start(title, network.steps(), network.stepsOfEpoch());
            StepListener told = metrics.listener(network);
            result = network.trainEpoch((steps, loss) -> {
                shown.stepTaken(steps, loss);
                told.stepTaken(steps, loss);
                // Not after the last step of an epoch: what follows it is part of it.
                if (interrupted.getAsBoolean() && steps % network.stepsOfEpoch() != 0 && !network.isComplete()) {
                    throw new StoppedException();
                }
            });
        } finally {
            progress.stop();
        }
        metrics.endEpoch(network, result);
        people.accept(EpochLine.of(current, result, network).text(epochs));
        return true;
    }

    private void save(OutFolder folder) throws IOException {
        Path checkpoint = folder.checkpoint();
        metrics.force();
        if (dense != null) {
            current = ValueConverters.name(Method.DENSE);
            dense.run().save(OutFolder.denseBeside(checkpoint));
        }
        current = ValueConverters.name(run.config().method());
        run.save(checkpoint);
        folder.writeEpochs(lines());
    }

    /** All epochs of both networks, in the order in which they were trained. */
    private List<EpochLine> lines() {
        List<EpochLine> lines = new ArrayList<>(EpochLine.of(run.config().method(), run.results(), run));
        List<EpochResult> ofDense = dense == null ? denseBefore : dense.run().results();
        lines.addAll(EpochLine.of(Method.DENSE, ofDense, run));
        lines.sort(Comparator.comparingInt(line -> line.result().epoch()));
        return lines;
    }

    /** What {@link End#DIVERGED} came of, or null. */
    @Nullable
    Divergence divergence() {
        return divergence;
    }

    /** Where the run stands. */
    RunSummary summary() {
        return run.summary();
    }

    /** Where the dense network stands, or null. */
    @Nullable
    RunSummary denseSummary() {
        return dense == null ? null : dense.run().summary();
    }
}
