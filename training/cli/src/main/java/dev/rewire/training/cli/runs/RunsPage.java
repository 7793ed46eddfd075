package dev.rewire.training.cli.runs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rewire.training.cli.page.Html;
import dev.rewire.training.cli.page.Svg;
import java.util.ArrayList;
import java.util.List;

/** One page of runs that needs nothing but itself. */
public final class RunsPage {
    /** Pictures of so many weights are enough to look at. */
    private static final int MOST_TOPOLOGIES = 24;

    /** So many weights have a curve of their own. */
    private static final int MOST_CURVES = 8;

    private static final String[][] AXES = {
        {"step", "steps"},
        {"flops", "training FLOPs"},
        {"seconds", "seconds of training"}
    };

    private final List<RunFolder> runs;
    private final List<Line> lines = new ArrayList<>();
    private final StringBuilder html = new StringBuilder(1 << 16);
    private String withoutCharts = "";
    private int charts;

    /**
     * A network of any of the runs.
     *
     * @param label on the page
     * @param network what was told of it
     */
    record Line(String label, ToldNetwork network) {}

    private RunsPage(List<RunFolder> runs) {
        this.runs = runs;
        for (RunFolder run : runs) {
            for (ToldNetwork network : run.networks()) {
                lines.add(new Line(runs.size() == 1 ? network.name() : run.label() + ", " + network.name(), network));
            }
        }
    }

    /**
     * Makes the page.
     *
     * @param runs at least one
     * @param command that makes it again
     * @return a whole document
     */
    public static String html(List<RunFolder> runs, String command) {
        Svg.prepare();
        RunsPage page = new RunsPage(runs);
        page.head(command);
        page.learning();
        page.time();
        page.runs.forEach(page::rewiring);
        page.topologies();
        page.tables();
        return page.html.append(Html.END).toString();
    }

    private void head(String command) {
        String names = String.join(", ", runs.stream().map(RunFolder::label).toList());
        html.append(Html.start("Rewire: " + names, Html.resource(RunsPage.class, "runs.css")));
        html.append(Html.paragraph(lines.get(0).network().setting("model") + ", "
                + lines.get(0).network().run().path("train_samples").asText() + " training and "
                + lines.get(0).network().run().path("test_samples").asText() + " test samples"
                + (runs.size() == 1 ? "" : " in the first run")));
        html.append(Html.command(command));
    }

    private void learning() {
        html.append(Html.heading("What was learned, for how much"));
        html.append(
                Html.paragraph(
                        "Loss of training (thin, a mean of some steps) and of test samples (with marks, after each epoch), and accuracy on test samples: over"
                                + " steps, over the operations that the papers' formulas count, and over the seconds that the steps took. The highest losses, of the first steps, are cut off."));
        legend(lines.stream().map(Line::label).toList());
        html.append("<div class=\"charts\">\n");
        for (String[] axis : AXES) {
            Curves loss = curves(axis[1], "loss");
            for (int l = 0; l < lines.size(); l++) {
                loss.add(lines.get(l).network().stretches(), axis[0], "loss", 1, l, false);
                loss.add(lines.get(l).network().epochs(), axis[0], "test_loss", 1, l, true);
            }
            loss.cut();
            draw(loss);
        }
        for (String[] axis : AXES) {
            Curves accuracy = curves(axis[1], "test accuracy in %");
            for (int l = 0; l < lines.size(); l++) {
                accuracy.add(lines.get(l).network().epochs(), axis[0], "test_accuracy", 100, l, true);
            }
            draw(accuracy);
        }
        html.append("</div>\n");
        if (!withoutCharts.isEmpty()) {
            html.append(Html.warning("No charts: " + withoutCharts));
        }
    }

    private Curves curves(String x, String y) {
        return new Curves("chart" + charts++, x, y);
    }

    /** A chart that has something to show, on a machine that can draw. */
    private void draw(Curves curves) {
        if (curves.isEmpty()) {
            return;
        }
        try {
            html.append("<figure>").append(curves.svg()).append("</figure>\n");
        } catch (LinkageError | InternalError | RuntimeException e) {
            withoutCharts = Svg.reason(e);
        }
    }

    private void legend(List<String> names) {
        html.append("<ul class=\"legend\">");
        for (int n = 0; n < names.size(); n++) {
            html.append("<li><i style=\"background:")
                    .append(Curves.color(n))
                    .append("\"></i>")
                    .append(Html.escape(names.get(n)))
                    .append("</li>");
        }
        html.append("</ul>\n");
    }

    private void time() {
        html.append(Html.heading("Where the time went"));
        legend(TimeParts.names());
        for (Line line : lines) {
            TimeParts parts = TimeParts.of(line.network());
            if (parts.total() > 0) {
                html.append(Html.paragraph(line.label())).append(parts.bar());
            }
        }
        html.append(TimeParts.table(lines).html());
    }

    private void rewiring(RunFolder run) {
        for (ToldNetwork network : run.networks()) {
            List<JsonNode> told = network.rewirings();
            List<String> weights = network.weights().stream()
                    .filter(name -> told.stream()
                            .anyMatch(line -> line.path("parameter").asText().equals(name)
                                    && line.path("exploration_rate").asDouble() < 1))
                    .limit(MOST_CURVES)
                    .toList();
            if (!weights.isEmpty()) {
                html.append(Html.heading("How " + (runs.size() == 1 ? network.name() : run.label()) + " was rewired"));
                html.append(Html.paragraph(
                        "Of each weights: how many of those stored a rewiring exchanged, the share of all places that ever had one"
                                + " (R_s), and the norm of the gradient of those stored at the step before."));
                legend(weights);
                html.append("<div class=\"charts\">\n");
                draw(told, weights, "churn", "exchanged, in %", 100);
                draw(told, weights, "exploration_rate", "ever active, in %", 100);
                draw(told, weights, "gradient_norm", "norm of the gradient", 1);
                html.append("</div>\n");
                html.append(RunTables.rewirings(network).html());
            }
        }
    }

    private void draw(List<JsonNode> told, List<String> weights, String key, String y, double scale) {
        Curves curves = curves("steps", y);
        for (int w = 0; w < weights.size(); w++) {
            String name = weights.get(w);
            curves.add(
                    told.stream()
                            .filter(line -> line.path("parameter").asText().equals(name))
                            .toList(),
                    "step",
                    key,
                    scale,
                    w,
                    false);
        }
        draw(curves);
    }

    private void topologies() {
        html.append(Html.heading("Where the connections are"));
        html.append(Html.paragraph(
                "Outputs from top to bottom, inputs from left to right, before the first step and as they were last saved: the fuller the colour,"
                        + " the more of the places of a cell are stored."));
        for (RunFolder run : runs) {
            if (runs.size() > 1) {
                html.append("<h3>").append(Html.escape(run.label())).append("</h3>\n");
            }
            if (!run.missing().isEmpty()) {
                html.append(Html.paragraph("No pictures: " + run.missing()));
            } else if (run.topologies().isEmpty()) {
                html.append(Html.paragraph("All weights are dense."));
            }
            run.topologies().stream().limit(MOST_TOPOLOGIES).forEach(each -> html.append(each.html()));
            int more = run.topologies().size() - MOST_TOPOLOGIES;
            if (more > 0) {
                html.append(Html.paragraph("and " + more + " more weights"));
            }
        }
    }

    private void tables() {
        html.append(Html.heading("Results"))
                .append(RunTables.results(runs, lines).html());
        html.append(Html.heading("Settings")).append(RunTables.settings(lines).html());
    }
}
