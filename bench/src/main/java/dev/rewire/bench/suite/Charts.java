package dev.rewire.bench.suite;

import dev.rewire.training.cli.page.Svg;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.knowm.xchart.internal.chartpart.Chart;

/**
 * The charts of a page, as SVG.
 *
 * @param svgs by name; none if they cannot be drawn here
 * @param missing why there are none, or an empty text
 */
record Charts(Map<String, String> svgs, String missing) {
    static final String SPEEDUP = "speedup";
    static final String PEERS = "peers";
    static final String NM = "nm";
    static final String ROOFLINE = "roofline";

    /** Draws them. */
    static Charts of(SuiteReport report) {
        Svg.prepare();
        Map<String, String> svgs = new LinkedHashMap<>();
        try {
            // Without a dense peer there is no speed-up to show.
            if (report.compared()) {
                draw(svgs, SPEEDUP, "Speed-up against sparsity", () -> SpeedupChart.of(report));
                draw(svgs, NM, "Speed-up of N:M patterns", () -> NmChart.of(report));
            }
            if (!PeersChart.times(report).isEmpty()) {
                draw(svgs, PEERS, "Best times of all contenders", () -> PeersChart.of(report));
            }
            draw(svgs, ROOFLINE, "Rate against arithmetic intensity", () -> RooflineChart.of(report));
            return new Charts(svgs, "");
        } catch (LinkageError | InternalError | RuntimeException e) {
            return without(Svg.reason(e));
        }
    }

    /** No charts. */
    static Charts without(String reason) {
        return new Charts(Map.of(), reason);
    }

    private static void draw(Map<String, String> svgs, String name, String description, Supplier<Chart<?, ?>> chart) {
        svgs.put(name, Svg.of(chart.get(), name, description));
    }
}
