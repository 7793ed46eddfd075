package dev.rewire.training.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rewire.training.EpochResult;
import dev.rewire.training.StepListener;
import dev.rewire.training.TrainingConfig;
import dev.rewire.training.TrainingRun;
import dev.rewire.training.cli.report.EpochLine;
import dev.rewire.training.data.DataSplit;
import dev.rewire.training.data.source.ImageSource;
import dev.rewire.training.rewiring.Method;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --out} and {@code --resume}. */
class OutAndResumeTest {
    @TempDir
    private Path folder;

    private Path data;

    @BeforeEach
    void writeData() throws IOException {
        data = TinyData.writeTo(folder.resolve("data"));
    }

    @Test
    void aRunIsWrittenToItsFolder() throws IOException {
        Path out = folder.resolve("new").resolve("out");
        CommandResult result = CommandResult.ofTraining(data, "--json", "--out", out.toString());
        assertEquals(0, result.status(), result.err());
        assertEquals(
                Set.of(
                        "report.json",
                        "epochs.csv",
                        "metrics.jsonl",
                        "initial",
                        "checkpoint.rewire",
                        "checkpoint-dense.rewire"),
                filesOf(out));
        assertEquals(result.out(), Files.readString(out.resolve("report.json")));
        List<String> epochs = Files.readAllLines(out.resolve("epochs.csv"));
        assertEquals(EpochLine.CSV_HEADER, epochs.get(0));
        assertEquals(
                List.of("1,rigl", "1,dense", "2,rigl", "2,dense", "3,rigl", "3,dense"),
                epochs.stream()
                        .skip(1)
                        .map(line -> line.substring(0, line.indexOf(',', 2)))
                        .toList());
    }

    @Test
    void aResumedRunEndsAsIfItHadNotStopped() throws IOException {
        JsonNode whole =
                CommandResult.ofTraining(data, "--json", "--no-compare-dense").json();
        CommandResult resumed = CommandResult.of(
                "train",
                "--json",
                "--data",
                data.toString(),
                "--resume",
                halfway().toString());
        assertEquals(0, resumed.status(), resumed.err());
        for (String key : List.of(
                "weights_hash", "topology_hash", "test_accuracy", "steps", "rewirings", "exploration_rate", "model")) {
            assertEquals(whole.get(key), resumed.json().get(key), key);
        }
        assertFalse(resumed.json().has("dense_test_accuracy"));
        assertTrue(resumed.err().contains("no comparison"), resumed.err());
    }

    @Test
    void theDenseNetworkBesideItIsResumedToo() throws IOException {
        JsonNode whole =
                CommandResult.ofTraining(data, "--json", "--method", "dense").json();
        Path checkpoint = halfway();
        save(config().asDense(), OutFolder.denseBeside(checkpoint));
        Path out = folder.resolve("out");
        CommandResult resumed = CommandResult.of(
                "train",
                "--json",
                "--data",
                data.toString(),
                "--resume",
                checkpoint.toString(),
                "--out",
                out.toString());
        assertEquals(0, resumed.status(), resumed.err());
        assertEquals(whole.get("test_accuracy"), resumed.json().get("dense_test_accuracy"));
        assertEquals(7, Files.readAllLines(out.resolve("epochs.csv")).size());
    }

    /** Whether time is taken is no setting of a run. */
    @Test
    void bothGoOnUnderAProfile() throws IOException {
        Path checkpoint = halfway();
        save(config().asDense(), OutFolder.denseBeside(checkpoint));
        CommandResult resumed = CommandResult.of(
                "train", "--json", "--profile", "--data", data.toString(), "--resume", checkpoint.toString());
        assertEquals(0, resumed.status(), resumed.err());
        assertTrue(resumed.json().has("dense_test_accuracy") && resumed.json().has("profile"));
    }

