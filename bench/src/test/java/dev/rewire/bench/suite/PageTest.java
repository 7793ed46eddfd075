package dev.rewire.bench.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.bench.Doubt;
import dev.rewire.bench.Environment;
import dev.rewire.bench.SpmmReport;
import dev.rewire.bench.SpmmReport.Peer;
import dev.rewire.bench.Times;
import dev.rewire.bench.WarmUp;
import dev.rewire.training.cli.page.Html;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PageTest {
    private static SuiteReport report;

    @BeforeAll
    static void measure() {
        report = SmallSuite.run(step -> {});
    }

    @Test
    void holdsEveryTableAndChart() {
        Page page = Page.of(report, null);
        String html = page.html();
        assertEquals(7, count(html, "<table>"), html);
        String missing = page.missingCharts();
        // A machine without fonts is the only excuse.
        assertTrue(missing.isEmpty() || missing.contains("Fontconfig head") || missing.contains("LinkError"), missing);
        if (missing.isEmpty()) {
            // Those of speed-ups need a dense peer.
            int charts = report.compared() ? 4 : 2;
            assertEquals(charts, count(html, "<svg "));
            assertEquals(charts, count(html, "</svg>"));
            // The parts that a chart refers to are its own.
            assertEquals(count(html, "url(#"), count(html, "-clip") - count(html, "id=\""), html);
        }
        for (Point point : SmallSuite.points()) {
            assertTrue(html.contains(Html.escape(point.command())), point.command());
        }
        assertFalse(html.contains("http://") && html.contains("src="), "the page loads nothing");
        assertTrue(html.endsWith("</html>\n"));
    }

    @Test
    void saysWhyThereAreNoCharts() {
        String html = Page.of(report, null, Charts.without("no <font>")).html();
        assertEquals(7, count(html, "<table>"));
        assertEquals(0, count(html, "<svg"));
        assertTrue(html.contains("No charts: no &lt;font&gt;"), html);
    }

    @Test
    void escapesWhatTheMachineSays() {
        String evil = "<script>alert('&\"')</script>";
        List<Measured> measured = new ArrayList<>();
        for (Measured each : report.measured()) {
            SpmmReport of = each.report();
            Environment on = of.environment();
            Map<String, Peer> peers = new LinkedHashMap<>(of.peers());
            peers.put("openblas", new Peer.Absent(evil));
            measured.add(new Measured(
                    each.point(),
                    new SpmmReport(
                            of.settings(),
                            of.pattern(),
                            of.nm(),
                            of.nonzeros(),
                            of.plan(),
                            of.times(),
                            peers,
                            of.planMs(),
                            of.maxErrorOverBound(),
                            of.gpu(),
                            null,
                            new Environment(
                                    evil,
                                    evil,
                                    evil,
                                    evil,
                                    on.cores(),
                                    List.of(evil),
                                    Map.of(evil, evil),
                                    on.kernels(),
                                    Map.of(evil, new Environment.Library(evil, evil, evil, evil))))));
        }
        String html = Page.of(
                        new SuiteReport(
                                report.settings(),
                                report.started(),
                                Duration.ofMinutes(3),
                                report.ceilings(),
                                measured),
                        null)
                .html();
        assertFalse(html.contains("<script"), html);
        assertTrue(html.contains("&lt;script&gt;alert(&#39;&amp;&quot;&#39;)&lt;/script&gt;"), html);
    }

    @Test
    void marksWhatWasDisturbedOrIsWrong() {
        List<Measured> measured = new ArrayList<>();
        for (Measured each : report.measured()) {
            SpmmReport of = each.report();
            measured.add(new Measured(
                    each.point(),
                    new SpmmReport(
                            of.settings(),
                            of.pattern(),
                            of.nm(),
                            of.nonzeros(),
                            of.plan(),
                            new Times(9, 1, 3, 4, 5, WarmUp.NONE),
                            Map.of("openblas", new Peer.Measured(new Times(9, 3, 4, 5, 6, WarmUp.NONE))),
                            of.planMs(),
                            2,
                            of.gpu(),
                            null,
                            of.environment())));
        }
        SuiteReport disturbed =
                new SuiteReport(report.settings(), report.started(), report.took(), report.ceilings(), measured);
        String html = Page.of(disturbed, null, Charts.without("")).html();
        assertTrue(html.contains("8 of 8 measurements were disturbed"), html);
        assertTrue(html.contains("3.00× †"), html);
        assertTrue(html.contains("2.00 WRONG"), html);
    }

    @Test
    void saysWhatWasMeasuredAgain() {
        List<Measured> measured = new ArrayList<>();
        for (Measured each : report.measured()) {
            measured.add(new Measured(each.point(), each.report().doubted(new Doubt(3, "3 < 5", null))));
        }
        SuiteReport suspect =
                new SuiteReport(report.settings(), report.started(), report.took(), report.ceilings(), measured);
        String html = Page.of(suspect, null, Charts.without("")).html();
        assertTrue(
                html.contains(
                        "carries a ‡: its first measurement was not believed (3 &lt; 5). What is shown is a second"),
                html);
        assertEquals(8, suspect.suspect());
    }

    @Test
    void knowsTheIntensityOfAProduct() {
        // 96×64 in full, 17 samples: 2·96·64·17 operations on 4·(96·64 + 17·96 + 17·64) bytes.
        assertEquals(208896 / 35456.0, report.measured().get(0).intensity(), 1e-9);
        assertEquals(208896 / 35456.0, report.measured().get(1).denseIntensity(), 1e-9);
    }

    private static int count(String text, String part) {
        return text.split(java.util.regex.Pattern.quote(part), -1).length - 1;
    }
}
