package dev.rewire.training.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.training.StepListener;
import dev.rewire.training.TrainingConfig;
import dev.rewire.training.TrainingConfigBuilder;
import dev.rewire.training.TrainingRun;
import dev.rewire.training.backend.DenseBackend;
import dev.rewire.training.cli.option.SettingsOptions;
import dev.rewire.training.cli.peer.DenseEngine;
import dev.rewire.training.cli.peer.DensePeer;
import dev.rewire.training.cli.report.Progress;
import dev.rewire.training.data.DataSplit;
import dev.rewire.training.data.source.DataSource;
import dev.rewire.training.data.source.ImageSource;
import dev.rewire.training.data.source.TextSource;
import dev.rewire.training.model.Presets;
import dev.rewire.training.rewiring.Method;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A run that ends at any moment goes on from what it has saved: to the bit as if nothing had happened, and with each epoch of each network in epochs.csv
 * once. Processes are killed {@code -Drewire.test.kills} times, or a few; 50 take some minutes.
 */
class KilledRunTest {
    private static final String CHECKPOINT = "checkpoint.rewire";
    private static final String DENSE = "checkpoint-dense.rewire";
    private static final String EPOCHS = "epochs.csv";

    @TempDir
    private Path folder;

    private Path data;
    private Path out;

    /** What {@code --data} says. */
    private String source = "";

    @BeforeEach
    void writeData() throws IOException {
        data = TinyData.writeTo(folder.resolve("data"));
        source = data.toString();
        out = folder.resolve("out");
    }

    /** What is saved after an epoch is the dense checkpoint, that of the run, and the table, in this order. */
    @ParameterizedTest
    @CsvSource({
        "checkpoint-dense.rewire, '', ''",
        "checkpoint-dense.rewire, checkpoint.rewire, ''",
        "checkpoint-dense.rewire, checkpoint.rewire, epochs.csv",
        // An older one that was put back.
        "checkpoint.rewire, '', ''",
        "checkpoint.rewire, epochs.csv, ''",
        "epochs.csv, '', ''"
    })
    void aKillBetweenTwoFilesLosesNothing(String first, String second, String third) throws IOException {
        TrainingConfig config = TinyData.config(Method.RIGL).build();
        List<Path> saved = trainAndCopyEachEpoch(config);
        Files.createDirectories(folder.resolve("killed"));
        copy(saved.get(1), folder.resolve("killed"), List.of(CHECKPOINT, DENSE, EPOCHS));
        copy(
                saved.get(2),
                folder.resolve("killed"),
                Stream.of(first, second, third).filter(name -> !name.isEmpty()).toList());
        out = folder.resolve("killed");
        resumeToTheEnd();
        assertEndsAsIfNothingHadHappened(config);
    }

    @Test
    void aDenseNetworkThatIsNotTrainedAnyMoreKeepsItsEpochs() throws IOException {
        List<Path> saved = trainAndCopyEachEpoch(TinyData.config(Method.RIGL).build());
        out = saved.get(1);
        CommandResult result = CommandResult.of(
                "train", "--data", data.toString(), "--resume", checkpoint().toString(), "--no-compare-dense");
        assertEquals(0, result.status(), result.err());
        assertEquals(List.of("1,rigl", "1,dense", "2,rigl", "3,rigl"), epochs());
    }

    @Test
    void whatIsLeftOfARunThatWasNeverSavedIsNoRun() throws IOException {
        Files.createDirectories(out);
        for (String name : List.of(DENSE, DENSE + ".part", CHECKPOINT + ".part", ".rewire123.tmp")) {
            Files.writeString(out.resolve(name), "half");
        }
        CommandResult result = CommandResult.ofTraining(data, "--out", out.toString());
        assertEquals(0, result.status(), result.err());
        assertEndsAsIfNothingHadHappened(TinyData.config(Method.RIGL).build());
    }

    /** A network, what it learns, and the options of a run that is long enough to be killed now and then. */
    record Killed(String name, int kills, TrainingConfig config, List<String> options) {
        static Killed perceptron() {
            int kills = kills(4);
            TrainingConfigBuilder config = TinyData.config(Method.RIGL).epochs(75 * kills);
            return new Killed("perceptron", kills, config.build(), withEpochs(75 * kills));
        }

        static Killed convolutions() {
            int kills = kills(2);
            TrainingConfigBuilder config = TinyData.config(Method.RIGL)
                    .model(Presets.parse("resnet8"))
                    .block(4, 4)
                    .epochs(4 * kills);
            List<String> options = withEpochs(4 * kills);
            options.set(options.indexOf("--model") + 1, "resnet8");
            options.addAll(List.of("--block", "4x4"));
            return new Killed("convolutions", kills, config.build(), options);
        }

