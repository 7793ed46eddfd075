package dev.rewire.bench.atlas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rewire.bench.Environment;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AtlasPageTest {
    private static AtlasReport report(ObjectNode... points) {
        return new AtlasReport(Arrays.stream(points).map(AtlasCell::of).toList(), 4, 1);
    }

    private static String html(AtlasReport report) {
        return AtlasPage.of(report, ZonedDateTime.now(ZoneOffset.UTC), Environment.current(Map.of()), null);
    }

    @ParameterizedTest
    @CsvSource({
        "1, background:#ffffff",
        "0.125, background:#0072b2;color:#fff",
        "0.001, background:#0072b2;color:#fff",
        "8, background:#d55e00;color:#fff",
        "0.25, background:#55a1cc",
        "4, background:#e39455"
    })
    void colourSaysWhoIsFasterAndByHowMuch(double ratio, String color) {
        assertEquals(color, HeatMap.color(ratio));
    }

    @Test
    void aCellHasItsRatioAndTheConfidenceOfItsPairs() {
        ObjectNode unsure = AtlasText.point("b").put("batch", 32).put("disturbed", true);
        AtlasText.pairs((ObjectNode) unsure.get("against_dense"), 5, 4, 0.9);
        String html = html(report(
                AtlasText.point("a"),
                unsure,
                AtlasText.point("c").put("batch", 128).put("suspect", true)));
        assertTrue(html.contains(">0.500</td>"), html);
        assertTrue(html.contains("faster in 10 and slower in 0 of 10 pairs, p 0.0020"), html);
        assertTrue(html.contains(">~0.900†</td>"), html);
        assertTrue(html.contains(">0.500‡</td>"), html);
        assertTrue(html.contains("1 points carry a †") && html.contains("1 points carry a ‡"), html);
        assertTrue(html.contains("<tr><th></th><th>8</th><th>32</th><th>128</th></tr>"), html);
    }

    @Test
    void aPointWithoutADensePeerHasNoColour() {
        String html = html(report(AtlasText.point("a").putNull("against_dense")));
        assertTrue(html.contains("<tr><th>90 %</th><td>–</td></tr>"), html);
    }

    @Test
    void slowerThanOurDenseIsWhoLosesItsPairsTheWorstFirst() {
        ObjectNode worse = AtlasText.point("worse").put("batch", 32);
        AtlasText.pairs((ObjectNode) worse.get("against_own_dense"), 0, 10, 3);
        ObjectNode unsure = AtlasText.point("unsure").put("batch", 64);
        AtlasText.pairs((ObjectNode) unsure.get("against_own_dense"), 4, 6, 1.5);
        ObjectNode faster = AtlasText.point("faster").put("batch", 128);
        AtlasText.pairs((ObjectNode) faster.get("against_own_dense"), 10, 0, 0.5);
        AtlasReport report = report(AtlasText.point("bad"), worse, unsure, faster);
        assertEquals(
                List.of("worse", "bad"),
                report.slowerThanOwnDense().stream().map(AtlasCell::command).toList());
        assertTrue(html(report).contains("2 of 4 points, with the same confidence"));
        assertTrue(html(report).contains("<p>forward, a plan</p>"));
    }

    @Test
    void aChoiceIsWrongIfTheOtherOneIsFasterByMoreThanRunsDiffer() {
        ObjectNode wrong = AtlasText.point("wrong");
        AtlasText.pairs(wrong.putObject("against_other_choice"), 0, 10, 1.2);
        ObjectNode alike = AtlasText.point("alike").put("batch", 32);
        AtlasText.pairs(alike.putObject("against_other_choice"), 0, 10, 1.01);
        ObjectNode right = AtlasText.point("right").put("batch", 64);
        AtlasText.pairs(right.putObject("against_other_choice"), 10, 0, 0.7);
        AtlasReport report = report(
                wrong, alike, right, AtlasText.point("out of the question").put("batch", 128));

        assertEquals(
                List.of("wrong"),
                report.choseTheSlower().stream().map(AtlasCell::command).toList());
        assertEquals(0.75, report.choseTheFaster());
        assertTrue(html(report).contains("75.0 % of the points"));
    }

    @Test
    void escapesWhatAFileSays() {
        ObjectNode evil = AtlasText.point("<script>").put("plan", "<script>").put("block", "<script>\"'");
        evil.put("product", "<script>");
        assertFalse(html(report(evil)).contains("<script"));
    }

    @Test
    void aWrongResultIsSaid() {
        AtlasReport report = report(AtlasText.point("a").put("max_error_over_bound", 1.5));
        assertFalse(report.correct());
        assertTrue(html(report).contains("WRONG"));
    }
}
