package dev.rewire.training.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.training.TrainingRun;
import dev.rewire.training.data.source.ImageSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A run in a process of its own that is told to end. */
class SignalTest {
    @TempDir
    private Path folder;

    @Test
    @Timeout(300)
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "there is no SIGTERM")
    void sigtermSavesAndSaysHowToGoOn() throws Exception {
        Path data = TinyData.writeTo(folder.resolve("data"));
        Path out = folder.resolve("out");
        Process process = start(data, out, "1000000");
        Path checkpoint = out.resolve("checkpoint.rewire");
        while (!Files.exists(checkpoint) && process.isAlive()) {
            Thread.sleep(20);
        }
        process.destroy();
        assertTrue(process.waitFor(120, TimeUnit.SECONDS), "it goes on");

        String err = Files.readString(folder.resolve("err"));
        assertEquals(1, process.exitValue(), err);
        String command = "rewire train --data " + data + " --resume " + checkpoint;
        assertTrue(err.contains(" of 12000000 and saved; this goes on: " + command), err);
        long saved = Long.parseLong(err.replaceFirst("(?s).*interrupted after step ([0-9]+) of.*", "$1"));
        try (TrainingRun run = TrainingRun.resume(
                checkpoint, ImageSource.of(data.toString()).load(4, line -> {}).split(), 1)) {
            assertEquals(saved, run.steps());
            assertEquals(
                    run.epochs() + 1,
                    Files.readAllLines(out.resolve("epochs.csv")).size());
        }
    }

    @Test
    @Timeout(300)
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "there is no SIGTERM")
    void sigtermWhileDenseNetworksAreTimedSaysThatNothingIsLost() throws Exception {
        Path data = TinyData.writeTo(folder.resolve("data"));
        Path out = folder.resolve("out");
        // Some seconds, for three loops in Java.
        Process process = start(
                Main.class, "train", "--data", data.toString(), "--model", "16-1024-1024-4", "--out", out.toString());
        Path err = folder.resolve("err");
        while (!Files.readString(err).contains("timing a few steps") && process.isAlive()) {
            Thread.sleep(20);
        }
        process.destroy();
        assertTrue(process.waitFor(120, TimeUnit.SECONDS), "it goes on");
        assertEquals(1, process.exitValue(), Files.readString(err));
        assertEquals(
                "interrupted before a step was taken; the same command begins again",
                Files.readString(err).strip().lines().toList().getLast());
        try (Stream<Path> files = Files.list(out)) {
            assertEquals(List.of(), files.toList(), "the same command would be refused");
        }
    }

    @ParameterizedTest
    @CsvSource({"true, 0", "false, 1"})
    @Timeout(300)
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "there is no SIGTERM")
    void aSignalThatComesTooLateMakesNoFailureOfARunThatIsDone(boolean done, int status) throws Exception {
        Process process = start(Told.class, String.valueOf(done));
        assertTrue(process.waitFor(120, TimeUnit.SECONDS), "it goes on");
        assertEquals(status, process.exitValue(), Files.readString(folder.resolve("err")));
    }

    /** Is told to end by itself, and then done or not. */
    static final class Told {
        private Told() {}

        static void main(String[] args) throws Exception {
            try (Interruption interruption = Interruption.install()) {
                long self = ProcessHandle.current().pid();
                new ProcessBuilder("kill", "-TERM", String.valueOf(self)).start();
                while (!interruption.isRequested()) {
                    Thread.sleep(5);
                }
                if (Boolean.parseBoolean(args[0])) {
                    interruption.complete();
                }
            }
            Thread.sleep(60_000);
        }
    }

    private Process start(Path data, Path out, String epochs) throws IOException {
        List<String> arguments = new ArrayList<>(
                List.of("train", "--data", data.toString(), "--out", out.toString(), "--no-compare-dense"));
        arguments.addAll(List.of(TinyData.OPTIONS));
        arguments.set(arguments.indexOf("--epochs") + 1, epochs);
        return start(Main.class, arguments.toArray(String[]::new));
    }

    private Process start(Class<?> main, String... arguments) throws IOException {
        return Child.start(folder, Child.java(main, arguments));
    }
}
