package dev.rewire.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands whose output does not arrive: exit status 1, and one line that says so. */
@EnabledOnOs(OS.LINUX)
class StdoutTest {
    private static final String UNWRITTEN = "stdout: cannot be written to";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spmm --rows 32 --cols 32 --batch 4 --seconds 0.01 --peers none --json",
                "spmm --rows 32 --cols 32 --batch 4 --seconds 0.01 --peers none",
                "spmm --help",
                "spmm --version",
                "bench --help",
                "bench --version",
                "probe",
                "probe --json",
                "probe --help",
                "--help",
                "--version"
            })
    void aFullOneIsSaid(String command) throws Exception {
        List<String> words = new ArrayList<>(List.of(Main.class.getName()));
        words.addAll(List.of(command.split(" ")));
        unwritten("rewire", Redirect.to(new File("/dev/full")), java(words));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-l", "-h", "--version"})
    void aFullOneIsSaidByJmh(String option) throws Exception {
        List<String> command = java(List.of(dev.rewire.bench.jmh.Main.class.getName(), option));
        unwritten("rewire jmh", Redirect.to(new File("/dev/full")), command);
    }

    @ParameterizedTest
    @ValueSource(strings = {"probe --json", "--version"})
    void aPipeThatNobodyReadsIsSaid(String command) throws Exception {
        List<String> words = new ArrayList<>(List.of(Main.class.getName()));
        words.addAll(List.of(command.split(" ")));
        unwritten("rewire", Redirect.PIPE, java(words));
    }

    @ParameterizedTest
    @ValueSource(strings = {"probe --json", "--version"})
    void aClosedOneIsSaid(String command) throws Exception {
        // As the launcher has it: what the JVM opens must not take its place.
        List<String> words = new ArrayList<>(List.of("sh", "-c", "exec \"$@\" 1< /dev/null", "sh"));
        words.addAll(java(List.of((Main.class.getName() + " " + command).split(" "))));
        unwritten("rewire", Redirect.INHERIT, words);
    }

    private static List<String> java(List<String> words) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-Drewire.cuda=/nonexistent/libcuda.so.1",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(words);
        return command;
    }

    private void unwritten(String who, Redirect stdout, List<String> command) throws IOException, InterruptedException {
        File err = folder.resolve("err").toFile();
        Process process = new ProcessBuilder(command)
                .redirectOutput(stdout)
                .redirectError(err)
                .start();
        process.getInputStream().close();
        int status = process.waitFor();
        List<String> lines = Files.readAllLines(err.toPath()).stream()
                .filter(line -> line.endsWith(UNWRITTEN) || line.contains("Exception"))
                .toList();
        assertEquals(List.of(who + ": " + UNWRITTEN), lines, () -> String.join("\n", lines));
        assertEquals(1, status);
    }
}
