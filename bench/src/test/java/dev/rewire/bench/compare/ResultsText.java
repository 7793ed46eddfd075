package dev.rewire.bench.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** A {@code results.json} as small as they come, to be changed by a test. */
public final class ResultsText {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final ObjectNode root = MAPPER.createObjectNode();

    public ResultsText() {
        root.putObject("rewire").put("version", "1").put("commit", "abc");
        root.put("date", "2026-01-02T03:04:05Z");
        root.putArray("measurements");
        ObjectNode environment = root.putObject("environment");
        environment.put("cpu", "a processor");
        environment.putObject("kernels").put("vector_bits", 512);
    }

    /** With one point, whose batch tells it from others; its peers as their best times. */
    public ResultsText point(int batch, double bestMs, Map<String, Double> peers) {
        ObjectNode point = root.withArray("measurements").addObject();
        point.put("product", "forward")
                .put("format", "bsr")
                .put("layout", "panels")
                .put("values", "f32");
        point.put("block", "16x16").put("rows", 64).put("cols", 32).put("batch", batch);
        point.put("threads", 1).put("device", "cpu").put("stored", 512).put("best_ms", bestMs);
        ObjectNode all = point.putObject("peers");
        peers.forEach((name, ms) -> all.putObject(name).put("best_ms", ms));
        return this;
    }

    /** The point that was added last, to be changed. */
    public ObjectNode lastPoint() {
        return (ObjectNode) root.withArray("measurements")
                .get(root.withArray("measurements").size() - 1);
    }

    public ObjectNode root() {
        return root;
    }

    public BenchResults read() {
        return BenchResults.of(root);
    }

    @Override
    public String toString() {
        return root.toString();
    }
}
