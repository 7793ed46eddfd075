package dev.rewire.bench.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rewire.bench.Ceilings;
import dev.rewire.bench.compare.BenchResults;
import dev.rewire.bench.compare.Comparison;
import dev.rewire.bench.compare.ComparisonJson;
import dev.rewire.bench.suite.Crossover;
import dev.rewire.bench.suite.Measured;
import dev.rewire.bench.suite.SuiteReport;
import dev.rewire.kernels.probe.Provenance;
import java.nio.file.Path;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What came out of the suite, for programs: each measurement has the keys of {@code spmm --json}, and some of its own. */
final class BenchJson {
    private BenchJson() {}

    static ObjectNode node(SuiteReport report, Provenance provenance) {
        ObjectNode node = ResultJson.start(provenance);
        node.put("started", report.started().format(DateTimeFormatter.ISO_OFFSET_DATE_TIME));
        node.put("seconds", report.took().toSeconds());
        node.put("quick", report.settings().quick());
        node.put("threads", report.settings().threads());
        ArrayNode peers = node.putArray("peers");
        report.settings().peers().forEach(peers::add);
        node.put("disturbed", report.disturbed());
        node.put("suspect", report.suspect());
        node.put("correct", report.correct());
        put(node.putObject("ceilings"), report);
        ObjectNode crossovers = node.putObject("crossovers");
        report.byBlock().forEach((block, measured) -> put(crossovers.putObject(block), Crossover.of(measured)));
        ArrayNode all = node.putArray("measurements");
        report.measured().forEach(each -> all.add(node(each)));
        ResultJson.environment(node, report.environment());
        return node;
    }

    private static void put(ObjectNode node, SuiteReport report) {
        Ceilings ceilings = report.ceilings();
        node.put("vector_bits", ceilings.vectorBits());
        node.put("threads", ceilings.threads());
        node.put("core_gflops", SpmmJson.rounded(ceilings.coreGflops()));
        node.put("gflops", SpmmJson.rounded(ceilings.gflops()));
        node.put("read_gb_per_s", SpmmJson.rounded(ceilings.readGbs()));
        node.put("triad_gb_per_s", SpmmJson.rounded(ceilings.triadGbs()));
        node.put("disturbed", report.ceilingsTooLow());
    }

    private static void put(ObjectNode node, Crossover crossover) {
        node.put("kind", crossover.kind().name().toLowerCase(Locale.ROOT));
        if (Double.isNaN(crossover.sparsity())) {
            node.putNull("sparsity");
        } else {
            node.put("sparsity", SpmmJson.rounded(crossover.sparsity()));
        }
    }

    private static ObjectNode node(Measured measured) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("section", measured.point().section().toString());
        node.put("command", measured.point().command());
        node.put("sparsity", SpmmJson.rounded(measured.sparsity()));
        node.put("flops_per_byte", SpmmJson.rounded(measured.intensity()));
        node.setAll(SpmmJson.node(measured.report()));
        return node;
    }

    /** Compares with an earlier run if there is one, and adds the comparison to an object that has all else. */
    static @Nullable Comparison compare(@Nullable BenchResults before, ObjectNode node) {
        if (before == null) {
            return null;
        }
        Comparison comparison = Comparison.of(before, BenchResults.of(node));
        node.set("comparison", ComparisonJson.of(comparison));
        return comparison;
    }

    /** The same with where the files are, which the files themselves do not say: they may be moved. */
    static String withFiles(ObjectNode node, List<Path> files) {
        ObjectNode copy = node.deepCopy();
        ArrayNode array = copy.putArray("files");
        files.forEach(file -> array.add(file.toString()));
        return ResultJson.text(copy);
    }
}