        static Killed transformer() {
            int kills = kills(2);
            TrainingConfigBuilder config = SettingsOptions.DEFAULTS.toBuilder()
                    .model(Presets.parse("gpt-1x2x16x9"))
                    .block(8, 8)
                    .batch(4)
                    .steps(100L * kills)
                    .evalEvery(10)
                    .deltaT(7)
                    .threads(1);
            String options = "--model gpt-1x2x16x9 --block 8x8 --batch 4 --steps " + 100 * kills
                    + " --eval-every 10 --delta-t 7 --threads 1";
            return new Killed("transformer", kills, config.build(), List.of(options.split(" ")));
        }

        private static int kills(int usual) {
            return Integer.getInteger("rewire.test.kills", usual);
        }

        private static List<String> withEpochs(int epochs) {
            List<String> options = new ArrayList<>(List.of(TinyData.OPTIONS));
            options.set(options.indexOf("--epochs") + 1, String.valueOf(epochs));
            return options;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Killed> killed() {
        return Stream.of(Killed.perceptron(), Killed.convolutions(), Killed.transformer());
    }

    @ParameterizedTest
    @MethodSource("killed")
    @Timeout(1800)
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "there is no SIGTERM")
    void aProcessThatIsKilledNowAndThenLosesNothing(Killed killed) throws Exception {
        SplittableRandom random = new SplittableRandom(System.nanoTime());
        if (killed.config().steps() > 0) {
            Path text =
                    Files.writeString(folder.resolve("text"), "to be or not to be, that is the question: ".repeat(9));
            source = "text:" + text;
        }
        List<String> arguments = new ArrayList<>(List.of("train", "--data", source, "--out", out.toString(), "--json"));
        arguments.addAll(killed.options());
        for (int kill = 0; kill < killed.kills(); kill++) {
            long before = Files.exists(checkpoint())
                    ? Files.getLastModifiedTime(checkpoint()).toMillis()
                    : 0;
            Process process = Child.start(folder, Child.java(Main.class, arguments.toArray(String[]::new)));
            while (process.isAlive()
                    && (!Files.exists(checkpoint())
                            || Files.getLastModifiedTime(checkpoint()).toMillis() == before)) {
                Thread.sleep(2);
            }
            Thread.sleep(random.nextInt(150));
            if (kill % 3 == 2) {
                process.destroy();
            } else {
                process.destroyForcibly();
            }
            assertTrue(process.waitFor(120, TimeUnit.SECONDS), "it goes on");
            arguments =
                    List.of("train", "--data", source, "--resume", checkpoint().toString());
        }
        resumeToTheEnd();
        assertEndsAsIfNothingHadHappened(killed.config());
    }

    @ParameterizedTest
    @ValueSource(strings = {DENSE, EPOCHS, "report.json"})
    void aFileThatCannotBeWrittenIsNamed(String name) throws IOException {
        Files.createDirectories(out);
        try (TrainingRun run = TrainingRun.create(TinyData.config(Method.RIGL).build(), images());
                TrainingRun dense =
                        TrainingRun.create(TinyData.config(Method.RIGL).build().asDense(), images())) {
            run.save(checkpoint());
            dense.save(out.resolve(DENSE));
        }
        // A file takes the place of no folder that holds something; that of the part of the dense checkpoint is in its
        // way as well.
        Files.createDirectories(
                out.resolve(name.equals(DENSE) ? DENSE + ".part" : name).resolve("x"));
        CommandResult result = CommandResult.of(
                "train", "--data", data.toString(), "--resume", checkpoint().toString());
        assertEquals(1, result.status(), result.err());
        String last = result.err().lines().toList().getLast();
        assertTrue(last.startsWith("rewire train: " + out.resolve(name) + ": "), last);
        assertTrue(last.contains("cannot be written: "), last);
    }

