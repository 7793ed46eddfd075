package dev.rewire.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.training.checkpoint.CheckpointException;
import dev.rewire.training.data.DataSplit;
import dev.rewire.training.layer.Layer;
import dev.rewire.training.layer.Linear;
import dev.rewire.training.layer.Relu;
import dev.rewire.training.layer.Sequential;
import dev.rewire.training.layer.image.BatchNorm2d;
import dev.rewire.training.layer.image.Flatten;
import dev.rewire.training.model.Model;
import dev.rewire.training.optimizer.Optimizer;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.setting.NmSparsity;
import dev.rewire.training.setting.SrSte;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A run whose numbers leave the range of floats says so, and is not saved any more. */
class DivergenceTest {
    private static final DataSplit IMAGES = SyntheticImages.of(60, 20);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"DENSE", "STATIC", "SET", "RIGL"})
    void aRateFarTooHighEndsTheRun(Method method) {
        assertDiverges(SyntheticImages.config(method).learningRate(1e30).build());
    }

    @ParameterizedTest
    @CsvSource({"STATIC, false", "SET, false", "RIGL, false", "SR_STE, false", "SR_STE, true"})
    void soItDoesWithNm(Method method, boolean transposable) {
        assertDiverges(SyntheticImages.config(method)
                .nm(new NmSparsity(2, 4))
                .srSte(new SrSte(2e-4, transposable, 1))
                .learningRate(1e30)
                .build());
    }

    @ParameterizedTest
    @CsvSource({"DENSE, false", "RIGL, true"})
    void aDecayFarTooHighEndsTheRunWithAdam(Method method, boolean decoupled) {
        assertDiverges(SyntheticImages.config(method)
                .optimizer(new Optimizer.Adam(0.9, 0.999, 1e-8, 1e30, decoupled))
                .build());
    }

    private void assertDiverges(TrainingConfig config) {
        try (TrainingRun run = TrainingRun.create(config, IMAGES)) {
            DivergedException e = assertThrows(DivergedException.class, () -> finish(run));
            // Before the update of the step, or after it where that has led to it.
            assertTrue(e.step() == run.steps() + 1 || e.step() == run.steps(), e.getMessage());
            assertTrue(e.layer() >= 1 && e.layer() <= 3, e.getMessage());
            assertTrue(e.getMessage().startsWith("diverged at step " + e.step() + ": "), e.getMessage());
            assertEquals(List.of(), run.results());
        }
    }

    private static void finish(TrainingRun run) {
        while (!run.isComplete()) {
            run.trainEpoch(StepListener.NONE);
        }
    }

    @Test
    void whatWasSavedBeforeIsKept() throws IOException {
        Path file = folder.resolve("run.ckpt");
        TrainingConfig config =
                SyntheticImages.config(Method.RIGL).learningRate(1e30).build();
        try (TrainingRun run = TrainingRun.create(config, IMAGES)) {
            run.save(file);
            byte[] saved = Files.readAllBytes(file);
            DivergedException e = assertThrows(DivergedException.class, () -> finish(run));
            assertEquals(e, assertThrows(DivergedException.class, run::step), "it goes on");
            assertThrows(DivergedException.class, () -> run.save(file));
            assertArrayEquals(saved, Files.readAllBytes(file));
        }
    }

    @Test
    void theFirstLayerWithABadWeightIsNamed() {
        try (TrainingRun run =
                TrainingRun.create(SyntheticImages.config(Method.DENSE).build(), IMAGES)) {
            weights(run, 1).setAtIndex(ValueLayout.JAVA_FLOAT, 0, Float.NaN);
            DivergedException e = assertThrows(DivergedException.class, run::step);
            assertEquals(2, e.layer());
            assertEquals(
                    "diverged at step 1: weights or momenta of layer 2, linear2.weight, are infinite or no numbers",
                    e.getMessage());
        }
    }

    @Test
    void theFirstLayerWhoseOutputsOverflowIsNamed() {
        try (TrainingRun run =
                TrainingRun.create(SyntheticImages.config(Method.DENSE).build(), IMAGES)) {
            weights(run, 1).asSlice(0, 1024 * Float.BYTES).fill((byte) 0x7e);
            DivergedException e = assertThrows(DivergedException.class, run::step);
            assertEquals(2, e.layer());
            assertTrue(e.getMessage().endsWith(", after outputs of layer 2, linear2, too large"), e.getMessage());
        }
    }

    @Test
    void weightsThatTheLastUpdateSpoiltHaveNoAccuracy() throws IOException {
        // An epoch of one step, whose loss is that of good weights.
        TrainingConfig config = SyntheticImages.config(Method.STATIC)
                .model(List.of(SyntheticImages.FEATURES, SyntheticImages.CLASSES))
                .batch(60)
                .epochs(1)
                .learningRate(1e30)
                .optimizer(new Optimizer.Sgd(0, false, 1e30))
                .build();
        Path file = folder.resolve("run.ckpt");
        try (TrainingRun run = TrainingRun.create(config, IMAGES)) {
            DivergedException e = assertThrows(DivergedException.class, () -> run.trainEpoch(StepListener.NONE));
            assertEquals(1, e.step());
            assertEquals(List.of(), run.results());
            assertThrows(DivergedException.class, () -> run.save(file));
            assertTrue(Files.notExists(file));
        }
    }

    @Test
    void testImagesWhoseLogitsOverflowHaveNoAccuracy() {
        try (TrainingRun run =
                TrainingRun.create(SyntheticImages.config(Method.DENSE).build(), IMAGES)) {
            weights(run, 2).setAtIndex(ValueLayout.JAVA_FLOAT, 0, 1 / 0f);
            assertThrows(DivergedException.class, run::test);
        }
    }

    @Test
    void predictionsOfBadWeightsNameTheLayer() {
        try (TrainingRun run =
                TrainingRun.create(SyntheticImages.config(Method.DENSE).build(), IMAGES)) {
            weights(run, 1).setAtIndex(ValueLayout.JAVA_FLOAT, 0, Float.NaN);
            DivergedException e = assertThrows(DivergedException.class, () -> run.predict(IMAGES.test()));
            assertEquals(
                    "diverged at step 0: weights or momenta of layer 2, linear2.weight, are infinite or no numbers",
                    e.getMessage());
        }
    }

    @Test
    void predictionsThatOverflowAreToldAsOutputsAndNotAsALoss() {
        try (TrainingRun run =
                TrainingRun.create(SyntheticImages.config(Method.DENSE).build(), IMAGES)) {
            weights(run, 1).asSlice(0, 1024 * Float.BYTES).fill((byte) 0x7e);
            DivergedException e = assertThrows(DivergedException.class, () -> run.predict(IMAGES.test()));
            assertTrue(e.getMessage().startsWith("diverged at step 0: an output is "), e.getMessage());
            assertTrue(e.getMessage().endsWith(", after outputs of layer 2, linear2, too large"), e.getMessage());
        }
    }

    private static final String BAD_STATISTICS =
            "running statistics of layer 3, batchnorm2d1, are infinite or no numbers";

    private static TrainingRun withBadStatistics() {
        Layer layers = Sequential.of(
                new Flatten(), new Linear(8), new BatchNorm2d(), new Relu(), new Linear(SyntheticImages.CLASSES));
        TrainingRun run = TrainingRun.create(
                SyntheticImages.config(Method.DENSE)
                        .model(Model.of("normed", layers))
                        .build(),
                IMAGES);
        run.trainer().network().statistics().get(0).floats().setAtIndex(ValueLayout.JAVA_FLOAT, 3, Float.NaN);
        return run;
    }

    @Test
    void runningStatisticsThatAreNoNumbersHaveNoAccuracy() {
        try (TrainingRun run = withBadStatistics()) {
            DivergedException e = assertThrows(DivergedException.class, () -> run.trainEpoch(StepListener.NONE));
            assertEquals("diverged at step " + run.steps() + ": " + BAD_STATISTICS, e.getMessage());
            assertEquals(3, e.layer());
        }
    }

    @Test
    void runningStatisticsThatAreNoNumbersAreNotSaved() {
        Path file = folder.resolve("run.ckpt");
        try (TrainingRun run = withBadStatistics()) {
            assertThrows(DivergedException.class, () -> run.save(file));
            assertTrue(Files.notExists(file));
        }
    }

    @Test
    void aCheckpointWithRunningStatisticsThatAreNoNumbersIsRefused() throws IOException {
        Path file = folder.resolve("run.ckpt");
        try (TrainingRun run = withBadStatistics()) {
            SavedRun.save(file, run.config(), "rewire", IMAGES, run.dataHash(), run.trainer(), new Tally());
            CheckpointException e =
                    assertThrows(CheckpointException.class, () -> TrainingRun.resume(file, IMAGES, run.config()));
            assertTrue(e.getMessage().contains(BAD_STATISTICS), e.getMessage());
        }
    }

    @Test
    void aCheckpointWithWeightsThatAreNoNumbersIsRefused() throws IOException {
        Path file = folder.resolve("run.ckpt");
        TrainingConfig config = SyntheticImages.config(Method.RIGL).build();
        try (TrainingRun run = TrainingRun.create(config, IMAGES)) {
            weights(run, 1).setAtIndex(ValueLayout.JAVA_FLOAT, 0, Float.POSITIVE_INFINITY);
            SavedRun.save(file, config, "rewire", IMAGES, run.dataHash(), run.trainer(), new Tally());
            CheckpointException e = assertThrows(CheckpointException.class, () -> TrainingRun.resume(file, IMAGES, 1));
            assertTrue(
                    e.getMessage()
                            .contains("weights or momenta of layer 2, linear2.weight, are infinite or no numbers"),
                    e.getMessage());
        }
    }

    private static MemorySegment weights(TrainingRun run, int layer) {
        return Network.values(run.trainer().network().weights().get(layer).parameter());
    }
}
