package dev.rewire.training.cli;

import dev.rewire.training.EpochResult;
import dev.rewire.training.RunSummary;
import dev.rewire.training.StepListener;
import dev.rewire.training.TrainingRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
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

    /**
     * Prepares to train.
     *
     * @param run the run
     * @param dense the dense network beside it, or null
     * @param out where to save, or null
     * @param progress shows how far an epoch is
     * @param people are told of each epoch
     * @param interrupted says after each step whether to stop
     */
    TrainSession(
            TrainingRun run,
            @Nullable DensePeer dense,
            @Nullable OutFolder out,
            Progress progress,
            Consumer<String> people,
            BooleanSupplier interrupted) {
        this.run = run;
        this.dense = dense;
        this.out = out;
        this.progress = progress;
        this.people = people;
        this.interrupted = interrupted;
    }

    /**
     * Trains all epochs that are left.
     *
     * @return whether it came to the end; otherwise it was interrupted, and saved where it stood
     */
    boolean train() throws IOException {
        List<EpochLine> lines = new ArrayList<>();
        try {
            trainAll(lines);
            return true;
        } catch (StoppedException e) {
            if (out != null) {
                save(out, lines);
            }
            return false;
        }
    }

    private void trainAll(List<EpochLine> lines) throws IOException {
        for (int epoch = 1; epoch <= run.config().epochs(); epoch++) {
            trainTo(epoch, run, lines);
            if (dense != null) {
                trainTo(epoch, dense.run(), lines);
            }
            if (out != null && !lines.isEmpty()) {
                save(out, lines);
            }
            lines.clear();
        }
    }

    private void trainTo(int epoch, TrainingRun network, List<EpochLine> lines) {
        if (network.epochs() >= epoch) {
            return;
        }
        if (interrupted.getAsBoolean()) {
            throw new StoppedException();
        }
        String method = ValueConverters.name(network.config().method());
        int epochs = network.config().epochs();
        long before = network.summary().rewirings();
        long first = network.steps();
        EpochResult result;
        try {
            String title = "epoch " + epoch + "/" + epochs + " " + method;
            StepListener shown = progress.start(title, first, network.stepsOfEpoch());
            result = network.trainEpoch((steps, loss) -> {
                shown.stepTaken(steps, loss);
                // Not after the last step of an epoch: what follows it is part of it.
                if (interrupted.getAsBoolean() && steps % network.stepsOfEpoch() != 0) {
                    throw new StoppedException();
                }
            });
        } finally {
            progress.stop();
        }
        double stepMillis = 1000 * result.seconds() / (network.steps() - first);
        EpochLine line =
                new EpochLine(method, result, stepMillis, network.summary().rewirings() - before);
        people.accept(line.text(epochs));
        lines.add(line);
    }

    private void save(OutFolder folder, List<EpochLine> lines) throws IOException {
        Path checkpoint = folder.checkpoint();
        if (dense != null) {
            dense.run().save(OutFolder.denseBeside(checkpoint));
        }
        run.save(checkpoint);
        for (EpochLine line : lines) {
            folder.addEpoch(line);
        }
    }

    /** Leaves an epoch between two steps. */
    private static final class StoppedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StoppedException() {
            super("interrupted", null, false, false);
        }
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