    @Test
    void epochsBeforeTheStopAreOfTheCheckpoint() throws IOException {
        Path out = Files.createDirectories(folder.resolve("out"));
        Files.write(out.resolve("epochs.csv"), List.of(EpochLine.CSV_HEADER, "1,rigl,a", "2,rigl,b", "3,rigl,c"));
        Path checkpoint = save(config(), out.resolve("checkpoint.rewire"));
        List<EpochResult> saved = TrainingRun.resultsOf(checkpoint);
        CommandResult resumed = CommandResult.of(
                "train", "--data", data.toString(), "--resume", checkpoint.toString(), "--out", out.toString());
        assertEquals(0, resumed.status(), resumed.err());
        List<String> epochs = Files.readAllLines(out.resolve("epochs.csv"));
        assertEquals(
                saved.stream()
                        .map(result -> new EpochLine("rigl", result, TinyData.TRAIN / 20).csv())
                        .toList(),
                epochs.subList(1, 3));
        assertEquals(4, epochs.size());
        assertTrue(epochs.get(3).startsWith("3,rigl,") && !epochs.get(3).endsWith("c"), epochs.get(3));
    }

    @Test
    void aFinishedRunIsReportedAgain() throws IOException {
        Path out = folder.resolve("out");
        JsonNode report = CommandResult.ofTraining(data, "--json", "--out", out.toString())
                .json();
        CommandResult again = CommandResult.of(
                "train",
                "--json",
                "--data",
                data.toString(),
                "--resume",
                out.resolve("checkpoint.rewire").toString());
        assertEquals(0, again.status(), again.err());
        assertEquals(report.get("weights_hash"), again.json().get("weights_hash"));
        assertFalse(again.json().has("step_ms_median"));
    }

    @Test
    void aResumedRunIsSavedWhereItWas() throws IOException {
        Path checkpoint = halfway();
        CommandResult resumed = CommandResult.of("train", "--data", data.toString(), "--resume", checkpoint.toString());
        assertEquals(0, resumed.status(), resumed.err());
        try (TrainingRun run = TrainingRun.resume(checkpoint, images(), 1)) {
            assertTrue(run.isComplete(), "the file still holds the run halfway");
        }
    }

    @Test
    void aResumedRunFillsItsFolderWithoutOut() throws IOException {
        Path out = Files.createDirectories(folder.resolve("out"));
        Path checkpoint = save(config(), out.resolve("checkpoint.rewire"));
        CommandResult resumed =
                CommandResult.of("train", "--json", "--data", data.toString(), "--resume", checkpoint.toString());
        assertEquals(0, resumed.status(), resumed.err());
        assertEquals(Set.of("report.json", "epochs.csv", "metrics.jsonl", "checkpoint.rewire"), filesOf(out));
    }

    @Test
    void theFolderOfAnotherRunIsRefusedAndLeftAsItIs() throws IOException {
        Path out = Files.createDirectories(folder.resolve("out"));
        Path other = save(config(), out.resolve("checkpoint.rewire"));
        byte[] before = Files.readAllBytes(other);
        for (List<String> options :
                List.of(List.<String>of(), List.of("--resume", halfway().toString()))) {
            List<String> arguments = new ArrayList<>(options);
            arguments.addAll(List.of("--out", out.toString()));
            CommandResult result = CommandResult.ofTraining(data, arguments.toArray(String[]::new));
            assertEquals(2, result.status(), result.err());
            assertTrue(
                    result.err()
                            .contains("--out: " + out + " is not empty (checkpoint.rewire); accepted are new or empty"),
                    result.err());
        }
        assertArrayEquals(before, Files.readAllBytes(other));
    }

