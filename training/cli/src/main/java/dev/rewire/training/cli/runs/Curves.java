package dev.rewire.training.cli.runs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rewire.training.cli.page.Svg;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A chart of curves; their names stand beside it on the page. */
final class Curves {
    private static final int WIDTH = 420;
    private static final int HEIGHT = 290;

    /** Stand-ins that the page replaces by what is right for a light and a dark ground. */
    private static final Color TEXT = new Color(1, 2, 3);

    private static final Color GRID = new Color(4, 5, 6);

    /** Colours that also those tell apart who see few (Okabe and Ito), those that are seen on a light and a dark ground. */
    private static final Color[] COLORS = {
        new Color(0x1f, 0x83, 0xd6),
        new Color(0xd5, 0x5e, 0x00),
        new Color(0x00, 0x9e, 0x73),
        new Color(0xcc, 0x79, 0xa7),
        new Color(0xc6, 0x8a, 0x00),
        new Color(0x7a, 0x6f, 0xd0),
        new Color(0x8a, 0x8f, 0x94),
        new Color(0xb0, 0x3a, 0x2e)
    };

    private final XYChart chart;
    private final String name;
    private final String description;
    private final List<double[]> places = new ArrayList<>();
    private int series;

    Curves(String name, String x, String y) {
        this.name = name;
        description = y + " over " + x;
        chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .xAxisTitle(x)
                .yAxisTitle(y)
                .build();
        style(chart.getStyler());
    }

    private static void style(XYStyler styler) {
        Font plain = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
        styler.setChartTitleVisible(false);
        styler.setLegendVisible(false);
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBackgroundColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
        styler.setPlotGridLinesColor(GRID);
        styler.setPlotGridLinesStroke(new BasicStroke(1f));
        styler.setAxisTickMarksColor(GRID);
        styler.setAxisTickMarksStroke(new BasicStroke(1f));
        styler.setChartFontColor(TEXT);
        styler.setAxisTickLabelsColor(TEXT);
        styler.setAxisTickLabelsFont(plain);
        styler.setAxisTitleFont(plain.deriveFont(Font.BOLD));
        styler.setXAxisTickMarkSpacingHint(90);
        styler.setYAxisTickMarkSpacingHint(45);
        styler.setYAxisDecimalPattern("0.####");
        styler.setMarkerSize(5);
    }

    /** Whether there is nothing to see. */
    boolean isEmpty() {
        return series == 0;
    }

    /**
     * Adds a curve of numbers that lines hold.
     *
     * @param lines of which those count that have both
     * @param x name of one
     * @param y name of the other
     * @param scale the other times this is shown
     * @param color number of its colour
     * @param marked whether each number is marked
     */
    void add(List<JsonNode> lines, String x, String y, double scale, int color, boolean marked) {
        List<JsonNode> points = lines.stream()
                .filter(line -> line.path(x).isNumber() && line.path(y).isNumber())
                .toList();
        if (points.isEmpty()) {
            return;
        }
        double[] across =
                points.stream().mapToDouble(line -> line.path(x).asDouble()).toArray();
        double[] up = points.stream()
                .mapToDouble(line -> scale * line.path(y).asDouble())
                .toArray();
        for (int p = 0; p < up.length; p++) {
            places.add(new double[] {across[p], up[p]});
        }
        XYSeries curve = chart.addSeries("curve" + series++, across, up);
        Color painted = COLORS[color % COLORS.length];
        curve.setLineColor(painted);
        curve.setMarkerColor(painted);
        curve.setMarker(marked ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
        curve.setLineStyle(
                marked
                        ? new BasicStroke(2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND)
                        : new BasicStroke(1.2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    }

    /** A colour for CSS. */
    static String color(int number) {
        Color color = COLORS[number % COLORS.length];
        return String.format(Locale.ROOT, "#%02x%02x%02x", color.getRed(), color.getGreen(), color.getBlue());
    }

    /** Leaves out the highest hundredth or two, as the first losses are, below which all else would be a flat line. */
    void cut() {
        double[] up = places.stream().mapToDouble(place -> place[1]).sorted().toArray();
        if (up.length > 0) {
            chart.getStyler().setYAxisMax(1.02 * up[(up.length - 1) * 49 / 50]);
        }
    }

    /**
     * Points that are not seen. The axis begins at 0 with one. And where values are equally spaced, as epochs are, this library would have its ticks at them alone, whatever
     * numbers they are; a third of the way none of them is.
     */
    private void addUnseen() {
        double right = places.stream().mapToDouble(place -> place[0]).max().orElse(1);
        double low = places.stream().mapToDouble(place -> place[1]).min().orElse(0);
        double high = places.stream().mapToDouble(place -> place[1]).max().orElse(1);
        double third = low + (high - low) / Math.PI;
        XYSeries unseen = chart.addSeries("unseen", new double[] {0, right / Math.PI}, new double[] {third, third});
        unseen.setMarker(SeriesMarkers.NONE);
        unseen.setLineStyle(SeriesLines.NONE);
    }

    /** The chart as an element of the page. */
    String svg() {
        addUnseen();
        return Svg.of(chart, name, description)
                .replace("rgb(1,2,3)", "currentColor")
                .replace("rgb(4,5,6)", "var(--grid)")
                .replace("rgb(255,255,255)", "none")
                .replace("white", "none");
    }
}
