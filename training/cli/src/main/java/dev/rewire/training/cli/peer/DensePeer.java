package dev.rewire.training.cli.peer;

import dev.rewire.training.EpochResult;
import dev.rewire.training.TrainingConfig;
import dev.rewire.training.TrainingRun;
import dev.rewire.training.checkpoint.CheckpointException;
import dev.rewire.training.cli.option.BadInputException;
import dev.rewire.training.data.DataSplit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The dense network that a sparse one is compared with.
 *
 * @param run its run
 * @param engine who computes it
 */
public record DensePeer(TrainingRun run, DenseEngine engine) implements AutoCloseable {
    /**
     * Starts it on the fastest engine.
     *
     * @throws StoppedException if it was interrupted while that was looked for
     */
    public static DensePeer start(TrainingConfig sparse, DataSplit data, BooleanSupplier interrupted) {
        DenseEngines engines = DenseEngines.find();
        DenseEngine engine = engines.fastest(sparse, data, interrupted);
        return new DensePeer(engines.start(engine, sparse.asDense(), data), engine);
    }

    /** The epochs of the one that was beside a run before; none if there was none, or it is not to be used. */
    public static List<EpochResult> resultsBeside(TrainingConfig sparse, Path checkpoint) throws IOException {
        try {
            return belongs(sparse, checkpoint) ? TrainingRun.resultsOf(checkpoint) : List.of();
        } catch (CheckpointException e) {
            return List.of();
        }
    }

    private static boolean belongs(TrainingConfig sparse, Path checkpoint) throws IOException {
        TrainingConfig saved = TrainingRun.configOf(checkpoint);
        // What may be other than when the run was started.
        return saved.toBuilder().threads(sparse.threads()).build().equals(sparse.asDense());
    }

    /**
     * Goes on with one that was saved.
     *
     * @param sparseRun the run beside it
     * @param checkpoint where it was saved
     * @param data the samples that it was started with
     * @param interrupted whether to stop
     * @throws StoppedException if it was interrupted while both became warm
     * @throws CheckpointException if there is none that can be used
     * @throws BadInputException if it belongs to another run
     */
    public static DensePeer resume(TrainingRun sparseRun, Path checkpoint, DataSplit data, BooleanSupplier interrupted)
            throws IOException {
        TrainingConfig sparse = sparseRun.config();
        DenseEngines engines = DenseEngines.find();
        DenseEngine engine = engines.saved(checkpoint);
        if (!belongs(sparse, checkpoint)) {
            throw new BadInputException(
                    "--resume",
                    checkpoint,
                    "belongs to a run of other settings",
                    "the two checkpoints that one run saved, or --no-compare-dense");
        }
        TrainingRun run = engines.resume(engine, checkpoint, data, sparse.threads());
        boolean warm = false;
        try {
            if (!sparseRun.isComplete()) {
                engines.warmUp(engine, sparse, data, interrupted);
            }
            warm = true;
            return new DensePeer(run, engine);
        } finally {
            if (!warm) {
                run.close();
            }
        }
    }

    @Override
    public void close() {
        run.close();
    }
}
