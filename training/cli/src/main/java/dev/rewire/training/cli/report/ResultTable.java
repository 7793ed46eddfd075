package dev.rewire.training.cli.report;

import dev.rewire.training.RunSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The end of a run for people: the network beside the dense one, if there is one. */
public final class ResultTable {
    private static final int LABEL_WIDTH = 22;
    private static final int WIDTH = 24;

    private final @Nullable RunSummary dense;
    private final List<String> lines = new ArrayList<>();

    private ResultTable(@Nullable RunSummary dense) {
        this.dense = dense;
    }

    /** The lines of the table. */
    public static List<String> lines(String title, String engine, RunSummary run, @Nullable RunSummary dense) {
        ResultTable table = new ResultTable(dense);
        table.row("", title, "dense");
        if (Double.isFinite(run.testAccuracy())) {
            table.row("test accuracy", percent(run.testAccuracy()), dense == null ? "" : percent(dense.testAccuracy()));
            table.row(
                    "best test accuracy",
                    percent(run.bestTestAccuracy()),
                    dense == null ? "" : percent(dense.bestTestAccuracy()));
        }
        table.row(
                "loss, of test samples",
                number("%.4f", run.testLoss()),
                dense == null ? "" : number("%.4f", dense.testLoss()));
        table.row("weights", count(run.nonzeros(), run.denseParameters()), integer(run.denseParameters()));
        table.row("training FLOPs", flops(run.trainFlops(), run.denseTrainFlops()), flops(run.denseTrainFlops()));
        table.row("median step", millis(run.stepMillisMedian()), dense == null ? "" : millis(dense.stepMillisMedian()));
        if (dense != null) {
            double speedup = dense.stepMillisMedian() / run.stepMillisMedian();
            table.row("speed-up of a step", number("%.2f x", speedup), "");
        }
        table.row(
                "all steps",
                number("%.1f s", run.stepMillisTotal() / 1000),
                dense == null ? "" : number("%.1f s", dense.stepMillisTotal() / 1000));
        table.row("rewirings", run.rewirings() + ", " + percent(run.rewireShare()) + " of the time", "");
        table.row(
                "memory of parameters",
                megabytes(run.parameterMemoryBytes(), run.denseMemoryBytes()),
                megabytes(run.denseMemoryBytes()));
        table.row("positions ever active", percent(run.explorationRate()), "");
        if (Double.isFinite(run.maskFlipRate())) {
            table.row("last flips of masks", percent(run.maskFlipRate()), "");
        }
        table.row("computed by", engine, dense == null ? "" : dense.engine());
        return table.lines;
    }

    private void row(String label, String ofRun, String ofDense) {
        String format = "%-" + LABEL_WIDTH + "s %" + WIDTH + "s" + (dense == null ? "" : " %" + WIDTH + "s");
        lines.add(String.format(Locale.ROOT, format, label, ofRun, ofDense).stripTrailing());
    }

    private static String percent(double share) {
        return number("%.2f %%", 100 * share);
    }

    private static String millis(double millis) {
        return number("%.3f ms", millis);
    }

    private static String integer(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    private static String count(long part, long whole) {
        return integer(part) + String.format(Locale.ROOT, " (%.1f %%)", 100.0 * part / whole);
    }

    private static String megabytes(long bytes) {
        return number("%.2f MB", bytes / 1e6);
    }

    private static String megabytes(long part, long whole) {
        return megabytes(part) + String.format(Locale.ROOT, " (%.1f %%)", 100.0 * part / whole);
    }

    private static String flops(double flops) {
        return number("%.3g", flops);
    }

    private static String flops(double part, double whole) {
        return flops(part) + String.format(Locale.ROOT, " (%.1f %%)", 100 * part / whole);
    }

    private static String number(String format, double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "-";
    }
}
