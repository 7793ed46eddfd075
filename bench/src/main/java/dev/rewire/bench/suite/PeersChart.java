package dev.rewire.bench.suite;

import dev.rewire.bench.Product;
import dev.rewire.kernels.Layout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategorySeries;

/** The best times of all who computed the same product. */
final class PeersChart {
    private PeersChart() {}

    static CategoryChart of(SuiteReport report) {
        Map<String, Double> times = times(report);
        double longest = times.values().stream().mapToDouble(each -> each).max().orElse(1);
        CategoryChart chart = ChartStyle.bars("best time, ms (less is better)", longest);
        chart.getStyler().setLegendVisible(false);
        chart.getStyler().setOverlapped(true);
        CategorySeries series = chart.addSeries("best", new ArrayList<>(times.keySet()), List.copyOf(times.values()));
        series.setFillColor(ChartStyle.color(0));
        return chart;
    }

    /** Who, and his best time. The peers' are those beside the row-major product, as their operands are. */
    static Map<String, Double> times(SuiteReport report) {
        Map<String, Double> times = new LinkedHashMap<>();
        List<Measured> forward = forward(report);
        for (Measured each : forward) {
            boolean panels = each.point().settings().layout() == Layout.PANELS;
            times.put(
                    panels ? "Rewire panels" : "Rewire rows",
                    each.report().times().bestMs());
        }
        if (!forward.isEmpty()) {
            Measured first = forward.get(0);
            first.point()
                    .settings()
                    .peers()
                    .forEach(name -> first.peer(name).ifPresent(peer -> times.put(label(name), peer.bestMs())));
        }
        return times;
    }

    static List<Measured> forward(SuiteReport report) {
        return report.of(Section.PRODUCTS).stream()
                .filter(each -> each.point().settings().product() == Product.FORWARD)
                .toList();
    }

    /** Short, as eight have to stand side by side. */
    private static String label(String peer) {
        return switch (peer) {
            case "openblas" -> "OpenBLAS";
            case "mkl" -> "MKL";
            case "mkl-csr" -> "MKL CSR";
            case "mkl-bsr" -> "MKL BSR";
            case "mkl-csr-plain" -> "CSR plain";
            case "mkl-bsr-plain" -> "BSR plain";
            default -> peer;
        };
    }
}
