package dev.rewire.bench.cli;

import dev.rewire.bench.Environment;
import dev.rewire.bench.GpuRun;
import dev.rewire.bench.SpmmReport;
import dev.rewire.bench.SpmmReport.Peer;
import dev.rewire.bench.SpmmSettings;
import dev.rewire.bench.Times;
import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.NmPattern;
import java.util.Formatter;
import java.util.Locale;

/** A report for people. */
final class SpmmTable {
    private final SpmmReport report;
    private final Formatter text = new Formatter(Locale.ROOT);

    private SpmmTable(SpmmReport report) {
        this.report = report;
    }

    static String of(SpmmReport report) {
        SpmmTable table = new SpmmTable(report);
        table.problem();
        table.times();
        table.check();
        table.environment();
        return table.text.toString();
    }

    private void problem() {
        SpmmSettings settings = report.settings();
        BlockPattern pattern = report.pattern();
        text.format(
                "%n%s, W %d × %d, batch %d, %s, %d %s%n",
                settings.product(),
                pattern.rows(),
                pattern.cols(),
                settings.batch(),
                OptionValues.name(settings.layout()),
                settings.threads(),
                settings.threads() == 1 ? "thread" : "threads");
        NmPattern nm = report.nm();
        if (nm != null) {
            GpuRun gpu = report.gpu();
            text.format(
                    "%d:%d%s, %s, %d elements%n%n",
                    nm.n(),
                    nm.m(),
                    nm.sharedRows() > 1 ? ", shared by " + nm.sharedRows() + " outputs" : "",
                    gpu == null ? settings.values() : gpu.arithmetic() + " on the GPU",
                    report.nonzeros());
            return;
        }
        text.format(
                "%d of %d blocks of %d×%d, %.2f %% stored as %s, %d nonzeros%n%n",
                pattern.blocks(),
                (long) pattern.gridRows() * pattern.gridCols(),
                pattern.blockRows(),
                pattern.blockCols(),
                100 * pattern.density(),
                settings.values(),
                report.nonzeros());
    }

    private void times() {
        text.format("  %-13s %11s %11s %9s %10s %9s%n", "", "median ms", "best ms", "GFLOP/s", "effective", "speed-up");
        row(report.name(), report.times(), report.gflops(), "");
        report.peers().forEach((name, peer) -> {
            if (peer instanceof Peer.Measured measured) {
                double ratio = measured.times().bestMs() / report.times().bestMs();
                row(name, measured.times(), report.gflops(name, measured.times()), number(ratio) + "×");
            } else if (peer instanceof Peer.Absent absent) {
                text.format("  %-13s absent: %s%n", name, absent.reason());
            }
        });
        text.format("%n  GFLOP/s: over what is multiplied; effective: over what the dense product would multiply;%n");
        text.format("  speed-up: best run of a peer over the best run of the first; timed after a warm-up%n");
        report.speedupVsBestDense()
                .ifPresent(speedup -> text.format("%n  speed-up   %s× over the fastest dense peer%n", number(speedup)));
        text.format("%n");
    }

    private void row(String name, Times times, double gflops, String speedup) {
        text.format(
                "  %-13s %11s %11s %9s %10s %9s   %d runs after %.1f s%n",
                name,
                number(times.medianMs()),
                number(times.bestMs()),
                number(gflops),
                number(report.denseGflops(times)),
                speedup,
                times.runs(),
                times.warmUp().seconds());
    }

    private void check() {
        text.format(
                "  error      %.3g of its bound: %s%n",
                report.maxErrorOverBound(), report.correct() ? "correct" : "WRONG");
        SuspectText.line(report).ifPresent(line -> text.format("  %s%n", line));
        text.format("  plan       %s ms%n", number(report.planMs()));
        GpuRun gpu = report.gpu();
        if (gpu != null) {
            text.format("  search     %s ms%n", number(gpu.searchMs()));
            text.format("  compress   %s ms%n", number(gpu.compressMs()));
            text.format("  prune      %s ms%n", number(gpu.pruneMs()));
        }
        text.format("%n");
    }

    private void environment() {
        Environment environment = report.environment();
        text.format(
                "  kernels    %s, %d bits (%s)%n",
                environment.kernels().name(),
                environment.kernels().vectorBits(),
                environment.kernels().reason());
        environment
                .libraries()
                .forEach((name, library) ->
                        text.format("  %-10s %s%n             %s%n", name, library.config(), library.path()));
        if (report.gpu() != null) {
            report.gpu().device().forEach((name, value) -> text.format("  %-10s %s%n", name, value));
        }
        text.format("  JVM        %s, %s%n", environment.vm(), environment.jdk());
        text.format("  machine    %s, %d cores, %s%n", environment.cpu(), environment.cores(), environment.os());
    }

    /** Three significant digits, or all before the point. */
    private static String number(double value) {
        double magnitude = Math.abs(value);
        int decimals = magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : magnitude >= 1 ? 2 : magnitude >= 0.1 ? 3 : 4;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
