package dev.rewire.training.cli.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.rewire.training.cli.page.Html;
import dev.rewire.training.cli.page.HtmlTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** The numbers of a page, in tables. */
final class RunTables {
    private static final String NONE = "–";

    private RunTables() {}

    /** What each network came to: a column for each. */
    static HtmlTable results(List<RunFolder> runs, List<RunsPage.Line> lines) {
        List<String> header = new ArrayList<>(List.of(""));
        lines.forEach(line -> header.add(line.label()));
        HtmlTable table = new HtmlTable(
                "After the last epoch that ended. Operations are counted by the papers' formulas, seconds are those of the steps",
                1,
                header);
        Map<String, Function<JsonNode, String>> rows = new LinkedHashMap<>();
        rows.put("epochs", epoch -> text(epoch, "epoch"));
        rows.put("steps", epoch -> text(epoch, "step"));
        rows.put("test accuracy", epoch -> percent(epoch, "test_accuracy"));
        rows.put("training accuracy", epoch -> percent(epoch, "train_accuracy"));
        rows.put("test loss", epoch -> number(epoch, "test_loss", 1));
        rows.put("training loss", epoch -> number(epoch, "loss", 1));
        rows.put(
                "training FLOPs",
                epoch -> epoch.path("flops").isNumber()
                        ? String.format(Locale.ROOT, "%.3g", epoch.path("flops").asDouble())
                        : NONE);
        rows.put("seconds of training", epoch -> number(epoch, "seconds", 1));
        rows.put("peak memory in MB", epoch -> number(epoch, "peak_memory_bytes", 1e-6));
        rows.forEach((name, cell) -> {
            List<String> row = new ArrayList<>(List.of(name));
            lines.forEach(line -> row.add(cell.apply(last(line.network().epochs()))));
            table.add(row);
        });
        addBest(table, lines);
        addWeights(table, lines);
        addReports(table, runs);
        return table;
    }

    private static void addBest(HtmlTable table, List<RunsPage.Line> lines) {
        List<String> row = new ArrayList<>(List.of("best test accuracy"));
        for (RunsPage.Line line : lines) {
            double best = line.network().epochs().stream()
                    .mapToDouble(epoch -> epoch.path("test_accuracy").asDouble(-1))
                    .max()
                    .orElse(-1);
            row.add(best < 0 ? NONE : percent(best));
        }
        table.add(row);
    }

    private static void addWeights(HtmlTable table, List<RunsPage.Line> lines) {
        List<String> row = new ArrayList<>(List.of("weights stored at first, of those of the dense network"));
        for (RunsPage.Line line : lines) {
            long stored = 0;
            long all = 0;
            for (JsonNode weights : line.network().run().path("weights")) {
                stored += weights.path("stored").asLong();
                all += weights.path("outputs").asLong() * weights.path("inputs").asLong();
            }
            row.add(String.format(Locale.ROOT, "%,d of %,d", stored, all));
        }
        table.add(row);
    }

    /** What a report has beyond that: of the run itself, not of the dense network. */
    private static void addReports(HtmlTable table, List<RunFolder> runs) {
        Map<String, Function<JsonNode, String>> rows = new LinkedHashMap<>();
        rows.put("median step in ms", report -> number(report, "step_ms_median", 1));
        rows.put("speed-up over the dense network", report -> number(report, "speedup_vs_dense", 1));
        rows.put("share of rewiring", report -> percent(report, "rewire_share"));
        rows.put("places ever active", report -> percent(report, "exploration_rate"));
        rows.forEach((name, cell) -> {
            List<String> row = new ArrayList<>(List.of(name));
            for (RunFolder run : runs) {
                row.add(cell.apply(run.report()));
                for (int other = 1; other < run.networks().size(); other++) {
                    row.add("");
                }
            }
            table.add(row);
        });
    }

    /** The settings of each network, those first that are not the same for all. */
    static HtmlTable settings(List<RunsPage.Line> lines) {
        List<String> header = new ArrayList<>(List.of("setting"));
        Set<String> keys = new LinkedHashSet<>();
        for (RunsPage.Line line : lines) {
            header.add(line.label());
            line.network().run().path("settings").fieldNames().forEachRemaining(keys::add);
        }
        HtmlTable table = new HtmlTable(
                lines.size() == 1
                        ? "By the names of the command line"
                        : "By the names of the command line, those first that differ",
                lines.size() + 1,
                header);
        for (boolean same : new boolean[] {false, true}) {
            for (String key : keys) {
                List<String> values =
                        lines.stream().map(line -> line.network().setting(key)).toList();
                if (same == (new LinkedHashSet<>(values).size() == 1)) {
                    List<String> row = new ArrayList<>(List.of(key));
                    values.forEach(value -> row.add(value.toLowerCase(Locale.ROOT)));
                    table.add(row);
                }
            }
        }
        return table;
    }

    /** How each weights of a network stand after the last rewiring. */
    static HtmlTable rewirings(ToldNetwork network) {
        HtmlTable table = new HtmlTable(
                "After the last rewiring; exchanged are those of all rewirings together",
                1,
                List.of(
                        "weights",
                        "target",
                        "stored",
                        "rewirings",
                        "exchanged",
                        "ever active",
                        "dead outputs",
                        "dead inputs",
                        "norm"));
        for (String name : network.weights()) {
            List<JsonNode> told = network.rewirings().stream()
                    .filter(line -> line.path("parameter").asText().equals(name))
                    .toList();
            JsonNode last = last(told);
            long exchanged =
                    told.stream().mapToLong(line -> line.path("grown").asLong()).sum();
            table.add(List.of(
                    name,
                    last.path("target").isNumber()
                            ? String.format(
                                    Locale.ROOT, "%,.1f", last.path("target").asDouble())
                            : NONE,
                    count(last, "stored"),
                    Integer.toString(told.size()),
                    String.format(Locale.ROOT, "%,d", exchanged),
                    percent(last, "exploration_rate"),
                    count(last, "dead_outputs"),
                    count(last, "dead_inputs"),
                    number(last, "weight_norm", 1)));
        }
        return table;
    }

    private static JsonNode last(List<JsonNode> lines) {
        return lines.isEmpty() ? MissingNode.getInstance() : lines.getLast();
    }

    private static String text(JsonNode line, String key) {
        return line.path(key).asText(NONE);
    }

    private static String count(JsonNode line, String key) {
        return line.path(key).isNumber()
                ? String.format(Locale.ROOT, "%,d", line.path(key).asLong())
                : NONE;
    }

    private static String number(JsonNode line, String key, double scale) {
        return line.path(key).isNumber() ? Html.number(scale * line.path(key).asDouble()) : NONE;
    }

    private static String percent(JsonNode line, String key) {
        return line.path(key).isNumber() ? percent(line.path(key).asDouble()) : NONE;
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f %%", 100 * share);
    }
}