    @Test
    void anInterruptedRunIsSavedAfterItsStepAndEndsAsIfItHadNotStopped() throws IOException {
        JsonNode whole =
                CommandResult.ofTraining(data, "--json", "--no-compare-dense").json();
        OutFolder out = OutFolder.of(folder.resolve("out"), null);
        out.open();
        int stop = 18; // in the second epoch, where one has fewer steps than these
        AtomicInteger steps = new AtomicInteger();
        try (TrainingRun run = TrainingRun.create(config(), images())) {
            TrainSession session = new TrainSession(
                    run, null, List.of(), out, new NoProgress(), line -> {}, () -> steps.getAndIncrement() >= stop);
            assertEquals(TrainSession.End.INTERRUPTED, session.train());
            assertTrue(run.steps() > 0 && run.steps() < run.totalSteps() && run.steps() % run.stepsOfEpoch() != 0);
        }
        CommandResult resumed = CommandResult.of(
                "train",
                "--json",
                "--data",
                data.toString(),
                "--resume",
                out.checkpoint().toString());
        assertEquals(0, resumed.status(), resumed.err());
        assertEquals(whole.get("weights_hash"), resumed.json().get("weights_hash"));
        assertEquals(
                4,
                Files.readAllLines(folder.resolve("out").resolve("epochs.csv")).size());
    }

    @Test
    void optionsMayRepeatTheSettingsButNotChangeThem() throws IOException {
        String checkpoint = halfway().toString();
        assertEquals(
                0,
                CommandResult.ofTraining(data, "--resume", checkpoint, "--block", "1x1")
                        .status());
        CommandResult changed = CommandResult.ofTraining(data, "--resume", checkpoint, "--sparsity", "0.5");
        assertEquals(2, changed.status());
        assertEquals(1, changed.err().lines().count(), changed.err());
        assertTrue(changed.err().contains("--sparsity: 0.5 "), changed.err());
        assertTrue(changed.err().contains(checkpoint), changed.err());
    }

    @Test
    void aDamagedCheckpointIsRefused() throws IOException {
        Path checkpoint = halfway();
        byte[] bytes = Files.readAllBytes(checkpoint);
        Files.write(checkpoint, Arrays.copyOf(bytes, bytes.length / 2));
        CommandResult result = CommandResult.ofTraining(data, "--resume", checkpoint.toString());
        assertEquals(2, result.status());
        assertEquals(1, result.err().lines().count(), result.err());
        assertTrue(result.err().contains("--resume: " + checkpoint), result.err());
    }

    @Test
    void aProfileOfNoStepIsNone() throws IOException {
        Path out = folder.resolve("out");
        CommandResult.ofTraining(data, "--no-compare-dense", "--out", out.toString());
        String checkpoint = out.resolve("checkpoint.rewire").toString();
        CommandResult people =
                CommandResult.ofTraining(data, "--profile", "--no-compare-dense", "--resume", checkpoint);
        CommandResult json =
                CommandResult.ofTraining(data, "--profile", "--no-compare-dense", "--json", "--resume", checkpoint);

        assertEquals(0, people.status(), people.err());
        assertTrue(people.out().contains("no profile, as no step was taken"), people.out());
        assertFalse(people.out().contains("part of a step"), people.out());
        assertFalse(json.json().has("profile"), json.out());
    }

    @Test
    void aComparisonThatWasAskedForHasToBePossible() throws IOException {
        CommandResult result = CommandResult.ofTraining(
                data, "--compare-dense", "--resume", halfway().toString());
        assertEquals(2, result.status());
        assertTrue(result.err().contains("--compare-dense: "), result.err());
    }

    /** A checkpoint of a run that has one of its three epochs left. */
    private Path halfway() throws IOException {
        return save(config(), folder.resolve("halfway.rewire"));
    }

    private Path save(TrainingConfig config, Path file) throws IOException {
        try (TrainingRun run = TrainingRun.create(config, images())) {
            run.trainEpoch(StepListener.NONE);
            run.trainEpoch(StepListener.NONE);
            run.save(file);
        }
        return file;
    }

    private DataSplit images() throws IOException {
        return ImageSource.of(data.toString())
                .load(TinyData.CLASSES, line -> {})
                .split();
    }

    private static TrainingConfig config() {
        return TinyData.config(Method.RIGL).build();
    }

    private static Set<String> filesOf(Path out) throws IOException {
        try (Stream<Path> files = Files.list(out)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        }
    }
}
