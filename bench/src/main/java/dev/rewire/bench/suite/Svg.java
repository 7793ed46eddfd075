package dev.rewire.bench.suite;

import de.erichseifert.vectorgraphics2d.Processors;
import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import dev.rewire.bench.html.Html;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.knowm.xchart.internal.chartpart.Chart;

/** Charts as SVG elements of a page. Letters are drawn as shapes, so that a chart looks the same on machines with other fonts. */
final class Svg {
    /** From the XML declaration to the end of the opening tag. */
    private static final Pattern OPENING = Pattern.compile("^.*?<svg[^>]*>", Pattern.DOTALL);

    /** A hundredth of a pixel is enough. */
    private static final Pattern DIGITS = Pattern.compile("(\\d\\.\\d\\d)\\d+");

    private static final Pattern INDENT = Pattern.compile("\\n\\s+");

    private Svg() {}

    /** Draws a chart, whose name tells its parts from those of others on the page. */
    static String of(Chart<?, ?> chart, String name, String description) {
        VectorGraphics2D graphics = new VectorGraphics2D();
        chart.paint(graphics, chart.getWidth(), chart.getHeight());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PageSize size = new PageSize(0, 0, chart.getWidth(), chart.getHeight());
        try {
            Processors.get("svg").getDocument(graphics.getCommands(), size).writeTo(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not refuse bytes", e);
        }
        String svg = bytes.toString(StandardCharsets.UTF_8);
        svg = OPENING.matcher(svg).replaceFirst("");
        svg = DIGITS.matcher(svg).replaceAll("$1");
        svg = INDENT.matcher(svg).replaceAll("\n");
        svg = svg.replace("id=\"clip", "id=\"" + name + "-clip").replace("url(#clip", "url(#" + name + "-clip");
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"" + Html.escape(description)
                + "\" viewBox=\"0 0 " + chart.getWidth() + " " + chart.getHeight() + "\">" + svg;
    }
}
