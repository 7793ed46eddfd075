package dev.rewire.bench.suite;

import dev.rewire.training.cli.page.Html;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;

/** Speed-up against sparsity, a line for each shape of a block. */
final class SpeedupChart {
    private final XYChart chart = ChartStyle.logLog("sparsity", "speed-up over the fastest dense peer");
    private final List<double[]> crossovers = new ArrayList<>();
    private final List<double[]> disturbed = new ArrayList<>();
    private double sparsest = 1;
    private double slowest = -1;
    private double fastest = 1;

    private SpeedupChart() {}

    static XYChart of(SuiteReport report) {
        SpeedupChart speedups = new SpeedupChart();
        int number = 0;
        for (var entry : report.byBlock().entrySet()) {
            List<Measured> measured = entry.getValue().stream()
                    .filter(each -> each.report().speedupVsBestDense().isPresent() && each.sparsity() < 1)
                    .toList();
            if (!measured.isEmpty()) {
                speedups.line(entry.getKey().replace('x', '×'), measured, number++);
            }
        }
        speedups.ideal();
        speedups.marks();
        speedups.axes();
        return speedups.chart;
    }

    private void line(String name, List<Measured> measured, int number) {
        List<double[]> places = new ArrayList<>();
        for (Measured each : measured) {
            double speedup = each.report().speedupVsBestDense().orElseThrow();
            double[] place = {x(each.sparsity()), ChartStyle.log2(speedup)};
            sparsest = Math.max(sparsest, place[0]);
            slowest = Math.min(slowest, place[1]);
            fastest = Math.max(fastest, place[1]);
            places.add(place);
            if (each.report().disturbed()) {
                disturbed.add(place);
            }
        }
        ChartStyle.line(add(name, places), number);
        Crossover crossover = Crossover.of(measured);
        if (crossover.kind() == Crossover.Kind.BETWEEN) {
            crossovers.add(new double[] {x(crossover.sparsity()), 0});
        }
    }

    private void ideal() {
        double[] ends = {0, sparsest};
        ChartStyle.dashed(chart.addSeries("ideal", ends, ends.clone()), ChartStyle.GREY);
    }

    private void marks() {
        if (!crossovers.isEmpty()) {
            ChartStyle.cross(add("crossover", crossovers));
        }
        if (!disturbed.isEmpty()) {
            ChartStyle.disturbed(add("disturbed", disturbed));
        }
    }

    private XYSeries add(String name, List<double[]> places) {
        return chart.addSeries(
                name,
                places.stream().mapToDouble(place -> place[0]).toArray(),
                places.stream().mapToDouble(place -> place[1]).toArray());
    }

    private void axes() {
        ChartStyle.powers(
                chart,
                new int[] {0, (int) Math.ceil(sparsest)},
                new int[] {(int) Math.floor(slowest), (int) Math.ceil(Math.max(fastest, sparsest))},
                dense -> Html.percent(1 - 1 / dense),
                times -> ChartStyle.power(times) + "×");
    }

    /** A sparsity's place: the power of two that the ideal speed-up is, which makes the ideal a straight line. */
    private static double x(double sparsity) {
        return -ChartStyle.log2(1 - sparsity);
    }
}
