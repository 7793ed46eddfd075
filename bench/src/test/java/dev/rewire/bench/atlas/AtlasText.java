package dev.rewire.bench.atlas;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A point of an atlas as its file holds it, to be changed by a test. */
final class AtlasText {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private AtlasText() {}

    static ObjectNode point(String command) {
        ObjectNode point = MAPPER.createObjectNode();
        point.put("command", command)
                .put("product", "forward")
                .put("format", "bsr")
                .put("block", "4x4");
        point.put("sparsity", 0.899).put("rows", 64).put("cols", 32).put("batch", 8);
        point.put("median_ms", 2.0).put("plan", "forward, a plan").put("max_error_over_bound", 0.5);
        point.put("disturbed", false).put("suspect", false);
        point.putObject("own_dense").put("median_ms", 1.0);
        pairs(point.putObject("against_own_dense"), 0, 10, 2);
        pairs(point.putObject("against_dense").put("peer", "openblas"), 10, 0, 0.5);
        return point;
    }

    static void pairs(ObjectNode of, int won, int lost, double ratio) {
        of.put("pairs", won + lost).put("won", won).put("lost", lost).put("ratio", ratio);
    }
}
