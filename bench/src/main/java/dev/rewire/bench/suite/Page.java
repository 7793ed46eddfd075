package dev.rewire.bench.suite;

import dev.rewire.bench.Doubt;
import dev.rewire.bench.Environment;
import dev.rewire.bench.compare.Comparison;
import dev.rewire.bench.compare.ComparisonTable;
import dev.rewire.training.cli.page.Html;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One page that needs nothing but itself. */
public final class Page {
    private final SuiteReport report;
    private final Charts charts;
    private final Tables tables;
    private final StringBuilder html = new StringBuilder(1 << 18);

    private Page(SuiteReport report, Charts charts) {
        this.report = report;
        this.charts = charts;
        this.tables = new Tables(report);
    }

    /**
     * Makes the page.
     *
     * @param report what it shows
     * @param comparison with an earlier run; null without one
     * @return its text, and why it has no charts if so
     */
    public static Page of(SuiteReport report, @Nullable Comparison comparison) {
        return of(report, comparison, Charts.of(report));
    }

    static Page of(SuiteReport report, @Nullable Comparison comparison, Charts charts) {
        Page page = new Page(report, charts);
        page.head();
        if (comparison != null) {
            page.html.append(ComparisonTable.html(comparison));
        }
        page.speedups();
        page.products();
        page.peers();
        page.smallBatches();
        page.nm();
        page.roofline();
        page.everything();
        page.html.append(Html.END);
        return page;
    }

    /**
     * The page as HTML.
     *
     * @return a whole document
     */
    public String html() {
        return html.toString();
    }

    /**
     * Why there are no charts.
     *
     * @return a line, empty if there are
     */
    public String missingCharts() {
        return charts.missing();
    }

