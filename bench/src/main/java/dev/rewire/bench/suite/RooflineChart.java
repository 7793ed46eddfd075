package dev.rewire.bench.suite;

import dev.rewire.bench.Ceilings;
import dev.rewire.bench.SpmmReport;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.XYChart;

/** Rate against arithmetic intensity, under what the machine allows. */
final class RooflineChart {
    private final Ceilings ceilings;
    private final XYChart chart = ChartStyle.logLog("arithmetic intensity, operations per byte of operands", "GFLOP/s");
    private double leastX = 1;
    private double mostX = 64;
    private double leastY;
    private double mostY;

    private RooflineChart(Ceilings ceilings) {
        this.ceilings = ceilings;
        leastY = ceilings.gflops() / 8;
        mostY = ceilings.gflops();
    }

    static XYChart of(SuiteReport report) {
        RooflineChart chart = new RooflineChart(report.ceilings());
        chart.points("1024→1024", report.of(Section.SPARSITY), 0);
        chart.points("768→3072", report.of(Section.PRODUCTS), 1);
        chart.points("4096→4096", report.of(Section.SMALL_BATCH), 2);
        chart.points("N:M", report.of(Section.NM), 4);
        chart.densePoints(report.measured());
        chart.roofs();
        return chart.chart;
    }

    private void points(String name, List<Measured> measured, int number) {
        List<double[]> places = new ArrayList<>();
        for (Measured each : measured) {
            places.add(new double[] {each.intensity(), each.report().gflops()});
        }
        points(name, number, places);
    }

    private void densePoints(List<Measured> measured) {
        List<double[]> places = new ArrayList<>();
        for (Measured each : measured) {
            SpmmReport report = each.report();
            // The rate that the dense product has is the one that our time would be worth, over the speed-up.
            report.speedupVsBestDense()
                    .ifPresent(speedup -> places.add(
                            new double[] {each.denseIntensity(), report.denseGflops(report.times()) / speedup}));
        }
        points("dense", 3, places);
    }

    private void points(String name, int number, List<double[]> places) {
        // Nothing has no logarithm.
        List<double[]> shown =
                places.stream().filter(place -> place[0] > 0 && place[1] > 0).toList();
        if (shown.isEmpty()) {
            return;
        }
        for (double[] place : shown) {
            leastX = Math.min(leastX, place[0]);
            mostX = Math.max(mostX, place[0]);
            leastY = Math.min(leastY, place[1]);
            mostY = Math.max(mostY, place[1]);
        }
        double[] x =
                shown.stream().mapToDouble(place -> ChartStyle.log2(place[0])).toArray();
        double[] y =
                shown.stream().mapToDouble(place -> ChartStyle.log2(place[1])).toArray();
        ChartStyle.points(chart.addSeries(name, x, y), number);
    }

    private void roofs() {
        int[] xs = {floor(leastX), (int) Math.ceil(ChartStyle.log2(mostX))};
        double ridge = ChartStyle.log2(ceilings.gflops() / ceilings.bandwidthGbs());
        double top = ChartStyle.log2(ceilings.gflops());
        double left = ChartStyle.log2(ceilings.roof(Math.pow(2, xs[0])));
        String name = ceilings.threads() == 1 ? "roof" : "roof, " + ceilings.threads() + " threads";
        double[] x = ridge > xs[0] ? new double[] {xs[0], ridge, xs[1]} : new double[] {xs[0], xs[1]};
        double[] y = ridge > xs[0] ? new double[] {left, top, top} : new double[] {top, top};
        ChartStyle.roof(chart.addSeries(name, x, y));
        if (ceilings.threads() > 1) {
            double core = ChartStyle.log2(ceilings.coreGflops());
            ChartStyle.dashed(
                    chart.addSeries("one core", new double[] {xs[0], xs[1]}, new double[] {core, core}),
                    ChartStyle.GREY);
        }
        int[] ys = {floor(leastY), (int) Math.ceil(ChartStyle.log2(mostY) + 0.1)};
        // What lies below the axis would be drawn over the labels.
        if (left < ys[0]) {
            ys[0] = (int) Math.floor(left);
        }
        ChartStyle.powers(chart, xs, ys, ChartStyle::power, ChartStyle::power);
    }

    private static int floor(double value) {
        return (int) Math.floor(ChartStyle.log2(value));
    }
}
