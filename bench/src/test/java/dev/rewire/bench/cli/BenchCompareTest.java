package dev.rewire.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.bench.compare.ResultsText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BenchCompareTest {
    @TempDir
    private Path folder;

    private Path before;
    private Path after;

    @BeforeEach
    void write() throws IOException {
        before = folder.resolve("old.json");
        after = folder.resolve("new.json");
        Files.writeString(
                before, new ResultsText().point(8, 1, Map.of("mkl", 10.0)).toString());
        Files.writeString(
                after, new ResultsText().point(8, 2, Map.of("mkl", 10.0)).toString());
    }

    @Test
    void twoFilesAreComparedWithoutMeasuringAndSlowerIsNoFailure() {
        CommandRun run = CommandRun.of("bench", "--compare", before.toString(), "--against", after.toString());
        assertEquals(0, run.status(), run.err());
        assertTrue(run.out().contains("1 slower by more than 5 %"), run.out());
        assertEquals("", run.err());
    }

    @Test
    void theSameAsOneObject() {
        CommandRun run =
                CommandRun.of("bench", "--compare", before.toString(), "--against", after.toString(), "--json");
        assertEquals(0, run.status(), run.err());
        assertEquals(
                List.of("rewire", "date", "command", "comparison", "environment"),
                run.json().properties().stream().map(Map.Entry::getKey).toList());
        assertEquals(1, run.json().get("comparison").get("slower").size());
    }

    @Test
    void aFileThatIsNoResultIsRefusedOnOneLineBeforeAnythingIsMeasured() throws IOException {
        Files.writeString(before, "{}");
        Path out = folder.resolve("out");
        for (List<String> more : List.of(
                List.of("--against", after.toString()),
                List.of("--out", out.toString()),
                List.of("--atlas", "--out", out.toString()))) {
            List<String> words = new ArrayList<>(List.of("bench", "--compare", before.toString()));
            words.addAll(more);
            refused("--compare " + before + ": is no result of bench", words);
        }
        assertTrue(Files.notExists(out));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--quick", "--atlas", "--gpu", "--threads 1", "--peers mkl", "--out x", "--minutes 3"})
    void whatOnlyAMeasurementUsesIsRefusedBesideTwoFiles(String option) {
        List<String> words =
                new ArrayList<>(List.of("bench", "--compare", before.toString(), "--against", after.toString()));
        words.addAll(List.of(option.split(" ", -1)));
        refused(words.get(5) + ": has no use beside --against", words);
    }

    @Test
    void oneFileAloneIsRefused() {
        refused("--against: " + after + " without --compare", List.of("bench", "--against", after.toString()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--minutes 5 | --minutes: 5 without --atlas; accepted is it with --atlas",
                "--sizes 64 | --sizes: 64 without --gpu; accepted is it with --gpu",
                "--atlas --minutes -1 | --minutes: -1 is out of range; accepted are 0 to 10080",
                "--atlas --minutes 10081 | --minutes: 10081 is out of range",
                "--atlas --minutes soon | --minutes: 'soon' is not accepted",
                "--gpu --atlas | --atlas: has no use beside --gpu"
            })
    void anOptionWithoutUseOrOutOfRangeIsRefused(String options, String start) {
        refused(start, List.of(("bench " + options).split(" ", -1)));
    }

    private static void refused(String start, List<String> words) {
        CommandRun run = CommandRun.of(words.toArray(String[]::new));
        assertEquals(2, run.status(), run.err());
        assertEquals(1, run.errLines().size(), run.err());
        assertTrue(run.err().startsWith("rewire bench: " + start), run.err());
        assertEquals("", run.out());
    }
}
