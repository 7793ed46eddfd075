package dev.rewire.training.cli.page;

import java.util.ArrayList;
import java.util.List;

/** A table of texts, which it escapes. Texts stand left, everything behind the columns of texts right. */
public final class HtmlTable {
    private final String caption;
    private final int textColumns;
    private final List<String> header;
    private final List<List<String>> rows = new ArrayList<>();

    /**
     * A table without rows.
     *
     * @param caption what it says
     * @param textColumns how many columns at the left hold texts
     * @param header names of all columns
     */
    public HtmlTable(String caption, int textColumns, List<String> header) {
        this.caption = caption;
        this.textColumns = textColumns;
        this.header = List.copyOf(header);
    }

    /**
     * Adds a row.
     *
     * @param row a text for each column
     * @throws IllegalArgumentException if it has more or fewer
     */
    public void add(List<String> row) {
        if (row.size() != header.size()) {
            throw new IllegalArgumentException("row of " + row.size() + " cells for " + header.size() + " columns");
        }
        rows.add(List.copyOf(row));
    }

    /**
     * The table.
     *
     * @return as HTML
     */
    public String html() {
        StringBuilder html = new StringBuilder("<div class=\"wide\"><table>\n<caption>");
        html.append(Html.escape(caption)).append("</caption>\n<thead>");
        row(html, "th", header);
        html.append("</thead>\n<tbody>\n");
        rows.forEach(row -> row(html, "td", row));
        return html.append("</tbody>\n</table></div>\n").toString();
    }

    private void row(StringBuilder html, String cell, List<String> texts) {
        html.append("<tr>");
        for (int i = 0; i < texts.size(); i++) {
            html.append('<').append(cell).append(i < textColumns ? ">" : " class=\"n\">");
            html.append(Html.escape(texts.get(i)));
            html.append("</").append(cell).append('>');
        }
        html.append("</tr>\n");
    }
}
