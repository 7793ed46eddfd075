package dev.rewire.training.cli.runs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rewire.training.cli.page.Html;
import dev.rewire.training.cli.page.HtmlTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Where the time of a network's steps went: milliseconds of each part, of all epochs that ended. */
record TimeParts(List<Double> millis, long steps) {
    private static final List<String> PARTS =
            List.of("loading", "forward", "loss", "backward", "optimizer", "rewiring");

    /** The names of the parts, and of what is around them. */
    static List<String> names() {
        List<String> names = new ArrayList<>(PARTS);
        names.add("rest");
        return names;
    }

    static TimeParts of(ToldNetwork network) {
        double[] millis = new double[PARTS.size() + 1];
        long steps = 0;
        for (JsonNode epoch : network.epochs()) {
            double rest = 1000 * epoch.path("epoch_seconds").asDouble();
            for (int p = 0; p < PARTS.size(); p++) {
                double part = epoch.path(PARTS.get(p) + "_ms").asDouble();
                millis[p] += part;
                rest -= part;
            }
            millis[PARTS.size()] += Math.max(0, rest);
            steps = epoch.path("step").asLong();
        }
        return new TimeParts(Arrays.stream(millis).boxed().toList(), steps);
    }

    double total() {
        return millis.stream().mapToDouble(each -> each).sum();
    }

    /** As a bar of the width of the page. */
    String bar() {
        StringBuilder html = new StringBuilder("<div class=\"bar\">");
        for (int p = 0; p < millis.size(); p++) {
            html.append(String.format(
                    Locale.ROOT,
                    "<div style=\"width:%.2f%%;background:%s\" title=\"%s, %s\"></div>",
                    100 * millis.get(p) / total(),
                    Curves.color(p),
                    names().get(p),
                    Html.percent(millis.get(p) / total())));
        }
        return html.append("</div>\n").toString();
    }

    /** Of several networks. */
    static HtmlTable table(List<RunsPage.Line> lines) {
        List<String> header = new ArrayList<>(List.of("part"));
        List<TimeParts> parts = new ArrayList<>();
        for (RunsPage.Line line : lines) {
            header.add(line.label() + ", ms a step");
            header.add("share");
            parts.add(of(line.network()));
        }
        HtmlTable table = new HtmlTable(
                "Mean of all steps of the epochs that ended; the gradient of the loss is part of it", 1, header);
        for (int p = 0; p < names().size(); p++) {
            List<String> row = new ArrayList<>(List.of(names().get(p)));
            for (TimeParts of : parts) {
                boolean known = of.steps() > 0 && of.total() > 0;
                row.add(known ? Html.number(of.millis().get(p) / of.steps()) : "–");
                row.add(known ? Html.percent(of.millis().get(p) / of.total()) : "–");
            }
            table.add(row);
        }
        return table;
    }
}
