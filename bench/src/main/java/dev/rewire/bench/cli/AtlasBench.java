package dev.rewire.bench.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rewire.bench.Environment;
import dev.rewire.bench.atlas.Atlas;
import dev.rewire.bench.atlas.AtlasCell;
import dev.rewire.bench.atlas.AtlasFile;
import dev.rewire.bench.atlas.AtlasPage;
import dev.rewire.bench.atlas.AtlasPoints;
import dev.rewire.bench.atlas.AtlasReport;
import dev.rewire.bench.atlas.AtlasSettings;
import dev.rewire.bench.compare.BenchResults;
import dev.rewire.bench.compare.Comparison;
import dev.rewire.bench.suite.Point;
import dev.rewire.kernels.probe.Provenance;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code bench --atlas}: measures an atlas, or goes on with one, and writes what there is of it. */
final class AtlasBench {
    private final AtlasSettings settings;
    private final List<List<Point>> visits;
    private final Duration limit;
    private final boolean json;
    private final Environment environment;

    /**
     * Of all points.
     *
     * @param settings of the atlas
     * @param limit of the time to measure
     * @param json whether JSON is printed
     */
    AtlasBench(AtlasSettings settings, Duration limit, boolean json) {
        this(settings, AtlasPoints.visits(settings), limit, json);
    }

    /** Of some points. */
    AtlasBench(AtlasSettings settings, List<List<Point>> visits, Duration limit, boolean json) {
        this.settings = settings;
        this.visits = visits;
        this.limit = limit;
        this.json = json;
        environment = Environment.current(settings.peers(), settings.threads());
    }

    /** A folder for the results, that may hold those of a run that ended early. */
    static ResultsFolder open(Path folder) {
        return ResultsFolder.open(folder, ResultsFolder.PAGE, ResultsFolder.POINTS);
    }

    /** Runs, writes and prints; returns the exit status. */
    int run(
            ResultsFolder results,
            Provenance provenance,
            @Nullable BenchResults before,
            PrintStream out,
            PrintStream err)
            throws IOException {
        try (AtlasFile file =
                AtlasFile.open(results.file(ResultsFolder.POINTS), AtlasJson.header(settings, environment))) {
            int points = visits.stream().mapToInt(List::size).sum();
            measure(file, points, err);
            List<AtlasCell> cells = file.points().stream().map(AtlasCell::of).toList();
            AtlasReport report = new AtlasReport(cells, points, settings.threads());
            ObjectNode node = AtlasJson.node(report, settings, file.points(), environment, provenance);
            Comparison comparison = BenchJson.compare(before, node);
            results.write(ResultJson.text(node), AtlasPage.of(report, provenance.date(), environment, comparison));
            if (json) {
                out.print(BenchJson.withFiles(node, results.files()));
            } else {
                out.print(AtlasTable.of(report, results.files()) + BenchTable.of(comparison));
            }
            out.flush();
            say(report, err);
            return report.correct() ? 0 : 1;
        } catch (IOException | RuntimeException | Error e) {
            results.abandon();
            throw e;
        }
    }

    private void measure(AtlasFile file, int points, PrintStream err) throws IOException {
        Set<String> done = file.done();
        try (SuiteProgress progress = SuiteProgress.start(err, points - done.size())) {
            Atlas.run(visits, done, limit, progress, measured -> file.add(AtlasJson.node(measured)));
        }
    }

    private static void say(AtlasReport report, PrintStream err) {
        if (report.cells().size() < report.points()) {
            err.println("rewire bench: " + report.cells().size() + " of " + report.points()
                    + " points are measured; the same command with --out of this folder goes on");
        }
        if (report.suspect() > 0) {
            err.println(
                    "rewire bench: " + report.suspect()
                            + " points are suspect, far slower than they should be; the same command with --out of this folder measures them again");
        }
        if (report.disturbed() > 0) {
            err.println("rewire bench: " + report.disturbed() + " of "
                    + report.cells().size() + " points were disturbed by something else that ran; they carry a mark");
        }
        if (!report.correct()) {
            err.println("rewire bench: a result is wrong, its error is larger than its bound");
        }
    }
}
