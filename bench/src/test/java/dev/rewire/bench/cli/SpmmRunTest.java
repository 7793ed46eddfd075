package dev.rewire.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole runs on small matrices, where OpenBLAS is there and where it is not. */
class SpmmRunTest {
    private static final List<String> KEYS = List.of(
            "rewire",
            "date",
            "command",
            "product",
            "format",
            "layout",
            "choice",
            "plan",
            "values",
            "block",
            "rows",
            "cols",
            "batch",
            "threads",
            "device",
            "nnz",
            "stored",
            "density",
            "seed",
            "seconds",
            "runs",
            "median_ms",
            "q1_ms",
            "q3_ms",
            "best_ms",
            "warm_up",
            "gflops",
            "effective_gflops",
            "peers",
            "speedup_vs_best_dense",
            "disturbed",
            "suspect",
            "max_error_over_bound",
            "plan_ms",
            "environment");

    private static final String SMALL = "--json --rows 50 --cols 70 --batch 33 --sparsity 0.7 --block 4x8 ";

    @ParameterizedTest
    @CsvSource({
        "forward, row-major, 1",
        "forward, panels, 2",
        "forward, feature-major, 2",
        "backward-input, row-major, 2",
        "backward-input, panels, 1",
        "backward-input, feature-major, 2",
        "backward-weight, row-major, 1",
        "backward-weight, panels, 2",
        "backward-weight, feature-major, 1"
    })
    void computesEachProductInEachLayout(String product, String layout, int threads) {
        CommandRun run =
                CommandRun.ofSpmm(SMALL + "--product " + product + " --layout " + layout + " --threads " + threads);
        assertEquals(0, run.status(), run.err());
        JsonNode json = run.json();
        assertEquals(product, json.get("product").textValue());
        assertEquals(layout, json.get("layout").textValue());
        assertEquals(threads, json.get("threads").intValue());
        assertTrue(json.get("max_error_over_bound").doubleValue() > 0, run.out());
        assertTrue(json.get("max_error_over_bound").doubleValue() <= 1, run.out());
    }