    @Test
    @Timeout(120)
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "there is no ulimit")
    void aFullDiskIsAnErrorThatNamesTheFileAndKeepsWhatWasThere() throws Exception {
        TrainingConfig config =
                TinyData.config(Method.DENSE).model(List.of(16, 512, 4)).build();
        Files.createDirectories(out);
        try (TrainingRun run = TrainingRun.create(config, images())) {
            run.trainEpoch(StepListener.NONE);
            run.save(checkpoint());
        }
        byte[] saved = Files.readAllBytes(checkpoint());
        List<String> command = new ArrayList<>(List.of("bash", "-c", "ulimit -f 16; exec \"$@\"", "bash"));
        command.addAll(Child.java(
                Main.class,
                "train",
                "--data",
                data.toString(),
                "--resume",
                checkpoint().toString()));
        Process process = Child.start(folder, command);
        assertTrue(process.waitFor(100, TimeUnit.SECONDS), "it goes on");
        String err = Files.readString(folder.resolve("err"));
        assertEquals(1, process.exitValue(), err);
        assertTrue(err.contains("rewire train: " + checkpoint() + ": cannot be written: File too large"), err);
        assertArrayEquals(saved, Files.readAllBytes(checkpoint()));
        try (Stream<Path> files = Files.list(out)) {
            assertTrue(files.noneMatch(file -> file.toString().endsWith(".part")), "half a file is left");
        }
    }

    /** Copies of the folder as it is after 0, 1, 2, … epochs. */
    private List<Path> trainAndCopyEachEpoch(TrainingConfig config) throws IOException {
        List<Path> copies = new ArrayList<>();
        OutFolder outFolder = OutFolder.of(out, null);
        if (outFolder == null) {
            throw new IllegalStateException("no folder");
        }
        outFolder.open();
        DenseEngine engine = new DenseEngine("rewire", "", Map.of(), Map.of());
        Progress copying = new Progress() {
            @Override
            public StepListener start(String title, long step, int steps) {
                if (title.endsWith("rigl")) {
                    copies.add(copyOfOut(copies.size()));
                }
                return StepListener.NONE;
            }

            @Override
            public void stop() {
                // Nothing was shown.
            }
        };
        try (TrainingRun run = TrainingRun.create(config, images());
                DensePeer dense = new DensePeer(TrainingRun.create(config.asDense(), images()), engine)) {
            new TrainSession(run, dense, List.of(), outFolder, copying, line -> {}, () -> false).train();
        }
        return copies;
    }

    private Path copyOfOut(int epoch) {
        try {
            Path copy = Files.createDirectories(folder.resolve("after-" + epoch));
            copy(out, copy, List.of(CHECKPOINT, DENSE, EPOCHS));
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(Path from, Path to, List<String> names) throws IOException {
        for (String name : names) {
            if (Files.exists(from.resolve(name))) {
                Files.copy(from.resolve(name), to.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private void resumeToTheEnd() {
        CommandResult result = CommandResult.of(
                "train", "--data", source, "--resume", checkpoint().toString());
        assertEquals(0, result.status(), result.err());
    }

    private void assertEndsAsIfNothingHadHappened(TrainingConfig config) throws IOException {
        assertEquals(
                IntStream.rangeClosed(1, epochsOf(config))
                        .boxed()
                        .flatMap(epoch -> Stream.of(epoch + ",rigl", epoch + ",dense"))
                        .toList(),
                epochs());
        assertEquals(weights(config, null), savedWeights(checkpoint(), null));
        Path dense = out.resolve(DENSE);
        DenseBackend engine = TrainingRun.engineOf(dense).equals(NaiveBackend.NAME) ? new NaiveBackend() : null;
        assertEquals(weights(config.asDense(), engine), savedWeights(dense, engine));
    }

    private static int epochsOf(TrainingConfig config) {
        return config.steps() == 0 ? config.epochs() : Math.toIntExact(config.steps() / config.evalEvery());
    }

    /** Those of a run that nothing happens to. */
    private String weights(TrainingConfig config, @Nullable DenseBackend engine) throws IOException {
        try (TrainingRun run =
                engine == null ? TrainingRun.create(config, images()) : TrainingRun.create(config, images(), engine)) {
            while (!run.isComplete()) {
                run.trainEpoch(StepListener.NONE);
            }
            return run.summary().weightsHash();
        }
    }

    private String savedWeights(Path file, @Nullable DenseBackend engine) throws IOException {
        try (TrainingRun run = TrainingRun.resume(file, images(), 1, engine)) {
            assertTrue(run.isComplete(), file.toString());
            return run.summary().weightsHash();
        }
    }

    /** The first two columns. */
    private List<String> epochs() throws IOException {
        return Files.readAllLines(out.resolve(EPOCHS)).stream()
                .skip(1)
                .map(line -> line.replaceFirst("^([^,]*,[^,]*),.*", "$1"))
                .toList();
    }

    private Path checkpoint() {
        return out.resolve(CHECKPOINT);
    }

    private DataSplit images() throws IOException {
        return switch (DataSource.of(source)) {
            case TextSource text -> text.load().split(9);
            default ->
                ImageSource.of(data.toString())
                        .load(TinyData.CLASSES, line -> {})
                        .split();
        };
    }
}
