package dev.rewire.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rewire.bench.compare.Change.Verdict;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonTest {
    private static final ResultsText BEFORE = new ResultsText().point(8, 1, Map.of("openblas", 10.0));

    private static Change change(ResultsText before, ResultsText after) {
        return Comparison.of(before.read(), after.read()).changes().get(0);
    }

    @ParameterizedTest
    @CsvSource({
        "1.06, 10, SLOWER",
        "1.04, 10, SAME",
        "0.96, 10, SAME",
        "0.94, 10, FASTER",
        // The machine drifted.
        "1.2, 12, UNCLEAR",
        "0.8, 8, UNCLEAR",
        // The dense product alone did.
        "1, 8, UNCLEAR",
        "1.2, 20, UNCLEAR"
    })
    void timeAndTheShareOfTheDensePeerHaveToAgree(double ms, double dense, Verdict verdict) {
        assertEquals(
                verdict,
                change(BEFORE, new ResultsText().point(8, ms, Map.of("openblas", dense)))
                        .verdict());
    }

    @Test
    void timeDecidesWithoutADensePeerInBothRuns() {
        Change change = change(BEFORE, new ResultsText().point(8, 1.2, Map.of("mkl", 12.0)));
        assertTrue(change.againstDense().isEmpty());
        assertEquals(Verdict.SLOWER, change.verdict());
    }

    @Test
    void onlyPeersOfBothRunsAreAYardstick() {
        Change change = change(BEFORE, new ResultsText().point(8, 1, Map.of("openblas", 10.0, "mkl", 5.0)));
        assertEquals(1, change.againstDense().orElseThrow(), 1e-12);
    }

    @Test
    void sparsePeersAreNoYardstick() {
        ResultsText after = new ResultsText().point(8, 1, Map.of("mkl-csr", 1.0));
        assertTrue(change(new ResultsText().point(8, 1, Map.of("mkl-csr", 9.0)), after)
                .againstDense()
                .isEmpty());
    }

    @ParameterizedTest
    @CsvSource({
        "product, backward-input",
        "block, 4x4",
        "layout, row-major",
        "values, bf16",
        "device, gpu",
        "rows, 128",
        "cols, 64",
        "batch, 9",
        "threads, 2",
        "stored, 256"
    })
    void whatDiffersInOneThingIsAnotherPoint(String key, String value) {
        ResultsText after = new ResultsText().point(8, 1, Map.of());
        if (after.lastPoint().get(key).isNumber()) {
            after.lastPoint().put(key, Integer.parseInt(value));
        } else {
            after.lastPoint().put(key, value);
        }
        Comparison comparison = Comparison.of(BEFORE.read(), after.read());
        assertEquals(List.of(), comparison.changes());
        assertEquals(1, comparison.onlyBefore().size());
        assertEquals(1, comparison.onlyAfter().size());
    }

    @ParameterizedTest
    @CsvSource({"nm, 1:4", "nm_shared, 4", "nm_transposable, true"})
    void whatDiffersInItsNmPatternIsAnotherPoint(String key, String value) {
        ResultsText before = nm();
        ResultsText after = nm();
        switch (key) {
            case "nm" -> after.lastPoint().put(key, value);
            case "nm_shared" -> after.lastPoint().put(key, Integer.parseInt(value));
            default -> after.lastPoint().put(key, Boolean.parseBoolean(value));
        }
        assertEquals(List.of(), Comparison.of(before.read(), after.read()).changes());
        assertEquals(1, Comparison.of(before.read(), nm().read()).changes().size());
    }

    private static ResultsText nm() {
        ResultsText text = new ResultsText().point(8, 1, Map.of());
        text.lastPoint().put("format", "nm").putNull("block");
        text.lastPoint().put("nm", "2:4").put("nm_shared", 1).put("nm_transposable", false);
        return text;
    }

    @Test
    void saysThatProcessorsVectorWidthsAndPeersDiffer() {
        ResultsText after = new ResultsText().point(8, 1, Map.of());
        assertEquals(List.of(), Comparison.of(BEFORE.read(), after.read()).differences());
        ((ObjectNode) after.root().get("environment"))
                .put("cpu", "another")
                .withObject("/openblas")
                .put("version", "3")
                .put("core", "Zen");
        ((ObjectNode) after.root().get("environment").get("kernels")).put("vector_bits", 256);
        Comparison comparison = Comparison.of(BEFORE.read(), after.read());
        assertEquals(
                List.of(
                        "processors differ: a processor before, another now",
                        "vector widths differ: 512 bits before, 256 bits now",
                        "openblas differ: absent before, 3, Zen now"),
                comparison.differences());
        comparison.differences().forEach(line -> {
            assertTrue(ComparisonTable.text(comparison).contains(line), line);
            assertTrue(ComparisonTable.html(comparison).contains(line), line);
        });
    }

    @Test
    void tableAndObjectNameEachChangeTheLargestFirst() {
        ResultsText before = new ResultsText()
                .point(1, 1, Map.of())
                .point(2, 1, Map.of())
                .point(3, 1, Map.of())
                .point(4, 1, Map.of())
                .point(5, 1, Map.of());
        ResultsText after = new ResultsText()
                .point(1, 1.1, Map.of())
                .point(2, 2, Map.of())
                .point(3, 0.5, Map.of())
                .point(4, 1, Map.of())
                .point(6, 1, Map.of());
        after.lastPoint().put("disturbed", true);
        Comparison comparison = Comparison.of(before.read(), after.read());
        JsonNode json = ComparisonJson.of(comparison);
        assertEquals(
                List.of(
                        "before",
                        "after",
                        "differences",
                        "tolerance",
                        "slower",
                        "faster",
                        "unclear",
                        "same",
                        "only_before",
                        "only_after"),
                json.properties().stream().map(Map.Entry::getKey).toList());
        assertEquals(List.of(2, 1), batches(json.get("slower")));
        assertEquals(List.of(3), batches(json.get("faster")));
        assertEquals(1, json.get("same").intValue());
        assertEquals(List.of(5), batches(json.get("only_before")));
        assertEquals(List.of(6), batches(json.get("only_after")));
        assertEquals(2, json.get("slower").get(0).get("time").doubleValue());
        assertTrue(json.get("slower").get(0).get("against_dense").isNull());

        List<String> lines = ComparisonTable.text(comparison).lines().toList();
        String point = "forward 32→64, 16x16, 75 % sparse, batch 2, panels, f32, cpu, 1 thread";
        assertTrue(
                lines.get(3).startsWith("  slower      " + point)
                        && lines.get(3).contains("+100.0 %"),
                lines.get(3));
        assertTrue(
                lines.getLast()
                        .endsWith("2 slower by more than 5 %, 1 faster, 0 unclear, 1 the same, 1 only before, 1 only"
                                + " now"),
                lines.getLast());
    }

    private static List<Integer> batches(JsonNode points) {
        return points.findValues("batch").stream().map(JsonNode::intValue).toList();
    }

    @Test
    void marksWhatARunDoesNotTrust() {
        ResultsText after = new ResultsText().point(8, 2, Map.of("openblas", 10.0));
        after.lastPoint().put("suspect", true);
        String text = ComparisonTable.text(Comparison.of(BEFORE.read(), after.read()));
        assertTrue(text.contains("1 thread *") && text.contains("  * one of the two"), text);
    }

    @Test
    void escapesWhatAFileSays() {
        ResultsText after = new ResultsText().point(8, 2, Map.of());
        after.root().put("date", "<script>");
        after.lastPoint().put("layout", "<script>");
        assertFalse(
                ComparisonTable.html(Comparison.of(after.read(), BEFORE.read())).contains("<script"));
    }
}
