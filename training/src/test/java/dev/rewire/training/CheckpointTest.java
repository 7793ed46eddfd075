package dev.rewire.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.training.checkpoint.CheckpointException;
import dev.rewire.training.data.Augmentation;
import dev.rewire.training.data.DataSplit;
import dev.rewire.training.data.SampleShape;
import dev.rewire.training.data.TokenSamples;
import dev.rewire.training.layer.Dropout;
import dev.rewire.training.layer.Layer;
import dev.rewire.training.layer.Linear;
import dev.rewire.training.layer.Relu;
import dev.rewire.training.layer.Residual;
import dev.rewire.training.layer.Sequential;
import dev.rewire.training.layer.image.BatchNorm2d;
import dev.rewire.training.layer.image.Conv2d;
import dev.rewire.training.layer.image.GlobalAvgPool2d;
import dev.rewire.training.model.Model;
import dev.rewire.training.model.Presets;
import dev.rewire.training.optimizer.Optimizer;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.rewiring.Rules;
import dev.rewire.training.setting.NmSparsity;
import dev.rewire.training.setting.SrSte;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
    private static final DataSplit IMAGES = SyntheticImages.of(400, 100);

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("run.ckpt");
    }

    @ParameterizedTest
    @CsvSource({
        // ΔT is 7 and an epoch has 20 steps: before the first step, inside ΔT, at a rewiring, at an epoch's end, inside
        // the second.
        "RIGL, 1, 0, 1",
        "RIGL, 1, 10, 1",
        "RIGL, 1, 14, 1",
        "RIGL, 4, 20, 1",
        "SET, 1, 27, 2",
        "STATIC, 3, 33, 1",
        "DENSE, 1, 12, 2",
        "SNFS, 1, 10, 2",
        "SNFS, 3, 14, 1",
        "SRIGL, 1, 20, 1",
        "GSE, 1, 14, 2",
        "GSE, 4, 20, 1",
        "CHTS, 1, 14, 1"
    })
    void aResumedRunHasTheSameBits(Method method, int block, int steps, int threads) throws IOException {
        TrainingConfig config =
                SyntheticImages.config(method).block(block, block).epochs(3).build();

        assertResumedIsTheSame(config, steps, threads);
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 13, 14, 15})
    void soHasOneThatAddsUpGradients(int steps) throws IOException {
        assertResumedIsTheSame(
                SyntheticImages.config(Method.RIGL)
                        .rules(Rules.rigl(5))
                        .epochs(3)
                        .build(),
                steps,
                2);
    }

    @Test
    void soHasOneOfMomentumWithAdam() throws IOException {
        Optimizer adam = new Optimizer.Adam(0.9, 0.99, 1e-8, 1e-2, true);
        assertResumedIsTheSame(
                SyntheticImages.config(Method.SNFS)
                        .optimizer(adam)
                        .learningRate(0.005)
                        .epochs(3)
                        .build(),
                12,
                2);
    }

    @Test
    void aCheckpointOfAPresetHoldsItsSettings() throws IOException {
        TrainingConfig config = SyntheticImages.config(Method.RIGL).block(4, 4).build();
        try (TrainingRun run = TrainingRun.create(config, IMAGES)) {
            run.save(file);
        }
        try (TrainingRun run = TrainingRun.resume(file, IMAGES, 2)) {
            assertEquals(config.toBuilder().threads(2).build(), run.config());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "STATIC, false, 12",
        "SET, false, 10",
        "RIGL, false, 14",
        "SR_STE, false, 10",
        // Masks are chosen every 3 steps: before, at and after a choice.
        "SR_STE, true, 0",
        "SR_STE, true, 11",
        "SR_STE, true, 12",
        "SR_STE, true, 20"
    })
    void soHasOneOfNm(Method method, boolean transposable, int steps) throws IOException {
        TrainingConfig config = SyntheticImages.config(method)
                .nm(new NmSparsity(2, 4))
                .srSte(new SrSte(1e-3, transposable, transposable ? 3 : 1))
                .epochs(2)
                .build();

        assertResumedIsTheSame(config, steps, 2);
    }

    @Test
    void soHasOneWithAdam() throws IOException {
        Optimizer adam = new Optimizer.Adam(0.9, 0.99, 1e-8, 1e-2, true);

        assertResumedIsTheSame(
                SyntheticImages.config(Method.RIGL).optimizer(adam).epochs(2).build(), 10, 1);
    }

    /** What becomes of an image is drawn anew in each epoch. */
    @ParameterizedTest
    @CsvSource({"10, 1", "20, 2", "27, 1"})
    void soHasOneOfAugmentedImages(int steps, int threads) throws IOException {
        TrainingConfig config = SyntheticImages.config(Method.RIGL)
                .augmentation(new Augmentation(1, true))
                .epochs(3)
                .build();

        assertResumedIsTheSame(config, steps, threads);
    }

    @Test
    void aRunGoesOnWithTheAugmentationItHad() throws IOException {
        TrainingConfig config = SyntheticImages.config(Method.RIGL)
                .augmentation(new Augmentation(1, true))
                .build();
        try (TrainingRun run = TrainingRun.create(config, IMAGES)) {
            run.save(file);
        }
        TrainingConfig other =
                config.toBuilder().augmentation(new Augmentation(2, true)).build();

        String message = assertThrows(CheckpointException.class, () -> TrainingRun.resume(file, IMAGES, other))
                .getMessage();

        assertTrue(message.contains("its run had augment crop:1,flip, not crop:2,flip"), message);
    }

    /** With what a layer keeps beside its parameters, and random numbers of its own. */
    @ParameterizedTest
    @CsvSource({"RIGL, 1, 10, 3", "RIGL, 4, 10, 2", "RIGL, 2, 14, 1", "SET, 4, 27, 2", "DENSE, 1, 12, 2"})
    void soHasAConvolutionalNet(Method method, int block, int steps, int threads) throws IOException {
        Layer body = Sequential.of(
                new Conv2d(8, 3, 1, 1).withoutBias(),
                new BatchNorm2d(),
                new Relu(),
                new Dropout(0.2),
                new Conv2d(8, 3, 1, 1).withoutBias(),
                new BatchNorm2d());
        Layer layers = Sequential.of(
                new Conv2d(8, 3, 1, 1).keptDense(),
                new Relu(),
                new Residual(body),
                new Relu(),
                new Conv2d(12, 3, 2, 1),
                new BatchNorm2d(),
                new Relu(),
                new GlobalAvgPool2d(),
                new Linear(SyntheticImages.CLASSES));

        assertResumedIsTheSame(
                SyntheticImages.config(method)
                        .model(Model.of("convolutions", layers))
                        .block(block, block)
                        .epochs(3)
                        .build(),
                IMAGES,
                steps,
                threads);
    }

    /** Whose batches are drawn one by one, and whose epochs are as long as the settings say. */
    @ParameterizedTest
    @CsvSource({"RIGL, 1, 10, 3", "RIGL, 8, 10, 2", "RIGL, 4, 14, 1", "SET, 8, 27, 2", "DENSE, 1, 12, 2"})
    void soHasATransformer(Method method, int block, int steps, int threads) throws IOException {
        SplittableRandom random = new SplittableRandom(2);
        int[] words = random.ints(600, 0, 11).toArray();
        SampleShape.Tokens windows = new SampleShape.Tokens(9, 11);
        DataSplit text = new DataSplit(
                TokenSamples.overlapping(words, windows), TokenSamples.consecutive(Arrays.copyOf(words, 60), windows));
        Optimizer adam = new Optimizer.Adam(0.9, 0.99, 1e-8, 1e-2, true);

        assertResumedIsTheSame(
                SyntheticImages.config(method)
                        .model(Presets.parse("gpt-2x2x16x9"))
                        .optimizer(adam)
                        .learningRate(0.003)
                        .clip(1)
                        .block(block, block)
                        .batch(5)
                        .steps(50)
                        .evalEvery(20)
                        .build(),
                text,
                steps,
                threads);
    }

    private void assertResumedIsTheSame(TrainingConfig config, int steps, int threads) throws IOException {
        assertResumedIsTheSame(config, IMAGES, steps, threads);
    }

    private void assertResumedIsTheSame(TrainingConfig config, DataSplit data, int steps, int threads)
            throws IOException {
        RunSummary expected;
        EpochResult expectedEpoch;
        try (TrainingRun run = TrainingRun.create(config, data)) {
            step(run, steps);
            run.save(file);
            expectedEpoch = run.trainEpoch(StepListener.NONE);
            expected = finish(run);
        }
        TrainingConfig onThreads = config.toBuilder().threads(threads).build();
        try (TrainingRun run = TrainingRun.resume(file, data, onThreads)) {
            assertEquals(steps, run.steps());
            EpochResult epoch = run.trainEpoch(StepListener.NONE);
            RunSummary actual = finish(run);

            assertEquals(expectedEpoch.loss(), epoch.loss());
            assertEquals(expectedEpoch.trainAccuracy(), epoch.trainAccuracy());
            assertEquals(expected.topologyHash(), actual.topologyHash());
            assertEquals(expected.weightsHash(), actual.weightsHash());
            assertEquals(expected.testLoss(), actual.testLoss());
            assertEquals(expected.testAccuracy(), actual.testAccuracy());
            assertEquals(expected.bestTestAccuracy(), actual.bestTestAccuracy());
            assertEquals(expected.explorationRate(), actual.explorationRate());
            assertEquals(expected.rewirings(), actual.rewirings());
            assertEquals(expected.trainFlops(), actual.trainFlops());
        }
    }

    private static void step(TrainingRun run, int steps) {
        for (int i = 0; i < steps; i++) {
            if (i % run.stepsOfEpoch() == 0 && steps - i >= run.stepsOfEpoch()) {
                run.trainEpoch(StepListener.NONE);
                i += run.stepsOfEpoch() - 1;
            } else {
                run.step();
            }
        }
    }

    private static RunSummary finish(TrainingRun run) {
        while (!run.isComplete()) {
            run.trainEpoch(StepListener.NONE);
        }
        return run.summary();
    }

    @Test
    void savingAgainReplacesTheFileAndLeavesNothingBeside() throws IOException {
        try (TrainingRun run = smallRun()) {
            run.save(file);
            byte[] first = Files.readAllBytes(file);
            run.step();
            run.save(file);

            assertFalse(Arrays.equals(first, Files.readAllBytes(file)));
            try (var files = Files.list(folder)) {
                assertEquals(1, files.count());
            }
        }
    }

    @Test
    void startsWithItsSettingsInText() throws IOException {
        save();

        String text = Files.readString(file, StandardCharsets.ISO_8859_1);

        assertTrue(text.startsWith("rewire checkpoint 4\nmodel 36-32-24-4\nmethod RIGL\n"), text.substring(0, 60));
        assertEquals(smallConfig(), TrainingRun.configOf(file));
    }

    @Test
    void oneThatIsCutShortIsRefused() throws IOException {
        save();
        byte[] whole = Files.readAllBytes(file);

        for (double share : new double[] {0, 0.0001, 0.002, 0.01, 0.05, 0.3, 0.9}) {
            assertRefused(Arrays.copyOf(whole, (int) (share * whole.length)));
        }
        for (int missing = 1; missing <= 40; missing++) {
            assertRefused(Arrays.copyOf(whole, whole.length - missing));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.001, 0.02, 0.3, 0.7, 0.99999})
    void oneWithAWrongBitIsRefused(double share) throws IOException {
        save();
        byte[] bytes = Files.readAllBytes(file);
        bytes[(int) (share * bytes.length)] ^= 4;

        assertRefused(bytes);
    }

    @Test
    void oneThatGoesOnIsRefused() throws IOException {
        save();
        byte[] bytes = Files.readAllBytes(file);

        assertRefused(Arrays.copyOf(bytes, bytes.length + 1));
    }

    @Test
    void noFileAndAnyOtherFileAreRefused() throws IOException {
        assertNamed(assertThrows(CheckpointException.class, () -> TrainingRun.configOf(file)), "no such file");
        assertNamed(assertThrows(CheckpointException.class, () -> TrainingRun.configOf(folder)), "not a regular file");
        assertRefused(new byte[1000]);
    }

    private void assertRefused(byte[] bytes) throws IOException {
        Files.write(file, bytes);

        CheckpointException refused =
                assertThrows(CheckpointException.class, () -> TrainingRun.resume(file, IMAGES, 1));

        assertTrue(String.valueOf(refused.getMessage()).contains("run.ckpt: "), refused::getMessage);
        assertFalse(String.valueOf(refused.getMessage()).contains("\n"), refused::getMessage);
    }

    private static void assertNamed(CheckpointException refused, String reason) {
        assertTrue(String.valueOf(refused.getMessage()).endsWith(reason), refused::getMessage);
    }

    @Test
    void otherImagesAreRefused() throws IOException {
        save();

        CheckpointException refused = assertThrows(
                CheckpointException.class, () -> TrainingRun.resume(file, SyntheticImages.of(400, 100, 2), 1));

        assertTrue(String.valueOf(refused.getMessage()).contains("its run had data "), refused::getMessage);
    }

    @Test
    void anotherEngineIsRefused() throws IOException {
        TrainingConfig dense = SyntheticImages.config(Method.DENSE).build();
        try (TrainingRun run = TrainingRun.create(dense, IMAGES, new LoopBackend())) {
            run.save(file);
        }

        CheckpointException refused =
                assertThrows(CheckpointException.class, () -> TrainingRun.resume(file, IMAGES, 1));

        assertTrue(String.valueOf(refused.getMessage()).contains("engine loops, not rewire"), refused::getMessage);
        assertEquals("loops", TrainingRun.engineOf(file));
        TrainingRun.resume(file, IMAGES, 1, new LoopBackend()).close();
    }

    private void save() throws IOException {
        try (TrainingRun run = smallRun()) {
            run.save(file);
        }
    }

    private static TrainingRun smallRun() {
        return TrainingRun.create(smallConfig(), IMAGES);
    }

    private static TrainingConfig smallConfig() {
        return SyntheticImages.config(Method.RIGL).build();
    }

    @Test
    void aFolderThatIsNotThereIsNamed() throws IOException {
        Path missing = folder.resolve("missing");
        try (TrainingRun run = smallRun()) {
            IOException e = assertThrows(IOException.class, () -> run.save(missing.resolve("run.ckpt")));
            assertEquals(
                    missing.resolve("run.ckpt") + ": cannot be written: there is no folder " + missing, e.getMessage());
        }
    }

    @Test
    void throughALinkItsFileIsReplaced() throws IOException {
        Path inner = Files.createDirectory(folder.resolve("inner")).resolve("run.ckpt");
        try (TrainingRun run = smallRun()) {
            run.save(inner);
            byte[] first = Files.readAllBytes(inner);
            Path link = Files.createSymbolicLink(folder.resolve("link.ckpt"), inner);
            run.step();
            run.save(link);
            assertTrue(Files.isSymbolicLink(link));
            assertFalse(Arrays.equals(first, Files.readAllBytes(inner)));
        }
    }

    @Test
    void aFileThatIsReplacedKeepsItsMode() throws IOException {
        save();
        var onlyOwner = PosixFilePermissions.fromString("rw-------");
        Files.setPosixFilePermissions(file, onlyOwner);
        save();
        assertEquals(onlyOwner, Files.getPosixFilePermissions(file));
    }

    @Test
    void whatIsNoFileIsRefusedAndStays() throws IOException {
        Path other = Files.createDirectory(folder.resolve("run"));
        try (TrainingRun run = smallRun()) {
            IOException e = assertThrows(IOException.class, () -> run.save(other));
            assertEquals(other + ": cannot be written: it is no regular file", e.getMessage());
        }
        assertFalse(Files.exists(folder.resolve("run.part")));
    }

    @Test
    void theResultsOfAllEpochsAreSaved() throws IOException {
        try (TrainingRun run = smallRun()) {
            EpochResult first = run.trainEpoch(StepListener.NONE);
            run.save(file);
            assertEquals(List.of(first), TrainingRun.resultsOf(file));
            try (TrainingRun resumed = TrainingRun.resume(file, IMAGES, 1)) {
                assertEquals(List.of(first), resumed.results());
            }
        }
    }
}
