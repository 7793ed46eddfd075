package dev.rewire.bench.suite;

import java.util.List;
import org.knowm.xchart.CategoryChart;

/** Speed-ups of N:M patterns beside what they could be. */
final class NmChart {
    private NmChart() {}

    static CategoryChart of(SuiteReport report) {
        List<Measured> shown = report.of(Section.NM).stream()
                .filter(each -> each.report().speedupVsBestDense().isPresent())
                .toList();
        List<String> names = shown.stream().map(NmChart::name).toList();
        List<Double> ideals = shown.stream()
                .map(each -> 1 / each.report().pattern().density())
                .toList();
        List<Double> speedups = shown.stream()
                .map(each -> each.report().speedupVsBestDense().orElseThrow())
                .toList();
        double longest = Math.max(longest(ideals), longest(speedups));
        CategoryChart chart = ChartStyle.bars("speed-up over the fastest dense peer", longest);
        chart.addSeries("measured", names, speedups).setFillColor(ChartStyle.color(0));
        chart.addSeries("ideal", names, ideals).setFillColor(ChartStyle.FAINT);
        return chart;
    }

    private static String name(Measured measured) {
        return measured.point().structure().name() + ", batch "
                + measured.point().settings().batch();
    }

    private static double longest(List<Double> bars) {
        return bars.stream().mapToDouble(each -> each).max().orElse(1);
    }
}
