package dev.rewire.training.cli.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rewire.training.StepListener;
import dev.rewire.training.TrainingConfig;
import dev.rewire.training.TrainingRun;
import dev.rewire.training.cli.NaiveBackend;
import dev.rewire.training.cli.TinyData;
import dev.rewire.training.data.DataSplit;
import dev.rewire.training.data.source.ImageSource;
import dev.rewire.training.rewiring.Method;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DenseEnginesTest {
    @TempDir
    private Path folder;

    @Test
    void aDenseNetworkOnALibraryIsResumedOnIt() throws IOException {
        DataSplit images = ImageSource.of(TinyData.writeTo(folder).toString())
                .load(TinyData.CLASSES, line -> {})
                .split();
        TrainingConfig config = TinyData.config(Method.DENSE).build();
        DenseEngines engines = DenseEngines.find();
        DenseEngine naive = new DenseEngine(NaiveBackend.NAME, "", Map.of(), Map.of());
        Path file = folder.resolve("dense.rewire");
        try (TrainingRun run = engines.start(naive, config, images)) {
            run.trainEpoch(StepListener.NONE);
            run.save(file);
        }
        assertEquals(NaiveBackend.NAME, engines.saved(file).engine());
        try (TrainingRun run = engines.resume(engines.saved(file), file, images, 1)) {
            assertEquals(NaiveBackend.NAME, run.summary().engine());
            assertEquals(1, run.epochs());
        }
    }
}
