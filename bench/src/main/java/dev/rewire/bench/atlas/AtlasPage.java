package dev.rewire.bench.atlas;

import dev.rewire.bench.Environment;
import dev.rewire.bench.compare.Comparison;
import dev.rewire.bench.compare.ComparisonTable;
import dev.rewire.training.cli.page.Html;
import dev.rewire.training.cli.page.HtmlTable;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The page of an atlas: heat maps, and where a sparse product is slower than Rewire's own dense one. */
public final class AtlasPage {
    private final AtlasReport report;
    private final StringBuilder html = new StringBuilder(1 << 18);

    private AtlasPage(AtlasReport report) {
        this.report = report;
    }

    /**
     * Makes the page.
     *
     * @param report what it shows
     * @param date when it was made
     * @param environment where it was measured
     * @param comparison with an earlier run; null without one
     * @return a whole document
     */
    public static String of(
            AtlasReport report, ZonedDateTime date, Environment environment, @Nullable Comparison comparison) {
        AtlasPage page = new AtlasPage(report);
        page.head(date, environment);
        if (comparison != null) {
            page.html.append(ComparisonTable.html(comparison));
        }
        page.maps();
        page.slower();
        return page.html.append(Html.END).toString();
    }

    private void head(ZonedDateTime date, Environment environment) {
        html.append(Html.start("Rewire: atlas of sparse products"));
        html.append("<p class=\"date\">");
        html.append(
                Html.escape(date.format(DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm 'UTC'xxx", Locale.ENGLISH))));
        html.append(", ").append(report.cells().size()).append(" of ").append(report.points());
        html.append(" points</p>\n");
        List<String[]> pairs = new ArrayList<>();
        pairs.add(new String[] {"Processor", environment.cpu() + ", " + environment.cores() + " for this JVM"});
        pairs.add(new String[] {"Threads", report.threads() + " of each contender"});
        pairs.add(new String[] {"JVM", environment.vm() + ", " + environment.jdk()});
        pairs.add(new String[] {
            "Kernels",
            environment.kernels().name() + ", " + environment.kernels().vectorBits() + " bits"
        });
        environment
                .libraries()
                .forEach((name, library) -> pairs.add(new String[] {name, library.version() + ", " + library.core()}));
        html.append(Html.definitions(pairs));
        html.append(Html.paragraph(
                "Each cell is the time of the sparse product over that of the fastest dense peer: below 1, blue, the sparse product"
                        + " is faster. Rows are sparsities, columns batches; operands of Rewire are panels, in fp32. Both run in one process"
                        + " in turns, and a cell is the median of the quotients of runs of one round. The sign test over these pairs says who"
                        + " wins: a number without a ~ is on its side of 1 with a confidence of 95 %, as far as this process tells. The title of"
                        + " a cell has the rest."));
        html.append(legend());
        if (report.disturbed() > 0) {
            html.append(Html.warning(
                    report.disturbed() + " points carry a †: half of someone's runs took far longer than his best, so"
                            + " something else was running."));
        }
        if (report.suspect() > 0) {
            html.append(Html.warning(
                    report.suspect() + " points carry a ‡: their rate is far below what the machine can do. They are"
                            + " measured again when this atlas goes on."));
        }
        if (!report.correct()) {
            html.append(Html.warning("A result is WRONG: its error is larger than its bound."));
        }
    }

    private static String legend() {
        StringBuilder legend = new StringBuilder("<table class=\"heat\"><tr>");
        for (double ratio : new double[] {0.1, 0.25, 0.5, 0.8, 1, 1.25, 2, 4, 10}) {
            legend.append("<td style=\"").append(HeatMap.color(ratio)).append("\">");
            legend.append(Html.number(ratio)).append("</td>");
        }
        return legend.append("</tr></table>\n").toString();
    }

    private void maps() {
        by(report.cells(), AtlasCell::product).forEach((product, ofProduct) -> {
            html.append(Html.heading(product));
            by(ofProduct, AtlasCell::structure).forEach((structure, ofStructure) -> {
                html.append("<h3>")
                        .append(Html.escape(structure.replace('x', '×')))
                        .append("</h3>\n<div class=\"maps\">\n");
                by(ofStructure, AtlasCell::shape).forEach((shape, cells) -> html.append(HeatMap.html(shape, cells)));
                html.append("</div>\n");
            });
        });
    }

    private static Map<String, List<AtlasCell>> by(List<AtlasCell> cells, Function<AtlasCell, String> key) {
        return cells.stream().collect(Collectors.groupingBy(key, LinkedHashMap::new, Collectors.toList()));
    }

    private void slower() {
        html.append(Html.heading("What plans chose"));
        html.append(Html.paragraph(String.format(
                Locale.ROOT,
                "Plans chose the faster of stored values and a dense matrix in %.1f %% of the points. Both were timed where the plan chose"
                        + " the dense matrix, or the dense product of full blocks was not slower; elsewhere it cannot be faster with"
                        + " values copied into it. A choice is wrong if the other is faster by 3 %% with the same confidence.",
                100 * report.choseTheFaster())));
        html.append(Html.heading("Slower than Rewire's own dense product"));
        List<AtlasCell> slower = report.slowerThanOwnDense();
        html.append(Html.paragraph(
                slower.size() + " of " + report.cells().size() + " points, with the same confidence, the worst first."
                        + " The dense product stores all blocks of 16×16."));
        if (slower.isEmpty()) {
            return;
        }
        HtmlTable table = new HtmlTable(
                "Times are medians",
                2,
                List.of("product", "structure", "W", "sparse", "batch", "ms", "dense ms", "times dense"));
        for (AtlasCell cell : slower) {
            table.add(List.of(
                    cell.product(),
                    cell.structure(),
                    cell.shape(),
                    cell.sparsity() + " %",
                    String.valueOf(cell.batch()),
                    Html.number(cell.medianMs()),
                    Html.number(cell.ownDenseMs()),
                    Html.number(cell.againstOwnDense().ratio())));
        }
        html.append(table.html());
        html.append("<details><summary>The plan and the command of each row</summary>\n");
        slower.forEach(cell -> html.append(Html.paragraph(cell.plan())).append(Html.command(cell.command())));
        html.append("</details>\n");
    }
}
