package dev.rewire.bench.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rewire.bench.Environment;
import dev.rewire.bench.InvalidInputException;
import dev.rewire.bench.SpmmBenchmark;
import dev.rewire.bench.SpmmReport;
import dev.rewire.bench.atlas.AtlasSettings;
import dev.rewire.bench.compare.BenchResults;
import dev.rewire.bench.compare.Comparison;
import dev.rewire.bench.compare.ComparisonJson;
import dev.rewire.bench.gpu.GpuTable;
import dev.rewire.bench.suite.Page;
import dev.rewire.bench.suite.Point;
import dev.rewire.bench.suite.Suite;
import dev.rewire.bench.suite.SuitePoints;
import dev.rewire.bench.suite.SuiteReport;
import dev.rewire.bench.suite.SuiteSettings;
import dev.rewire.kernels.Workers;
import dev.rewire.kernels.probe.Cpu;
import dev.rewire.kernels.probe.Provenance;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** {@code rewire bench}. */
@Command(
        name = "bench",
        sortOptions = false,
        usageHelpWidth = 110,
        description =
                "Measures a suite of sparse products beside their peers, and writes the results for programs and as a page.",
        footer =
                "%nThe folder gets results.json and index.html, with --gpu table.md, with --atlas the points as they are measured, too. Leave the"
                        + " machine alone meanwhile.%nExit status: 0 done, whatever got slower; 2 bad usage or bad input, 1 anything else.")
final class BenchCommand implements Callable<Integer> {
    /** A folder that git ignores. */
    private static final DateTimeFormatter DEFAULT_OUT = DateTimeFormatter.ofPattern("'bench-results-'uuuuMMdd-HHmmss");

    private static final int DEFAULT_MINUTES = 60;
    private static final int MOST_MINUTES = 7 * 24 * 60;