    private void head() {
        String date =
                report.started().format(DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm 'UTC'xxx", Locale.ENGLISH));
        html.append(Html.start("Rewire: sparse products, measured"));
        html.append("<p class=\"date\">").append(Html.escape(date)).append(", ");
        html.append(report.settings().quick() ? "quick suite, " : "full suite, ");
        html.append(minutes()).append("</p>\n");
        html.append(Html.definitions(environment()));
        html.append(Html.paragraph(
                "How it was measured: each product runs beside the dense product of the same values in one process, in"
                        + " turns, so that a machine that slows down slows all of them. A run that is not timed precedes each"
                        + " timed one. A speed-up is the best run of the fastest dense peer over Rewire's best run. Every"
                        + " result is checked against double precision. Absolute times drift between runs on a shared machine:"
                        + " compare ratios."));
        warnings();
    }

    private List<String[]> environment() {
        Environment environment = report.environment();
        List<String[]> pairs = new ArrayList<>();
        pairs.add(new String[] {"Processor", environment.cpu() + ", " + environment.cores() + " for this JVM"});
        pairs.add(new String[] {"Threads", report.settings().threads() + " of each contender"});
        pairs.add(new String[] {"System", environment.os()});
        pairs.add(new String[] {"JVM", environment.vm() + ", " + environment.jdk()});
        pairs.add(new String[] {
            "Kernels",
            environment.kernels().name() + ", " + environment.kernels().vectorBits() + " bits ("
                    + environment.kernels().reason() + ")"
        });
        environment
                .libraries()
                .forEach((name, library) -> pairs.add(
                        new String[] {name, library.version() + ", " + library.core() + ": " + library.config()}));
        // Those of one library are absent for one reason.
        tables.absentPeers().entrySet().stream()
                .collect(Collectors.groupingBy(
                        Map.Entry::getValue,
                        LinkedHashMap::new,
                        Collectors.mapping(Map.Entry::getKey, Collectors.joining(", "))))
                .forEach((reason, names) -> pairs.add(new String[] {"Absent", names + ": " + reason}));
        return pairs;
    }

    private void warnings() {
        long disturbed = report.disturbed();
        if (disturbed > 0) {
            warning(disturbed + " of " + report.measured().size() + " measurements were disturbed and carry a "
                    + Tables.DISTURBED + ": half of someone's runs took far longer than his best, so something else was"
                    + " running, and their speed-ups are not to be trusted.");
        }
        for (Measured each : report.measured()) {
            Doubt doubt = each.report().doubt();
            if (doubt != null) {
                warning(each.point().label() + " carries a " + Tables.SUSPECT
                        + ": its first measurement was not believed (" + doubt.reason() + "). "
                        + (doubt.failure() == null
                                ? "What is shown is a second one, in a JVM of its own."
                                : "It is shown all the same, as it could not be repeated: " + doubt.failure()));
            }
        }
        if (report.ceilingsTooLow()) {
            warning(
                    "The ceilings were disturbed: a product was faster than the fused multiply-adds that were measured alone, so"
                            + " the roofline is not to be trusted.");
        }
        if (!report.correct()) {
            warning("A result is WRONG: its error is larger than its bound. See the last table.");
        }
        if (!charts.missing().isEmpty()) {
            warning("No charts: " + charts.missing());
        }
    }

    private void warning(String text) {
        html.append(Html.warning(text));
    }

    private void speedups() {
        if (report.of(Section.SPARSITY).isEmpty()) {
            return;
        }
        Point any = report.of(Section.SPARSITY).get(0).point();
        heading("Speed-up against sparsity");
        figure(
                Charts.SPEEDUP,
                "Forward product of a " + any.rows() + " × " + any.cols() + " matrix, batch "
                        + any.settings().batch()
                        + ", panels, a line for each shape of a block. Both axes are logarithmic; the dashed line is what"
                        + " leaving out the zeros is worth at most at the dense peer's rate. A cross marks where a line passes 1:"
                        + " from there on the sparse product is the faster one. A plus marks a measurement that was disturbed.");
        html.append(tables.speedups().html());
        commands("Any point, with a sparsity S and a block R×C:", any.command(Structure.Blocks.options("RxC", "S")));
    }

    private void products() {
        if (report.of(Section.PRODUCTS).isEmpty()) {
            return;
        }
        heading("The three products of a layer");
        html.append(tables.products().html());
        Point any = report.of(Section.PRODUCTS).get(0).point();
        commands("The first row; the others with another --product and --layout:", any.command());
    }

    private void peers() {
        List<Measured> forward = PeersChart.forward(report);
        if (forward.isEmpty()) {
            return;
        }
        heading("Side by side with the peers");
        figure(
                Charts.PEERS,
                "Best time of the forward product of the layer above, Rewire's of rows (row-major operands, packing included) and of"
                        + " panels. CSR and BSR are MKL's sparse products, plain ones without its optimisation. The peers' operands"
                        + " are row-major, and theirs are the times beside Rewire's row-major product.");
        html.append(tables.peers().html());
        commands(
                "The bars:",
                forward.stream().map(each -> each.point().command()).toArray(String[]::new));
    }

    private void smallBatches() {
        List<Measured> small = report.of(Section.SMALL_BATCH);
        if (small.isEmpty()) {
            return;
        }
        heading("Very small batches");
        html.append(
                Html.paragraph(
                        "With few samples the weights are read for little work: memory decides, and a sparse matrix has less to read."));
        html.append(tables.smallBatches().html());
        commands("", small.stream().map(each -> each.point().command()).toArray(String[]::new));
    }

    private void nm() {
        List<Measured> measured = report.of(Section.NM);
        if (measured.isEmpty()) {
            return;
        }
        heading("N:M patterns");
        figure(
                Charts.NM,
                "Speed-up of the forward product over the fastest dense peer, and what leaving out the zeros is worth at the"
                        + " dense peer's rate. Shared by V: V consecutive outputs keep the same elements of each group. With one"
                        + " sample memory decides, and indices are read, too.");
        html.append(tables.nm().html());
        commands("", measured.stream().map(each -> each.point().command()).toArray(String[]::new));
    }

    private void roofline() {
        heading("Roofline");
        figure(
                Charts.ROOFLINE,
                "Rate over what is multiplied against operations per byte of operands, each byte counted once. The line is the"
                        + " measured ceiling: memory bandwidth at the left, fused multiply-adds at the right. Operands that stay in a"
                        + " cache from run to run may lie above the slope.");
        html.append(tables.ceilings().html());
        html.append(Html.paragraph(
                "The ceilings are loops of Rewire's own, the best of repeated rounds, on vectors as wide as the JVM prefers. Each"
                        + " point is a row of the next table, with its command."));
    }

    private void everything() {
        heading("Every measurement");
        html.append(tables.everything().html());
        html.append("<details><summary>The command of each row</summary>\n");
        report.measured().forEach(each -> html.append(Html.command(each.point().command())));
        html.append("</details>\n");
    }

    private void heading(String text) {
        html.append(Html.heading(text));
    }

    private void figure(String name, String caption) {
        @Nullable String svg = charts.svgs().get(name);
        if (svg != null) {
            html.append("<figure>\n").append(svg).append("<figcaption>");
            html.append(Html.escape(caption)).append("</figcaption>\n</figure>\n");
        }
    }

    private void commands(String lead, String... lines) {
        if (!lead.isEmpty()) {
            html.append(Html.paragraph(lead));
        }
        html.append(Html.command(String.join("\n", lines)));
    }

    private String minutes() {
        long seconds = Math.max(1, report.took().toSeconds());
        return seconds < 120 ? seconds + " seconds" : Math.round(seconds / 60.0) + " minutes";
    }
}
