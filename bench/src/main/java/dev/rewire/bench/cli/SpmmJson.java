package dev.rewire.bench.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rewire.bench.Doubt;
import dev.rewire.bench.GpuRun;
import dev.rewire.bench.SpmmReport;
import dev.rewire.bench.SpmmReport.Peer;
import dev.rewire.bench.Times;
import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.probe.Provenance;
import java.math.BigDecimal;
import java.math.MathContext;

/** A report for programs: the keys are part of the command's contract. */
final class SpmmJson {
    private static final MathContext DIGITS = new MathContext(6);

    private SpmmJson() {}

    static String of(SpmmReport report, Provenance provenance) {
        ObjectNode node = ResultJson.start(provenance);
        node.setAll(node(report));
        ObjectNode environment = ResultJson.environment(node, report.environment());
        GpuRun gpu = report.gpu();
        if (gpu != null) {
            gpu.device().forEach(environment.putObject("gpu")::put);
        }
        return ResultJson.text(node);
    }

    /** The measurement alone. */
    static ObjectNode node(SpmmReport report) {
        BlockPattern pattern = report.pattern();
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("product", report.settings().product().toString());
        NmPattern nm = report.nm();
        node.put("format", nm == null ? "bsr" : "nm");
        node.put("layout", OptionValues.name(report.settings().layout()));
        node.put("choice", OptionValues.name(report.settings().choice()));
        node.put("plan", report.plan());
        GpuRun gpu = report.gpu();
        node.put("values", gpu == null ? OptionValues.name(report.settings().values()) : gpu.arithmetic());
        if (nm == null) {
            node.put("block", pattern.blockRows() + "x" + pattern.blockCols());
        } else {
            node.putNull("block");
            node.put("nm", nm.n() + ":" + nm.m());
            node.put("nm_shared", nm.sharedRows());
            node.put("nm_transposable", nm.isTransposable());
        }
        node.put("rows", pattern.rows());
        node.put("cols", pattern.cols());
        node.put("batch", report.settings().batch());
        node.put("threads", report.settings().threads());
        node.put("device", report.settings().device().toString());
        node.put("nnz", report.nonzeros());
        node.put("stored", pattern.storedElements());
        node.put("density", rounded(pattern.density()));
        node.put("seed", report.settings().seed());
        node.put("seconds", report.settings().seconds());
        put(node, report.times());
        node.put("gflops", rounded(report.gflops()));
        node.put("effective_gflops", rounded(report.denseGflops(report.times())));
        ObjectNode peers = node.putObject("peers");
        report.peers().forEach((name, peer) -> put(peers.putObject(name), name, peer, report));
        if (report.speedupVsBestDense().isPresent()) {
            node.put(
                    "speedup_vs_best_dense", rounded(report.speedupVsBestDense().getAsDouble()));
        } else {
            node.putNull("speedup_vs_best_dense");
        }
        node.put("disturbed", report.disturbed());
        Doubt doubt = report.doubt();
        node.put("suspect", doubt != null);
        if (doubt != null) {
            node.put("suspect_gflops", rounded(doubt.gflops()));
            node.put("suspect_reason", doubt.reason());
            node.put("not_repeated", doubt.failure());
        }
        node.put("max_error_over_bound", rounded(report.maxErrorOverBound()));
        node.put("plan_ms", rounded(report.planMs()));
        if (gpu != null) {
            node.put("compress_ms", rounded(gpu.compressMs()));
            node.put("prune_ms", rounded(gpu.pruneMs()));
            node.put("search_ms", rounded(gpu.searchMs()));
        }
        return node;
    }

    private static void put(ObjectNode node, String name, Peer peer, SpmmReport report) {
        if (peer instanceof Peer.Measured measured) {
            put(node, measured.times());
            node.put("gflops", rounded(report.gflops(name, measured.times())));
        } else if (peer instanceof Peer.Absent absent) {
            node.put("absent", absent.reason());
        }
    }

    static void put(ObjectNode node, Times times) {
        node.put("runs", times.runs());
        node.put("median_ms", rounded(times.medianMs()));
        node.put("q1_ms", rounded(times.q1Ms()));
        node.put("q3_ms", rounded(times.q3Ms()));
        node.put("best_ms", rounded(times.bestMs()));
        ObjectNode warmUp = node.putObject("warm_up");
        warmUp.put("first_ms", rounded(times.warmUp().firstMs()));
        warmUp.put("runs", times.warmUp().runs());
        warmUp.put("seconds", rounded(times.warmUp().seconds()));
        warmUp.put("settled", times.warmUp().settled());
    }

    /** Without the digits that no clock has. */
    static double rounded(double value) {
        return new BigDecimal(value).round(DIGITS).doubleValue();
    }
}
