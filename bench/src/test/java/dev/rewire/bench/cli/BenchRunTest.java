package dev.rewire.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rewire.bench.InvalidInputException;
import dev.rewire.bench.compare.BenchResults;
import dev.rewire.bench.compare.Change;
import dev.rewire.bench.compare.Comparison;
import dev.rewire.bench.compare.ResultsText;
import dev.rewire.bench.suite.SmallSuite;
import dev.rewire.bench.suite.Suite;
import dev.rewire.bench.suite.SuiteReport;
import dev.rewire.kernels.probe.Provenance;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchRunTest {
    private static final Provenance PROVENANCE = Provenance.now("rewire bench", List.of());

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final BenchCommand command = new BenchCommand(print(out), print(err));

    @TempDir
    private Path folder;

    private static PrintStream print(ByteArrayOutputStream stream) {
        return new PrintStream(stream, true, StandardCharsets.UTF_8);
    }

    @Test
    void aSmallSuiteWritesBothFiles() throws IOException {
        Path results = folder.resolve("new").resolve("results");
        int steps = Suite.steps(SmallSuite.points());
        assertEquals(0, command.run(ResultsFolder.open(results), steps, PROVENANCE, null, SmallSuite::run));

        try (Stream<Path> files = Files.list(results)) {
            assertEquals(
                    List.of("index.html", "results.json"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
        assertTrue(Files.readString(results.resolve("index.html")).startsWith("<!DOCTYPE html>"));
        String text = out.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains(results.resolve("index.html").toString()), text);
        assertTrue(text.contains("ceilings:"), text);
        assertTrue(
                err.toString(StandardCharsets.UTF_8).contains("1 of 11: ceilings"),
                err.toString(StandardCharsets.UTF_8));
        keys(new ObjectMapper().readTree(Files.readString(results.resolve("results.json"))));
        // Another run takes the place of this one.
        ResultsFolder.open(results);
    }

    @Test
    void aSuiteSaysWhatChangedSinceAnEarlierOne() throws IOException {
        Path results = folder.resolve("results");
        BenchResults before = new ResultsText().point(8, 1, Map.of()).read();
        SuiteReport report = SmallSuite.run(step -> {});
        assertEquals(0, command.run(ResultsFolder.open(results), 1, PROVENANCE, before, progress -> report));

        String summary = "0 slower by more than 5 %, 0 faster, 0 unclear, 0 the same, 1 only before, "
                + report.measured().size() + " only now";
        assertTrue(out.toString(StandardCharsets.UTF_8).contains(summary), out.toString(StandardCharsets.UTF_8));
        assertTrue(Files.readString(results.resolve("index.html")).contains(summary));
        JsonNode json = new ObjectMapper().readTree(Files.readString(results.resolve("results.json")));
        assertEquals(1, json.get("comparison").get("only_before").size());
        // Beside itself nothing changed.
        BenchResults itself = BenchResults.read("--compare", results.resolve("results.json"));
        assertEquals(
                report.measured().size(),
                Comparison.of(itself, itself).of(Change.Verdict.SAME).size());
    }

    @Test
    void aFailureOfWritingNamesTheFolderAndTheReason() throws IOException {
        Files.createDirectories(folder.resolve("results.json").resolve("inner"));
        String message = assertThrows(
                        IOException.class, () -> ResultsFolder.open(folder).write("{}", ""))
                .getMessage();
        assertEquals(
                folder + ": cannot be written to: " + folder.resolve("results.json") + ": the folder is not empty",
                message);
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(1, left.count());
        }
    }

    private static void keys(JsonNode json) {
        assertEquals(
                List.of(
                        "rewire",
                        "date",
                        "command",
                        "started",
                        "seconds",
                        "quick",
                        "threads",
                        "peers",
                        "disturbed",
                        "suspect",
                        "correct",
                        "ceilings",
                        "crossovers",
                        "measurements",
                        "environment"),
                names(json));
        assertEquals(
                List.of(
                        "vector_bits",
                        "threads",
                        "core_gflops",
                        "gflops",
                        "read_gb_per_s",
                        "triad_gb_per_s",
                        "disturbed"),
                names(json.get("ceilings")));
        assertEquals(List.of("kind", "sparsity"), names(json.get("crossovers").get("4x4")));
        assertEquals(SmallSuite.points().size(), json.get("measurements").size());
        JsonNode first = json.get("measurements").get(0);
        assertEquals("sparsity", first.get("section").textValue());
        assertEquals(SmallSuite.points().get(0).command(), first.get("command").textValue());
        assertEquals(96 * 64, first.get("stored").intValue());
        assertTrue(first.get("best_ms").doubleValue() > 0);
        assertTrue(first.get("peers").get("mkl").has("absent")
                || first.get("peers").get("mkl").has("best_ms"));
        assertTrue(first.get("suspect").isBoolean() && first.get("gflops").isNumber());
        assertTrue(json.get("environment").has("cpu"));
        assertTrue(json.get("environment").get("capabilities").has("disagreements"));
    }

    private static List<String> names(JsonNode node) {
        return node.properties().stream().map(entry -> entry.getKey()).toList();
    }

    @Test
    void aRunThatFailsLeavesNothingBehind() {
        Path results = folder.resolve("results");
        assertThrows(
                IllegalStateException.class,
                () -> command.run(ResultsFolder.open(results), 1, PROVENANCE, null, progress -> {
                    throw new IllegalStateException("on purpose");
                }));
        assertFalse(Files.exists(results));
    }

    @Test
    void refusesFoldersThatAreNotItsOwn() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        Path full = Files.createDirectory(folder.resolve("full"));
        Files.writeString(full.resolve("thesis.txt"), "");
        refused("--out " + file, "--out " + file + ": is not a folder");
        refused("--out " + file.resolve("below"), "--out " + file.resolve("below") + ": cannot be written to");
        refused("--out " + full, "--out " + full + ": holds something else, thesis.txt");
        assertThrows(InvalidInputException.class, () -> ResultsFolder.open(full));
    }

    @Test
    void refusesBadValues() throws IOException {
        refused("--threads 0", "--threads: 0 is out of range; accepted are 1 to");
        refused("--peers openblas,cublas", "--peers: 'cublas' is unknown; accepted are openblas");
        refused("--peers none,openblas", "--peers: 'none' is unknown");
        refused("--quick=3", "");
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(0, left.count());
        }
    }

    private static void refused(String options, String start) {
        CommandRun run = CommandRun.of(("bench " + options).split(" "));
        assertEquals(2, run.status(), run.err());
        assertEquals(1, run.errLines().size(), run.err());
        assertTrue(run.err().startsWith("rewire bench: " + start), run.err());
        assertEquals("", run.out());
    }

    @Test
    void helpsWithoutMeasuring() {
        CommandRun run = CommandRun.of("bench", "--help");
        assertEquals(0, run.status());
        assertTrue(run.out().contains("--quick"), run.out());
    }
}
