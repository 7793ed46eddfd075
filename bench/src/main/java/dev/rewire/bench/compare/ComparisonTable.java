package dev.rewire.bench.compare;

import dev.rewire.bench.compare.Change.Verdict;
import dev.rewire.training.cli.page.Html;
import dev.rewire.training.cli.page.HtmlTable;
import java.util.ArrayList;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A comparison for people: what changed by more than the tolerance, and what one side lacks. */
public final class ComparisonTable {
    /** In the order in which they are shown. */
    private static final Map<Verdict, String> NAMES =
            new TreeMap<>(Map.of(Verdict.SLOWER, "slower", Verdict.FASTER, "faster", Verdict.UNCLEAR, "unclear"));

    private static final List<String> HEADER = List.of("", "point", "before ms", "now ms", "time", "against dense");
    private static final String MARK = " *";
    private static final String EXPLANATION =
            "Time: of the sparse product. Against dense: the same as a share of the fastest dense peer's"
                    + " of the same run, which does not drift with the machine. Where the two disagree it is unclear what became of a point: the"
                    + " machine changed, or something disturbed one of the products.";
    private static final String DOUBTFUL = "one of the two measurements was disturbed or suspect";

    private final Comparison comparison;

    private ComparisonTable(Comparison comparison) {
        this.comparison = comparison;
    }

    /**
     * For a terminal.
     *
     * @param comparison what it says
     * @return lines
     */
    public static String text(Comparison comparison) {
        return new ComparisonTable(comparison).text();
    }

    /**
     * For a page.
     *
     * @param comparison what it says
     * @return a section with its heading
     */
    public static String html(Comparison comparison) {
        return new ComparisonTable(comparison).html();
    }

    private String text() {
        Formatter text = new Formatter(Locale.ROOT);
        text.format("%n  %s%n", with());
        comparison.differences().forEach(line -> text.format("  !  %s%n", line));
        List<List<String>> rows = rows();
        if (!rows.isEmpty()) {
            rows.addFirst(HEADER);
            int widest =
                    rows.stream().mapToInt(row -> row.get(1).length()).max().orElseThrow();
            String format = "  %-10s  %-" + widest + "s  %10s  %10s  %8s  %13s%n";
            rows.forEach(row -> text.format(format, row.toArray()));
        }
        only().forEach(row -> text.format("  %s: %s%n", row.get(0), row.get(1)));
        text.format("  %s%n", summary());
        if (comparison.changes().stream().anyMatch(ComparisonTable::marked)) {
            text.format("  * %s%n", DOUBTFUL);
        }
        return text.toString();
    }

    private String html() {
        StringBuilder html = new StringBuilder(Html.heading("Compared with an earlier run"));
        html.append(Html.paragraph(with() + ": " + summary() + "."));
        comparison.differences().forEach(line -> html.append(Html.warning(line)));
        List<List<String>> rows = rows();
        if (!rows.isEmpty()) {
            HtmlTable table = new HtmlTable("* " + DOUBTFUL, 2, HEADER);
            rows.forEach(table::add);
            html.append(table.html());
        }
        if (!only().isEmpty()) {
            HtmlTable table = new HtmlTable("Points of one run", 2, List.of("where", "point"));
            only().forEach(table::add);
            html.append(table.html());
        }
        return html.append(Html.paragraph(EXPLANATION)).toString();
    }

    private String with() {
        BenchResults before = comparison.before();
        return "compared with rewire " + before.build() + ", " + before.date();
    }

    private List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        NAMES.forEach((verdict, name) -> comparison
                .of(verdict)
                .forEach(change -> rows.add(List.of(
                        name,
                        change.point() + (marked(change) ? MARK : ""),
                        Html.number(change.before().bestMs()),
                        Html.number(change.after().bestMs()),
                        percent(change.time()),
                        change.againstDense().isPresent()
                                ? percent(change.againstDense().getAsDouble())
                                : "–"))));
        return rows;
    }

    private static boolean marked(Change change) {
        return change.doubtful() && change.verdict() != Verdict.SAME;
    }

    private List<List<String>> only() {
        List<List<String>> rows = new ArrayList<>();
        comparison.onlyBefore().forEach(point -> rows.add(List.of("only before", point.toString())));
        comparison.onlyAfter().forEach(point -> rows.add(List.of("only now", point.toString())));
        return rows;
    }

    private String summary() {
        return String.format(
                Locale.ROOT,
                "%d slower by more than %.0f %%, %d faster, %d unclear, %d the same, %d only before, %d only now",
                comparison.of(Verdict.SLOWER).size(),
                100 * Change.TOLERANCE,
                comparison.of(Verdict.FASTER).size(),
                comparison.of(Verdict.UNCLEAR).size(),
                comparison.of(Verdict.SAME).size(),
                comparison.onlyBefore().size(),
                comparison.onlyAfter().size());
    }

    private static String percent(double ratio) {
        return String.format(Locale.ROOT, "%+.1f %%", 100 * (ratio - 1));
    }
}