    private final PrintStream out;
    private final PrintStream err;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--quick", description = "fewer points in less time: under 5 minutes instead of 15 to 20")
    private boolean quick;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "folder of the results, new or empty (default: bench-results-TIME in the current folder)")
    private @Nullable Path folder;

    @Option(
            names = "--atlas",
            description =
                    "measure where sparse products win: three products, blocks and 2:4, sparsities, batches and shapes, beside the"
                            + " dense peers and our own dense product. With --out of an earlier run it goes on; with --quick a few points in"
                            + " a minute or two")
    private boolean atlas;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            description = "with --atlas: how long to measure at most; 0 writes the page of what there is (default: 60)")
    private @Nullable Integer minutes;

    @Option(
            names = "--compare",
            paramLabel = "OLD.json",
            description = "name what got slower or faster by more than 5 %% than in that results.json")
    private @Nullable Path compare;

    @Option(
            names = "--against",
            paramLabel = "NEW.json",
            description = "with --compare: take this results.json, and measure nothing")
    private @Nullable Path against;

    @Option(
            names = "--gpu",
            description = "measure cuSPARSELt beside cuBLASLt on square products of each type, by the device's clock;"
                    + " with --quick in under 2 minutes. Has no use for --threads and --peers")
    private boolean gpu;

    @Option(
            names = "--sizes",
            paramLabel = "N",
            split = ",",
            description =
                    "with --gpu: outputs, inputs and batch, separated by commas (default: 1024,2048,4096,8192,16384)")
    private @Nullable List<Integer> sizes;

    @Option(names = "--threads", paramLabel = "T", defaultValue = "1", description = "of each contender (default: 1)")
    private int threads;

    @Option(
            names = "--peers",
            paramLabel = "NAME",
            split = ",",
            description =
                    "any of openblas, mkl, mkl-csr, mkl-bsr, plain, separated by commas; or none (default: all but plain)")
    private List<String> peers = SpmmBenchmark.LIBRARY_PEERS;

    @Option(names = "--json", description = "print one JSON object instead of a table")
    private boolean json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "print this")
    @SuppressWarnings("unused") // picocli reads it
    private boolean help;

    BenchCommand(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    @Override
    public Integer call() throws IOException {
        if (against != null) {
            return compareFiles(against);
        }
        requireWith("--sizes", "--gpu");
        requireWith("--minutes", "--atlas");
        if (gpu) {
            refuseBeside("--gpu", "--atlas", "--compare");
            GpuBench bench = new GpuBench(quick, sizes == null ? GpuTable.SIZES : sizes, json);
            return bench.run(folder(ResultsFolder.TABLE), GivenCommand.provenance(spec), out, err);
        }
        if (threads < 1 || threads > Workers.MAX_THREADS) {
            throw new InvalidInputException(
                    "--threads: " + threads + " is out of range; accepted are 1 to " + Workers.MAX_THREADS);
        }
        if (minutes != null && (minutes < 0 || minutes > MOST_MINUTES)) {
            throw new InvalidInputException(
                    "--minutes: " + minutes + " is out of range; accepted are 0 to " + MOST_MINUTES);
        }
        SuiteSettings settings = new SuiteSettings(quick, threads, PeerNames.of(peers));
        BenchResults before = compare == null ? null : BenchResults.read("--compare", compare);
        if (atlas) {
            AtlasBench bench = new AtlasBench(
                    new AtlasSettings(quick, threads, settings.densePeers()),
                    Duration.ofMinutes(minutes == null ? DEFAULT_MINUTES : minutes),
                    json);
            ResultsFolder results = folder(ResultsFolder.PAGE, ResultsFolder.POINTS);
            Cpu.current().tooFewFor(threads).ifPresent(line -> err.println("rewire bench: " + line));
            return bench.run(results, GivenCommand.provenance(spec), before, out, err);
        }
        List<Point> points = SuitePoints.of(settings);
        ResultsFolder results = folder(ResultsFolder.PAGE);
        Cpu.current().tooFewFor(threads).ifPresent(line -> err.println("rewire bench: " + line));
        return run(
                results,
                Suite.steps(points),
                GivenCommand.provenance(spec),
                before,
                progress -> Suite.run(settings, points, BenchCommand::again, progress));
    }

    /** Two files side by side; whatever only a measurement has a use for is refused. */
    private int compareFiles(Path newer) {
        if (compare == null) {
            throw new InvalidInputException(
                    "--against: " + newer + " without --compare; accepted is it with --compare");
        }
        refuseBeside(
                "--against", "--quick", "--out", "--atlas", "--minutes", "--gpu", "--sizes", "--threads", "--peers");
        BenchResults before = BenchResults.read("--compare", compare);
        Comparison comparison = Comparison.of(before, BenchResults.read("--against", newer));
        if (json) {
            ObjectNode node = ResultJson.start(GivenCommand.provenance(spec));
            node.set("comparison", ComparisonJson.of(comparison));
            ResultJson.environment(node, Environment.current(Map.of()));
            out.print(ResultJson.text(node));
        } else {
            out.print(BenchTable.of(comparison));
        }
        out.flush();
        return 0;
    }

    private void requireWith(String option, String other) {
        if (isGiven(option) && !isGiven(other)) {
            String value = String.join(",", given().matchedOption(option).originalStringValues());
            throw new InvalidInputException(
                    option + ": " + value + " without " + other + "; accepted is it with " + other);
        }
    }

    private void refuseBeside(String option, String... others) {
        for (String other : others) {
            if (isGiven(other)) {
                throw new InvalidInputException(
                        other + ": has no use beside " + option + "; accepted is one of the two");
            }
        }
    }

    private boolean isGiven(String option) {
        return given().hasMatchedOption(option);
    }

    private ParseResult given() {
        return Objects.requireNonNull(spec).commandLine().getParseResult();
    }

    private ResultsFolder folder(String page, String... more) {
        return ResultsFolder.open(folder == null ? defaultFolder() : folder, page, more);
    }

    private static SpmmReport again(Point point, SpmmReport first, String reason) {
        List<String> words = List.of(point.command().split(" "));
        // Behind the launcher and the command.
        return FreshJvm.measure(words.subList(2, words.size()), first, reason);
    }

    private static Path defaultFolder() {
        return Path.of(LocalDateTime.now(ZoneId.systemDefault()).format(DEFAULT_OUT));
    }

    /** A suite that may be another one than the command's. */
    interface Run {
        SuiteReport with(SuiteProgress progress);
    }

    /** Runs, writes and prints; returns the exit status. */
    int run(ResultsFolder results, int steps, Provenance provenance, @Nullable BenchResults before, Run suite)
            throws IOException {
        boolean written = false;
        try {
            SuiteReport report;
            try (SuiteProgress progress = SuiteProgress.start(err, steps)) {
                report = suite.with(progress);
            }
            ObjectNode node = BenchJson.node(report, provenance);
            Comparison comparison = BenchJson.compare(before, node);
            Page page = Page.of(report, comparison);
            results.write(ResultJson.text(node), page.html());
            written = true;
            print(report, node, page, comparison, results);
            return report.correct() ? 0 : 1;
        } finally {
            if (!written) {
                results.abandon();
            }
        }
    }

    private void print(
            SuiteReport report, ObjectNode node, Page page, @Nullable Comparison comparison, ResultsFolder results) {
        if (json) {
            out.print(BenchJson.withFiles(node, results.files()));
        } else {
            out.print(BenchTable.of(report, results.files()) + BenchTable.of(comparison));
        }
        out.flush();
        if (!page.missingCharts().isEmpty()) {
            err.println("rewire bench: no charts: " + page.missingCharts());
        }
        if (report.unsettled() > 0) {
            err.println("rewire bench: in " + report.unsettled() + " of "
                    + report.measured().size()
                    + " measurements someone was still getting faster when his warm-up ended");
        }
        if (report.disturbed() > 0) {
            err.println("rewire bench: " + report.disturbed() + " of "
                    + report.measured().size()
                    + " measurements were disturbed by something else that ran; they carry a mark");
        }
        report.measured()
                .forEach(each -> SuspectText.line(each.report())
                        .ifPresent(line ->
                                err.println("rewire bench: " + each.point().label() + ": " + line)));
        if (!report.correct()) {
            err.println("rewire bench: a result is wrong, its error is larger than its bound");
        }
    }
}
