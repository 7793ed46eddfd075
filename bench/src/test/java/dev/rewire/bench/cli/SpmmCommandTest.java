package dev.rewire.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole runs, small and short. They pass with and without OpenBLAS. */
class SpmmCommandTest {
    private static final List<String> KEYS = List.of(
            "product",
            "format",
            "layout",
            "block",
            "rows",
            "cols",
            "batch",
            "threads",
            "nnz",
            "stored",
            "density",
            "median_ms",
            "best_ms",
            "gflops",
            "effective_gflops",
            "peers",
            "speedup_vs_best_dense",
            "max_error_over_bound",
            "plan_ms",
            "environment");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "forward, row-major, 1",
        "forward, panels, 2",
        "backward-input, row-major, 2",
        "backward-input, panels, 1",
        "backward-weight, row-major, 1",
        "backward-weight, panels, 2",
    })
    void everyProductIsCorrectInEveryLayout(String product, String layout, String threads) throws IOException {
        JsonNode json = json(
                "--product", product, "--layout", layout, "--threads", threads, "--rows", "70", "--cols", "45", "--block",
                "16x8", "--sparsity", "0.5", "--batch", "19");

        List<String> keys = new ArrayList<>();
        json.fieldNames().forEachRemaining(keys::add);
        assertEquals(KEYS, keys);
        assertEquals(product, json.get("product").textValue());
        assertEquals(layout, json.get("layout").textValue());
        assertEquals("16x8", json.get("block").textValue());
        // A grid of 5 × 6 blocks, half of which are stored.
        assertEquals(15 * 128, json.get("stored").longValue());
        assertEquals(15 * 128 / (70.0 * 45), json.get("density").doubleValue(), 1e-5);
        assertTrue(json.get("nnz").longValue() <= 15 * 128);
        assertTrue(json.get("max_error_over_bound").doubleValue() <= 1);
        assertTrue(json.get("best_ms").doubleValue() <= json.get("median_ms").doubleValue());
        JsonNode openBlas = json.get("peers").get("openblas");
        assertEquals(openBlas.has("absent"), json.get("speedup_vs_best_dense").isNull());
    }

    @Test
    void absentPeersAreListedWithTheReason() throws IOException {
        JsonNode json = json("--rows", "8", "--cols", "8", "--block", "4x4", "--batch", "2", "--peers", "mkl,mkl-csr,mkl-bsr");

        for (String peer : List.of("mkl", "mkl-csr", "mkl-bsr")) {
            assertTrue(json.get("peers").get(peer).get("absent").isTextual(), peer);
            assertEquals(1, json.get("peers").get(peer).size());
        }
        assertTrue(json.get("speedup_vs_best_dense").isNull());
    }

    @Test
    void matrixOfAFileIsMeasuredInBlocks() throws IOException {
        Path file = Files.writeString(folder.resolve("w.smtx"), "5, 6, 3\n0 1 1 3 3 3\n5 0 4\n");

        JsonNode json = json("--matrix", file.toString(), "--block", "2x2", "--batch", "3");

        assertEquals(3, json.get("nnz").longValue());
        assertEquals(3 * 4, json.get("stored").longValue());
        assertEquals(5, json.get("rows").intValue());
        assertTrue(json.get("max_error_over_bound").doubleValue() <= 1);
    }

    @ParameterizedTest
    @CsvSource({"'3, 5, 0;0 0 0 0'", "'0, 5, 0;0'", "'3, 0, 0;0 0 0 0;'"})
    void emptyMatrixIsValid(String content) throws IOException {
        Path file = Files.writeString(folder.resolve("empty.smtx"), content.replace(';', '\n') + "\n");

        assertEquals(0, json("--matrix", file.toString(), "--batch", "3").get("nnz").longValue());
    }

    @Test
    void tableNamesThePeersAndTheProduct() {
        CommandLineRun run = CommandLineRun.of(
                "spmm", "--seconds", "0.1", "--rows", "8", "--cols", "8", "--block", "4x4", "--batch", "2", "--peers", "mkl");

        assertEquals(0, run.status());
        assertTrue(run.out().contains("forward"), run.out());
        assertTrue(run.out().contains("mkl"), run.out());
    }

    @Test
    void helpNamesTheOptions() {
        CommandLineRun run = CommandLineRun.of("spmm", "--help");

        assertEquals(0, run.status());
        for (String option : List.of(
                "--matrix", "--rows", "--cols", "--sparsity", "--pattern-seed", "--format", "--block", "--nm", "--batch",
                "--layout", "--product", "--threads", "--peers", "--seconds", "--json")) {
            assertTrue(run.out().contains(option), option);
        }
    }

    /** Runs and reads stdout, all of which has to be one JSON object. */
    private static JsonNode json(String... arguments) throws IOException {
        List<String> words = new ArrayList<>(List.of("spmm", "--json", "--seconds", "0.1"));
        words.addAll(Arrays.asList(arguments));
        CommandLineRun run = CommandLineRun.of(words.toArray(String[]::new));
        assertEquals(0, run.status(), () -> run.err().toString());
        return new ObjectMapper().readTree(run.out());
    }
}
