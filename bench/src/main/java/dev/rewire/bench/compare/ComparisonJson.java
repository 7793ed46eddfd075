package dev.rewire.bench.compare;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rewire.bench.compare.Change.Verdict;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;

/** A comparison for programs. */
public final class ComparisonJson {
    private static final MathContext DIGITS = new MathContext(4);

    private ComparisonJson() {}

    /**
     * The comparison as an object.
     *
     * @param comparison what it says
     * @return {@code before, after, differences, tolerance, slower, faster, unclear, same, only_before, only_after}
     */
    public static ObjectNode of(Comparison comparison) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        put(node.putObject("before"), comparison.before());
        put(node.putObject("after"), comparison.after());
        ArrayNode differences = node.putArray("differences");
        comparison.differences().forEach(differences::add);
        node.put("tolerance", Change.TOLERANCE);
        put(node.putArray("slower"), comparison.of(Verdict.SLOWER));
        put(node.putArray("faster"), comparison.of(Verdict.FASTER));
        put(node.putArray("unclear"), comparison.of(Verdict.UNCLEAR));
        node.put("same", comparison.of(Verdict.SAME).size());
        ArrayNode onlyBefore = node.putArray("only_before");
        comparison.onlyBefore().forEach(point -> onlyBefore.add(point(point)));
        ArrayNode onlyAfter = node.putArray("only_after");
        comparison.onlyAfter().forEach(point -> onlyAfter.add(point(point)));
        return node;
    }

    private static void put(ObjectNode node, BenchResults results) {
        node.put("rewire", results.build());
        node.put("date", results.date());
        node.put("cpu", results.cpu());
        node.put("vector_bits", results.vectorBits());
    }

    private static void put(ArrayNode array, List<Change> changes) {
        for (Change change : changes) {
            ObjectNode node = point(change.point());
            node.put("before_ms", change.before().bestMs());
            node.put("after_ms", change.after().bestMs());
            node.put("time", rounded(change.time()));
            if (change.againstDense().isPresent()) {
                node.put("against_dense", rounded(change.againstDense().getAsDouble()));
            } else {
                node.putNull("against_dense");
            }
            node.put("doubtful", change.doubtful());
            array.add(node);
        }
    }

    private static ObjectNode point(PointKey point) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("product", point.product());
        node.put("structure", point.structure());
        node.put("layout", point.layout());
        node.put("values", point.values());
        node.put("device", point.device());
        node.put("rows", point.rows());
        node.put("cols", point.cols());
        node.put("batch", point.batch());
        node.put("threads", point.threads());
        node.put("stored", point.stored());
        return node;
    }

    private static double rounded(double value) {
        return new BigDecimal(value).round(DIGITS).doubleValue();
    }
}
