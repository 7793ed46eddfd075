package dev.rewire.training.cli;

import dev.rewire.training.CheckpointException;
import dev.rewire.training.TrainingConfig;
import dev.rewire.training.TrainingRun;
import dev.rewire.training.data.ImageData;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The dense network that a sparse one is compared with.
 *
 * @param run its run
 * @param engine who computes it
 */
record DensePeer(TrainingRun run, DenseEngine engine) implements AutoCloseable {
    /** Starts it on the fastest engine. */
    static DensePeer start(TrainingConfig sparse, ImageData data) {
        TrainingConfig config = sparse.asDense();
        DenseEngines engines = DenseEngines.find();
        DenseEngine engine = engines.fastest(config, data);
        return new DensePeer(engines.start(engine, config, data), engine);
    }

    /**
     * Goes on with one that was saved.
     *
     * @param sparse settings of the run beside it
     * @param checkpoint where it was saved
     * @param data the images that it was started with
     * @throws CheckpointException if there is none that can be used
     * @throws BadInputException if it belongs to another run
     */
    static DensePeer resume(TrainingConfig sparse, Path checkpoint, ImageData data) throws IOException {
        DenseEngines engines = DenseEngines.find();
        DenseEngine engine = engines.saved(checkpoint);
        TrainingConfig saved = TrainingRun.configOf(checkpoint);
        if (!saved.toBuilder().threads(sparse.threads()).build().equals(sparse.asDense())) {
            throw new BadInputException(
                    "--resume",
                    checkpoint,
                    "belongs to a run of other settings",
                    "the two checkpoints that one run saved, or --no-compare-dense");
        }
        return new DensePeer(engines.resume(engine, checkpoint, data, sparse.threads()), engine);
    }

    @Override
    public void close() {
        run.close();
    }
}
