package dev.rewire.training.cli.page;

import de.erichseifert.vectorgraphics2d.Processors;
import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.knowm.xchart.internal.chartpart.Chart;

/** Charts as SVG elements of a page. Letters are drawn as shapes, so that a chart looks the same on machines with other fonts. */
public final class Svg {
    /** From the XML declaration to the end of the opening tag. */
    private static final Pattern OPENING = Pattern.compile("^.*?<svg[^>]*>", Pattern.DOTALL);

    /** A hundredth of a pixel is enough. */
    private static final Pattern DIGITS = Pattern.compile("(\\d\\.\\d\\d)\\d+");

    private static final Pattern INDENT = Pattern.compile("\\n\\s+");

    private Svg() {}

    /** Prepares Java to draw where there may be no display and no home. */
    public static void prepare() {
        System.setProperty("java.awt.headless", "true");
        if (!Path.of(System.getProperty("user.home", "")).isAbsolute()) {
            // The JDK keeps a list of fonts below it: of a user without a home that would be below the current folder.
            System.setProperty("user.home", "/dev/null");
        }
    }

    /**
     * Why charts could not be drawn. Java draws letters with the fonts of the system, and a server may have none: without libfreetype it throws an UnsatisfiedLinkError, then a
     * NoClassDefFoundError; without a font an InternalError or a RuntimeException, as the JDK's version has it.
     *
     * @param failure what drawing threw
     * @return a reason, and what helps
     */
    public static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return "they could not be drawn ("
                + cause.toString().lines().findFirst().orElse("")
                + "). Java needs fonts and fontconfig for them: on Debian the packages fontconfig and fonts-dejavu-core";
    }

    /**
     * Draws a chart.
     *
     * @param chart any
     * @param name tells its parts from those of other charts on the page
     * @param description for those who do not see it
     * @return an element
     */
    public static String of(Chart<?, ?> chart, String name, String description) {
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
