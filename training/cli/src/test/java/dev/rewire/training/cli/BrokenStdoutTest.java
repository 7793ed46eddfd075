package dev.rewire.training.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.training.cli.report.Console;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever does not arrive on stdout is a failure: status 1 and one line. */
class BrokenStdoutTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"train --help", "train --version", "--version"})
    void ofText(String arguments) {
        assertFails(run(arguments.split(" ")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--json", "--no-compare-dense", "--json --compare-dense"})
    void ofARun(String options) throws IOException {
        Path data = TinyData.writeTo(folder.resolve("data"));
        List<String> arguments = new ArrayList<>(List.of("train", "--data", data.toString()));
        arguments.addAll(List.of(TinyData.OPTIONS));
        arguments.addAll(List.of(options.split(" ")));
        assertFails(run(arguments.toArray(String[]::new)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"> /dev/full", ">&-"})
    @Timeout(120)
    @EnabledOnOs(OS.LINUX)
    void ofAProcess(String redirection) throws Exception {
        List<String> command = new ArrayList<>(List.of("bash", "-c", "exec \"$@\" " + redirection, "bash"));
        command.addAll(Child.java(Main.class, "train", "--help"));
        Process process = Child.start(folder, command);
        assertTrue(process.waitFor(100, TimeUnit.SECONDS), "it goes on");
        assertFails(new CommandResult(process.exitValue(), "", Files.readString(folder.resolve("err"))));
    }

    @Test
    void aFailureOfTheRunIsToldAlone() {
        CommandResult result = run("train", "--sparsity", "2");
        assertEquals(2, result.status());
        assertEquals(1, result.err().lines().count(), result.err());
    }

    private static CommandResult run(String... arguments) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        Console console = new Console(
                new PrintStream(full, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false);
        int status = Main.run(console, arguments);
        return new CommandResult(status, "", err.toString(StandardCharsets.UTF_8));
    }

    private static void assertFails(CommandResult result) {
        assertEquals(1, result.status(), result.err());
        String last = result.err().lines().toList().getLast();
        assertTrue(last.matches("rewire( train)?: stdout: cannot be written to"), result.err());
    }
}
