package dev.rewire.training.cli.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Text for a page. */
public final class Html {
    /** The end of a document. */
    public static final String END = "</body>\n</html>\n";

    private static final String STYLE = "page.css";

    private Html() {}

    /**
     * The beginning of a document that needs nothing but itself, with its title as heading.
     *
     * @param title as it stands
     * @return everything up to what the page says
     */
    public static String start(String title) {
        return start(title, "");
    }

    /**
     * The beginning of a document with a style of its own on top.
     *
     * @param title as it stands
     * @param style rules of CSS
     * @return everything up to what the page says
     */
    public static String start(String title, String style) {
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" + escape(title)
                + "</title>\n<style>\n" + resource(Html.class, STYLE) + style + "</style>\n</head>\n<body>\n<h1>"
                + escape(title) + "</h1>\n";
    }

    /**
     * A text that comes with a class.
     *
     * @param beside the class
     * @param name of the file in its package
     * @return what is in it
     */
    public static String resource(Class<?> beside, String name) {
        try (InputStream in = beside.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    /**
     * The text as it stands, also within the quotes of an attribute.
     *
     * @param text of anybody
     * @return without what HTML would read as its own
     */
    public static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    /**
     * A line for a shell.
     *
     * @param line as it stands
     * @return a block
     */
    public static String command(String line) {
        return "<pre class=\"command\">" + escape(line) + "</pre>\n";
    }

    /**
     * A paragraph.
     *
     * @param text as it stands
     * @return a block
     */
    public static String paragraph(String text) {
        return "<p>" + escape(text) + "</p>\n";
    }

    /**
     * A paragraph that stands out.
     *
     * @param text as it stands
     * @return a block
     */
    public static String warning(String text) {
        return "<p class=\"warning\">" + escape(text) + "</p>\n";
    }

    /**
     * The heading of a section.
     *
     * @param text as it stands
     * @return a block
     */
    public static String heading(String text) {
        return "<h2>" + escape(text) + "</h2>\n";
    }

    /**
     * Names and what they stand for.
     *
     * @param pairs as they stand
     * @return a list
     */
    public static String definitions(List<String[]> pairs) {
        StringBuilder html = new StringBuilder("<dl>\n");
        for (String[] pair : pairs) {
            html.append("<dt>").append(escape(pair[0])).append("</dt><dd>");
            html.append(escape(pair[1])).append("</dd>\n");
        }
        return html.append("</dl>\n").toString();
    }

    /**
     * A number.
     *
     * @param value any
     * @return three significant digits, or all before the point
     */
    public static String number(double value) {
        double magnitude = Math.abs(value);
        int decimals = magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : magnitude >= 1 ? 2 : magnitude >= 0.1 ? 3 : 4;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /**
     * A share.
     *
     * @param share 1 is all
     * @return in percent, at most one digit behind the point
     */
    public static String percent(double share) {
        String text = String.format(Locale.ROOT, "%.1f", 100 * share);
        return (text.endsWith(".0") ? text.substring(0, text.length() - 2) : text) + " %";
    }
}
