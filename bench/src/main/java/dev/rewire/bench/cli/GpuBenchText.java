package dev.rewire.bench.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rewire.bench.SpmmBenchmark;
import dev.rewire.bench.Times;
import dev.rewire.bench.gpu.GpuMeasured;
import dev.rewire.bench.gpu.GpuTable;
import dev.rewire.gpu.GpuType;
import dev.rewire.kernels.probe.Provenance;
import java.time.format.DateTimeFormatter;
import java.util.Formatter;
import java.util.Locale;
import java.util.stream.Collectors;

/** What came out of {@code bench --gpu}, for programs and as a table in Markdown. */
final class GpuBenchText {
    private GpuBenchText() {}

    static ObjectNode node(GpuTable.Report report, Provenance provenance) {
        ObjectNode node = ResultJson.start(provenance);
        node.put("started", report.started().format(DateTimeFormatter.ISO_OFFSET_DATE_TIME));
        node.put("seconds", report.took().toSeconds());
        node.put("quick", report.quick());
        node.put("correct", report.correct());
        ArrayNode all = node.putArray("measurements");
        report.measured().forEach(each -> put(all.addObject(), each, report.denseAbsent()));
        ArrayNode skipped = node.putArray("skipped");
        report.skipped().forEach(skipped::add);
        if (!report.broken().isEmpty()) {
            node.put("broken", report.broken());
        }
        ObjectNode environment = ResultJson.environment(node, report.environment());
        report.device().forEach(environment.putObject("gpu")::put);
        return node;
    }

    private static void put(ObjectNode node, GpuMeasured measured, String denseAbsent) {
        node.put("type", measured.typeName());
        node.put("nm", measured.type().n() + ":" + measured.type().m());
        node.put("rows", measured.size());
        node.put("cols", measured.size());
        node.put("batch", measured.size());
        put(node.putObject("cusparselt"), measured, measured.sparse());
        ObjectNode dense = node.putObject(SpmmBenchmark.GPU_PEER);
        Times times = measured.dense();
        if (times == null) {
            dense.put("absent", denseAbsent);
            node.putNull("speedup_vs_best_dense");
        } else {
            put(dense, measured, times);
            node.put("speedup_vs_best_dense", SpmmJson.rounded(measured.speedup()));
        }
        node.put("disturbed", measured.sparse().disturbed() || (times != null && times.disturbed()));
        node.put("max_error_over_bound", SpmmJson.rounded(measured.maxErrorOverBound()));
        node.put("plan_ms", SpmmJson.rounded(measured.planMs()));
        node.put("prune_ms", SpmmJson.rounded(measured.pruneMs()));
        node.put("compress_ms", SpmmJson.rounded(measured.compressMs()));
        node.put("search_ms", SpmmJson.rounded(measured.searchMs()));
        measured.clocks().forEach(node.putObject("clocks")::put);
        if (measured.type() != GpuType.I8) {
            String values = measured.type() == GpuType.TF32 ? "f32" : measured.typeName();
            int size = measured.size();
            node.put(
                    "command",
                    "./rewire spmm --device gpu --format nm --nm "
                            + measured.type().n() + ":"
                            + measured.type().m() + " --values " + values + " --rows " + size + " --cols " + size
                            + " --batch " + size);
        }
    }

    private static void put(ObjectNode node, GpuMeasured measured, Times times) {
        SpmmJson.put(node, times);
        node.put("effective_tflops", SpmmJson.rounded(measured.teraflops(times)));
    }

    /** A table, and what it was measured on. */
    static String markdown(GpuTable.Report report) {
        Formatter text = new Formatter(Locale.ROOT);
        text.format(
                "%s; %s%n%n",
                report.device().entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", ")),
                report.started().format(DateTimeFormatter.ISO_LOCAL_DATE));
        text.format("| type | size | cuSPARSELt ms, best (median) | T/s | cuBLASLt ms, best (median) | T/s | speed-up |"
                + " prune ms | compress ms | search ms | error/bound | SM clock |%n");
        text.format("|---|---|---|---|---|---|---|---|---|---|---|---|%n");
        for (GpuMeasured each : report.measured()) {
            Times dense = each.dense();
            text.format(
                    "| %s %d:%d | %d³ | %.4f (%.4f) | %.1f | %s | %s | %s | %.4f | %.4f | %.0f | %.2g%s | %s |%n",
                    each.typeName(),
                    each.type().n(),
                    each.type().m(),
                    each.size(),
                    each.sparse().bestMs(),
                    each.sparse().medianMs(),
                    each.teraflops(each.sparse()),
                    dense == null
                            ? "absent"
                            : String.format(Locale.ROOT, "%.4f (%.4f)", dense.bestMs(), dense.medianMs()),
                    dense == null ? "" : String.format(Locale.ROOT, "%.1f", each.teraflops(dense)),
                    dense == null ? "" : String.format(Locale.ROOT, "%.2f×", each.speedup()),
                    each.pruneMs(),
                    each.compressMs(),
                    each.searchMs(),
                    each.maxErrorOverBound(),
                    each.maxErrorOverBound() <= 1 ? "" : " WRONG",
                    each.clocks().getOrDefault("clocks.sm", "unknown"));
        }
        text.format(
                "%nT/s: 10¹² operations a second over those of the dense product. Times are between events on one stream.%n");
        if (!report.denseAbsent().isEmpty()) {
            text.format("%ncuBLASLt: %s%n", report.denseAbsent());
        }
        report.skipped().forEach(reason -> text.format("%nNot measured: %s%n", reason));
        if (!report.broken().isEmpty()) {
            text.format("%nEnded before all was measured: %s%n", report.broken());
        }
        return text.toString();
    }
}
