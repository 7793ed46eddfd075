package dev.rewire.bench.cli;

import dev.rewire.bench.Ceilings;
import dev.rewire.bench.compare.Comparison;
import dev.rewire.bench.compare.ComparisonTable;
import dev.rewire.bench.suite.Crossover;
import dev.rewire.bench.suite.Measured;
import dev.rewire.bench.suite.Section;
import dev.rewire.bench.suite.SuiteReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The short of it, for a terminal; the page has the rest. */
final class BenchTable {
    private static final String LAYER = "  %-60s %10s %10s %10s%n";

    private final SuiteReport report;
    private final Formatter text = new Formatter(Locale.ROOT);

    private BenchTable(SuiteReport report) {
        this.report = report;
    }

    static String of(SuiteReport report, List<Path> files) {
        BenchTable table = new BenchTable(report);
        table.layers();
        table.sparsities();
        table.ceilings();
        if (report.disturbed() > 0) {
            table.text.format("  *  disturbed by something else that ran: not to be trusted%n");
        }
        if (report.suspect() > 0) {
            table.text.format("  ?  suspect: its first measurement was not believed; the page says why%n");
        }
        files.forEach(file -> table.text.format("  %s%n", file));
        return table.text.toString();
    }

    /** What changed since an earlier run; nothing without one. */
    static String of(@Nullable Comparison comparison) {
        return comparison == null ? "" : ComparisonTable.text(comparison);
    }

    private void layers() {
        text.format("%n" + LAYER, "", "best ms", "GFLOP/s", "speed-up");
        for (Measured each : report.measured()) {
            if (each.point().section() != Section.SPARSITY) {
                text.format(
                        LAYER,
                        each.point().label(),
                        number(each.report().times().bestMs()),
                        number(each.report().gflops()),
                        speedup(each));
            }
        }
        text.format("%n");
    }

    private void sparsities() {
        report.byBlock().forEach((block, measured) -> {
            List<String> speedups = new ArrayList<>();
            measured.forEach(each ->
                    speedups.add(String.format(Locale.ROOT, "%.0f %%: %s", 100 * each.sparsity(), speedup(each))));
            text.format("  %-6s%s%n", block, String.join("  ", speedups));
            text.format("        faster than dense: %s%n", crossover(Crossover.of(measured)));
        });
        text.format("%n");
    }

    private static String crossover(Crossover crossover) {
        String share = String.format(Locale.ROOT, "%.0f %%", 100 * crossover.sparsity());
        return switch (crossover.kind()) {
            case BETWEEN -> "from " + share + " sparsity on";
            case BELOW -> "at " + share + " already";
            case ABOVE -> "not up to " + share;
            case UNKNOWN -> "unknown without a dense peer";
        };
    }

    private void ceilings() {
        Ceilings ceilings = report.ceilings();
        text.format(
                "  ceilings: %s GFLOP/s a core, %s GFLOP/s and %s GB/s with %d %s%n%n",
                number(ceilings.coreGflops()),
                number(ceilings.gflops()),
                number(ceilings.bandwidthGbs()),
                ceilings.threads(),
                ceilings.threads() == 1 ? "thread" : "threads");
    }

    private static String speedup(Measured measured) {
        return measured.report().speedupVsBestDense().isPresent()
                ? number(measured.report().speedupVsBestDense().getAsDouble()) + "×"
                        + (measured.report().disturbed() ? "*" : "")
                        + (measured.report().doubt() == null ? "" : "?")
                : "-";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }
}