    @ParameterizedTest
    @CsvSource({
        "forward, row-major, --nm 2:4",
        "forward, panels, --nm 1:4 --nm-shared 2",
        "forward, feature-major, --nm 2:4",
        "backward-input, row-major, --nm 2:4",
        "backward-input, panels, --nm 2:4 --nm-transposable",
        "backward-input, feature-major, --nm 2:4 --nm-transposable",
        "backward-weight, row-major, --nm 4:8",
        "backward-weight, panels, --nm 1:2",
        "backward-weight, feature-major, --nm 2:4"
    })
    void computesEachProductOfNm(String product, String layout, String options) {
        CommandRun run = CommandRun.ofSpmm("--json --format nm --rows 48 --cols 72 --batch 33 --product " + product
                + " --layout " + layout + " " + options);
        assertEquals(0, run.status(), run.err());
        JsonNode json = run.json();
        assertEquals("nm", json.get("format").textValue());
        assertTrue(json.get("block").isNull(), run.out());
        assertTrue(options.contains("--nm " + json.get("nm").textValue()), run.out());
        assertTrue(json.get("max_error_over_bound").doubleValue() > 0, run.out());
        assertTrue(json.get("max_error_over_bound").doubleValue() <= 1, run.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--format nm"})
    void checksHalvesAgainstTheValuesThatTheyStore(String options) {
        CommandRun run = CommandRun.ofSpmm("--json --rows 48 --cols 72 --batch 1 --values f16 " + options);
        assertEquals(0, run.status(), run.err());
        assertEquals("f16", run.json().get("values").textValue());
        assertTrue(run.json().get("max_error_over_bound").doubleValue() <= 1, run.out());
    }

    /** On a machine that is busy so short a measurement may be suspect, which it says with keys of its own. */
    private static void assertKeys(List<String> keys, JsonNode json) {
        List<String> expected = new ArrayList<>(keys);
        if (json.get("suspect").booleanValue()) {
            expected.addAll(
                    expected.indexOf("suspect") + 1, List.of("suspect_gflops", "suspect_reason", "not_repeated"));
        }
        assertEquals(
                expected,
                json.properties().stream().map(entry -> entry.getKey()).toList());
    }

    @Test
    void hasTheKeysOfItsContract() {
        JsonNode json = CommandRun.ofSpmm(SMALL + "--pattern-seed 7 --peers openblas,mkl")
                .json();
        assertKeys(KEYS, json);
        assertEquals("bsr", json.get("format").textValue());
        assertEquals("4x8", json.get("block").textValue());
        assertEquals(50, json.get("rows").intValue());
        assertEquals(70, json.get("cols").intValue());
        assertEquals(33, json.get("batch").intValue());
        // 13 × 9 places, 30 % of them: 35 blocks.
        assertEquals(35 * 32, json.get("stored").intValue());
        assertEquals(35 * 32 / (50.0 * 70), json.get("density").doubleValue(), 1e-6);
        double best = json.get("best_ms").doubleValue();
        ordered(json);
        assertEquals(7, json.get("seed").intValue());
        assertEquals(0.05, json.get("seconds").doubleValue());
        assertTrue(json.get("disturbed").isBoolean());
        assertEquals(2.0 * 35 * 32 * 33 / best / 1e6, json.get("gflops").doubleValue(), 1e-4 / best);
        assertEquals(
                2.0 * 50 * 70 * 33 / best / 1e6, json.get("effective_gflops").doubleValue(), 1e-4 / best);
        assertTrue(json.get("plan_ms").doubleValue() > 0);
        JsonNode environment = json.get("environment");
        assertTrue(environment.get("kernels").has("provider"));
        assertTrue(environment.get("jvm_flags").isArray()
                && environment.get("variables").isObject());
        assertTrue(environment.get("capabilities").get("jvm").has("use_fma"));
        assertEquals(
                "rewire spmm --seconds 0.05 " + SMALL + "--pattern-seed 7 --peers openblas,mkl",
                json.get("command").textValue());
    }

    /** Runs, quartiles and warm-up of a contender. */
    private static void ordered(JsonNode contender) {
        double[] times = Stream.of("best_ms", "q1_ms", "median_ms", "q3_ms")
                .mapToDouble(key -> contender.get(key).doubleValue())
                .toArray();
        assertTrue(
                times[0] > 0 && times[0] <= times[1] && times[1] <= times[2] && times[2] <= times[3],
                contender::toString);
        assertTrue(contender.get("runs").intValue() >= 3, contender::toString);
        JsonNode warmUp = contender.get("warm_up");
        assertTrue(warmUp.get("runs").intValue() > 3 && warmUp.get("settled").isBoolean(), contender::toString);
        double first = warmUp.get("first_ms").doubleValue();
        assertTrue(first > 0 && first / 1000 <= warmUp.get("seconds").doubleValue(), contender::toString);
    }

    @Test
    void saysWhatOfNmItMultiplied() {
        JsonNode json = CommandRun.ofSpmm(
                        "--json --format nm --nm 1:4 --nm-shared 4 --rows 48 --cols 72 --batch 33 --peers openblas,mkl")
                .json();
        List<String> keys = new ArrayList<>(KEYS);
        keys.addAll(keys.indexOf("block") + 1, List.of("nm", "nm_shared", "nm_transposable"));
        assertKeys(keys, json);
        assertEquals("1:4", json.get("nm").textValue());
        assertEquals(4, json.get("nm_shared").intValue());
        assertFalse(json.get("nm_transposable").booleanValue());
        assertEquals(48 * 18, json.get("stored").intValue());
        assertEquals(48 * 18, json.get("nnz").intValue());
        assertEquals(0.25, json.get("density").doubleValue());
        double best = json.get("best_ms").doubleValue();
        assertEquals(2.0 * 48 * 18 * 33 / best / 1e6, json.get("gflops").doubleValue(), 1e-4 / best);
    }

    @Test
    void transposesWhatIsToBeTransposable() {
        CommandRun run = CommandRun.ofSpmm(
                "--json --format nm --nm-transposable --rows 48 --cols 72 --batch 33 --product backward-input");
        assertEquals(0, run.status(), run.err());
        assertTrue(run.json().get("nm_transposable").booleanValue(), run.out());
        assertTrue(run.json().get("max_error_over_bound").doubleValue() <= 1, run.out());
    }

    @Test
    void comparesWithTheDensePeerThatIsThere() {
        JsonNode json = CommandRun.ofSpmm(SMALL + "--peers openblas").json();
        JsonNode openblas = json.get("peers").get("openblas");
        if (openblas.has("absent")) {
            assertTrue(json.get("speedup_vs_best_dense").isNull());
            return;
        }
        double best = openblas.get("best_ms").doubleValue();
        ordered(openblas);
        assertEquals(2.0 * 50 * 70 * 33 / best / 1e6, openblas.get("gflops").doubleValue(), 1e-4 / best);
        double speedup = best / json.get("best_ms").doubleValue();
        assertEquals(speedup, json.get("speedup_vs_best_dense").doubleValue(), 1e-4 * speedup);
        assertTrue(json.get("environment").get("openblas").has("config"));
    }

    @Test
    void listsAPeerWithoutTheProductWithTheReason() {
        CommandRun run = CommandRun.ofSpmm(SMALL + "--product backward-weight --peers mkl-csr");
        assertEquals(0, run.status(), run.err());
        JsonNode peer = run.json().get("peers").get("mkl-csr");
        assertEquals("MKL has no SDDMM", peer.get("absent").textValue());
        assertTrue(run.json().get("speedup_vs_best_dense").isNull());
    }

    @Test
    void asksForTheDensePeersByDefault() {
        JsonNode peers = CommandRun.ofSpmm(SMALL.strip()).json().get("peers");
        assertEquals(
                List.of("openblas", "mkl"),
                peers.properties().stream().map(entry -> entry.getKey()).toList());
    }

    @Test
    void needsNoPeer() {
        JsonNode json = CommandRun.ofSpmm(SMALL + "--peers none").json();
        assertTrue(json.get("peers").isEmpty());
        assertTrue(json.get("speedup_vs_best_dense").isNull());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--rows 0 --cols 30",
                "--rows 20 --cols 0",
                "--rows 0 --cols 0",
                "--rows 20 --cols 30 --sparsity 1",
                "--rows 20 --cols 30 --sparsity 0"
            })
    void takesEmptyAndFullMatrices(String options) {
        for (String product : List.of("forward", "backward-input", "backward-weight")) {
            CommandRun run = CommandRun.ofSpmm("--json --batch 5 --product " + product + " " + options);
            assertEquals(0, run.status(), run.err());
            assertTrue(run.json().get("max_error_over_bound").doubleValue() <= 1, run.out());
        }
    }

    @Test
    void readsAMatrixFromAFile(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a.smtx");
        Files.writeString(file, "6, 8, 4\n0 2 2 2 3 3 4\n1 7 0 3\n");
        JsonNode elements = CommandRun.ofSpmm("--json --matrix " + file).json();
        assertEquals("1x1", elements.get("block").textValue());
        assertEquals(4, elements.get("nnz").intValue());
        assertEquals(4, elements.get("stored").intValue());
        JsonNode blocks =
                CommandRun.ofSpmm("--json --block 2x4 --matrix " + file).json();
        assertEquals(4, blocks.get("nnz").intValue());
        assertEquals(4 * 8, blocks.get("stored").intValue());
        assertTrue(blocks.get("max_error_over_bound").doubleValue() <= 1);
    }

    @Test
    void readsAFileWithoutNonzerosRowsOrColumns(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a.smtx");
        for (String text : List.of("3, 4, 0\n0 0 0 0\n", "0, 4, 0\n0\n", "3, 0, 0\n0 0 0 0\n")) {
            Files.writeString(file, text);
            CommandRun run = CommandRun.ofSpmm("--json --matrix " + file);
            assertEquals(0, run.status(), run.err());
            assertEquals(0, run.json().get("density").doubleValue());
        }
    }

    @Test
    void printsATableForPeople() {
        CommandRun run = CommandRun.ofSpmm("--rows 50 --cols 70 --batch 33 --block 4x8 --peers openblas,mkl-bsr");
        assertEquals(0, run.status(), run.err());
        assertTrue(run.out().contains("forward, W 50 × 70, batch 33, row-major, 1 thread"), run.out());
        assertTrue(run.out().contains("of its bound: correct"), run.out());
        assertTrue(run.out().contains("absent: MKL's BSR has square blocks only, and these are 4x8"), run.out());
    }
}
