package dev.rewire.bench.suite;

import java.util.List;
import java.util.Locale;

/** Text for a page. */
final class Html {
    private Html() {}

    /** The text as it stands, also within the quotes of an attribute. */
    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    /** A line for a shell. */
    static String command(String line) {
        return "<pre class=\"command\">" + escape(line) + "</pre>\n";
    }

    /** Text of a paragraph, escaped. */
    static String paragraph(String text) {
        return "<p>" + escape(text) + "</p>\n";
    }

    /** Names and what they stand for, escaped. */
    static String definitions(List<String[]> pairs) {
        StringBuilder html = new StringBuilder("<dl>\n");
        for (String[] pair : pairs) {
            html.append("<dt>").append(escape(pair[0])).append("</dt><dd>");
            html.append(escape(pair[1])).append("</dd>\n");
        }
        return html.append("</dl>\n").toString();
    }

    /** Three significant digits, or all before the point. */
    static String number(double value) {
        double magnitude = Math.abs(value);
        int decimals = magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : magnitude >= 1 ? 2 : magnitude >= 0.1 ? 3 : 4;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /** A share, at most one digit behind the point. */
    static String percent(double share) {
        String text = String.format(Locale.ROOT, "%.1f", 100 * share);
        return (text.endsWith(".0") ? text.substring(0, text.length() - 2) : text) + " %";
    }
}
