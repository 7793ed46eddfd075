package dev.rewire.bench.suite;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.util.Locale;
import java.util.function.Function;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.CategoryStyler;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** What all charts look like. */
final class ChartStyle {
    static final int WIDTH = 900;
    static final int HEIGHT = 520;
    private static final int BARS_HEIGHT = 380;

    /** What axes and legend leave of it, about. */
    private static final int PLOT_WIDTH = 800;

    private static final int PLOT_HEIGHT = 400;

    static final Color TEXT = new Color(0x22, 0x22, 0x22);
    static final Color GREY = new Color(0x77, 0x77, 0x77);
    static final Color FAINT = new Color(0xc8, 0xcd, 0xd2);

    /** Colours that also those tell apart who see few (Okabe and Ito). */
    private static final Color[] COLORS = {
        new Color(0x00, 0x72, 0xb2),
        new Color(0xd5, 0x5e, 0x00),
        new Color(0x00, 0x9e, 0x73),
        new Color(0xcc, 0x79, 0xa7),
        new Color(0xe6, 0x9f, 0x00),
        new Color(0x56, 0xb4, 0xe9)
    };

    private static final Marker[] MARKERS = {
        SeriesMarkers.CIRCLE,
        SeriesMarkers.SQUARE,
        SeriesMarkers.DIAMOND,
        SeriesMarkers.TRIANGLE_UP,
        SeriesMarkers.TRIANGLE_DOWN
    };

    private static final BasicStroke SOLID = new BasicStroke(2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    private static final BasicStroke DASHED =
            new BasicStroke(1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1f, new float[] {7, 5}, 0);

    private ChartStyle() {}

    /** A chart whose axes count powers of two: XChart labels decades alone on logarithmic axes, and these span few of them. */
    static XYChart logLog(String xTitle, String yTitle) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .xAxisTitle(xTitle)
                .yAxisTitle(yTitle)
                .build();
        apply(chart.getStyler());
        chart.getStyler().setMarkerSize(8);
        return chart;
    }

    static void apply(AxesChartStyler styler) {
        Font plain = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
        styler.setChartTitleVisible(false);
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBackgroundColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
        // A dotted line of this library is a path of thousands of dots.
        styler.setPlotGridLinesColor(new Color(0xe2, 0xe2, 0xe2));
        styler.setPlotGridLinesStroke(new BasicStroke(1f));
        styler.setAxisTickMarksColor(GREY);
        styler.setAxisTickMarksStroke(new BasicStroke(1f));
        styler.setChartFontColor(TEXT);
        styler.setAxisTickLabelsColor(TEXT);
        styler.setAxisTickLabelsFont(plain);
        styler.setAxisTitleFont(plain.deriveFont(Font.BOLD));
        styler.setLegendFont(plain);
        styler.setLegendPosition(LegendPosition.OutsideS);
        styler.setLegendLayout(LegendLayout.Horizontal);
        styler.setLegendBorderColor(Color.WHITE);
        styler.setAnnotationTextFont(plain);
        styler.setAnnotationTextFontColor(TEXT);
    }

    /** A chart of bars that have their values above them. */
    static CategoryChart bars(String yTitle, double longest) {
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(BARS_HEIGHT)
                .yAxisTitle(yTitle)
                .build();
        CategoryStyler styler = chart.getStyler();
        apply(styler);
        styler.setPlotGridVerticalLinesVisible(false);
        styler.setAvailableSpaceFill(0.55);
        styler.setLabelsVisible(true);
        styler.setLabelsPosition(1.05);
        styler.setLabelsFont(styler.getLegendFont());
        styler.setLabelsFontColor(TEXT);
        styler.setLabelsFontColorAutomaticEnabled(false);
        styler.setYAxisMin(0.0);
        styler.setYAxisMax(1.12 * longest);
        styler.setYAxisDecimalPattern("0.##");
        return chart;
    }

    /** Ticks at the whole numbers between two ends, named by a function of the power of two that they stand for. */
    static void powers(
            XYChart chart, int[] x, int[] y, Function<Double, String> nameX, Function<Double, String> nameY) {
        AxesChartStyler styler = chart.getStyler();
        styler.setXAxisMin((double) x[0]).setXAxisMax((double) x[1]);
        styler.setYAxisMin((double) y[0]).setYAxisMax((double) y[1]);
        // The hint is a least distance: a little less than one unit's, and there is a tick at each.
        styler.setXAxisTickMarkSpacingHint(hint(PLOT_WIDTH, x)).setYAxisTickMarkSpacingHint(hint(PLOT_HEIGHT, y));
        chart.setCustomXAxisTickLabelsFormatter(tick -> whole(tick) ? nameX.apply(Math.pow(2, tick)) : " ");
        chart.setCustomYAxisTickLabelsFormatter(tick -> whole(tick) ? nameY.apply(Math.pow(2, tick)) : " ");
    }

    private static int hint(int pixels, int[] ends) {
        return (int) (0.7 * pixels / Math.max(1, ends[1] - ends[0]));
    }

    private static boolean whole(double tick) {
        return Math.abs(tick - Math.rint(tick)) < 1e-9;
    }

    static void line(XYSeries series, int number) {
        style(series, COLORS[number % COLORS.length], MARKERS[number % MARKERS.length]);
        series.setLineStyle(SOLID);
    }

    static void points(XYSeries series, int number) {
        line(series, number);
        series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
    }

    static void dashed(XYSeries series, Color color) {
        style(series, color, SeriesMarkers.NONE);
        series.setLineStyle(DASHED);
    }

    static void roof(XYSeries series) {
        style(series, TEXT, SeriesMarkers.NONE);
        series.setLineStyle(SOLID);
    }

    static void cross(XYSeries series) {
        style(series, TEXT, SeriesMarkers.CROSS);
        series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
    }

    static void disturbed(XYSeries series) {
        style(series, new Color(0xb0, 0x00, 0x20), SeriesMarkers.PLUS);
        series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
    }

    private static void style(XYSeries series, Color color, Marker marker) {
        series.setLineColor(color);
        series.setMarkerColor(color);
        series.setMarker(marker);
    }

    static Color color(int number) {
        return COLORS[number % COLORS.length];
    }

    static double log2(double value) {
        return Math.log(value) / Math.log(2);
    }

    /** A power of two as a fraction where it is one. */
    static String power(double value) {
        return value < 1 ? "1/" + Math.round(1 / value) : String.format(Locale.ROOT, "%.0f", value);
    }
}
