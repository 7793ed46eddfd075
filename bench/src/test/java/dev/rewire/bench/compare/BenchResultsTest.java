package dev.rewire.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.bench.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BenchResultsTest {
    @TempDir
    private Path folder;

    private void refused(Path file, String reason) {
        String message = assertThrows(InvalidInputException.class, () -> BenchResults.read("--compare", file))
                .getMessage();
        assertTrue(message.startsWith("--compare " + file + ": " + reason), message);
        assertTrue(message.endsWith("; accepted is a results.json of ./rewire bench"), message);
        assertEquals(1, message.lines().count(), message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | is no result of bench",
                "[] | is no result of bench (no object 'environment')",
                "3 | is no result of bench",
                "{} | is no result of bench (no object 'environment')",
                "{\"environment\": {}} | is no result of bench (no array 'measurements')",
                "{\"environment\": {}, \"measurements\": [3]} | is no result of bench ('product' is missing)",
                "{\"a | is no JSON",
                "./rewire bench | is no JSON"
            })
    void refusesWhatIsNoResult(String content, String reason) throws IOException {
        refused(Files.writeString(folder.resolve("old.json"), content), reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"best_ms\":1.0 | \"best_ms\":0 | 'best_ms' is 0",
                "\"best_ms\":1.0 | \"best_ms\":-1 | 'best_ms' is -1",
                "\"best_ms\":1.0 | \"best_ms\":1e999 | 'best_ms' is",
                "\"best_ms\":1.0 | \"best_ms\":\"fast\" | 'best_ms' is \"fast\"",
                "\"best_ms\":10.0 | \"best_ms\":null | 'best_ms' is null",
                "\"batch\":8 | \"batch\":8.5 | 'batch' is 8.5",
                "\"batch\":8 | \"batch\":99999999999999999999 | 'batch' is 99999999999999999999",
                "\"rows\":64 | \"rows\":-64 | 'rows' is -64",
                "\"product\":\"forward\" | \"product\":7 | 'product' is 7",
                "\"block\":\"16x16\" | \"block\":null | 'block' is null",
                "\"vector_bits\":512 | \"vector_bits\":[] | 'vector_bits' is []"
            })
    void refusesAValueThatNoResultHas(String value, String other, String reason) throws IOException {
        String text = new ResultsText().point(8, 1, Map.of("mkl", 10.0)).toString();
        assertTrue(text.contains(value), text);
        refused(
                Files.writeString(folder.resolve("old.json"), text.replace(value, other)),
                "is no result of bench (" + reason);
    }

    @Test
    void refusesNestingWithoutEnd() throws IOException {
        refused(Files.writeString(folder.resolve("deep.json"), "[".repeat(100_000)), "is no JSON");
    }

    @Test
    void refusesWhatIsNoFile() {
        refused(folder, "is no file");
        refused(folder.resolve("none.json"), "does not exist");
    }

    @ParameterizedTest
    @ValueSource(strings = {"openblas", "mkl"})
    void aPeerThatIsAbsentHasNoTime(String peer) {
        ResultsText text = new ResultsText().point(8, 1, Map.of());
        text.lastPoint().withObject("/peers").putObject(peer).put("absent", "reason");
        assertEquals(Map.of(), text.read().points().values().iterator().next().denseMs());
    }
}
