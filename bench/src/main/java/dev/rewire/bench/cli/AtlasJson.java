package dev.rewire.bench.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rewire.bench.Environment;
import dev.rewire.bench.Pairs;
import dev.rewire.bench.atlas.AtlasMeasured;
import dev.rewire.bench.atlas.AtlasReport;
import dev.rewire.bench.atlas.AtlasSettings;
import dev.rewire.bench.suite.Measured;
import dev.rewire.kernels.probe.Build;
import dev.rewire.kernels.probe.Provenance;
import java.util.List;
import java.util.Optional;

/** An atlas for programs: each measurement has the keys of {@code spmm --json}, and some of its own. */
final class AtlasJson {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private AtlasJson() {}

    /** What all points of a file have in common, and those of another run must. */
    static ObjectNode header(AtlasSettings settings, Environment environment) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("atlas", 1);
        node.set("rewire", MAPPER.valueToTree(Build.current().toMap()));
        node.put("cpu", environment.cpu());
        node.put("kernels", environment.kernels().name());
        node.put("vector_bits", environment.kernels().vectorBits());
        node.set("jvm_flags", MAPPER.valueToTree(environment.jvmFlags()));
        node.set("variables", MAPPER.valueToTree(environment.variables()));
        node.put("quick", settings.quick());
        node.put("threads", settings.threads());
        ObjectNode peers = node.putObject("peers");
        settings.peers()
                .forEach(name -> peers.put(
                        name,
                        Optional.ofNullable(environment.libraries().get(name))
                                .map(library -> library.version() + ", " + library.core())
                                .orElse("absent")));
        return node;
    }

    /** One point. */
    static ObjectNode node(AtlasMeasured measured) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("section", measured.point().section().toString());
        node.put("command", measured.point().command());
        node.put("sparsity", SpmmJson.rounded(new Measured(measured.point(), measured.report()).sparsity()));
        node.setAll(SpmmJson.node(measured.report()));
        node.put("plan", measured.plan());
        SpmmJson.put(node.putObject("own_dense"), measured.ownDense());
        put(node.putObject("against_own_dense"), measured.againstOwnDense(), "own_dense");
        Pairs against = measured.againstDense();
        if (against == null) {
            node.putNull("against_dense");
        } else {
            ObjectNode dense = node.putObject("against_dense");
            dense.put("peer", measured.dense());
            put(dense, against, "dense");
        }
        Pairs other = measured.againstOtherChoice();
        if (other == null) {
            node.putNull("against_other_choice");
        } else {
            put(node.putObject("against_other_choice"), other, "other_choice");
        }
        return node;
    }

    private static void put(ObjectNode node, Pairs pairs, String second) {
        node.put("pairs", pairs.pairs());
        node.put("won", pairs.won());
        node.put("lost", pairs.lost());
        node.put("ratio", SpmmJson.rounded(pairs.ratio()));
        node.put("p", SpmmJson.rounded(pairs.p()));
        node.put(
                "winner",
                switch (pairs.winner()) {
                    case FIRST -> "sparse";
                    case SECOND -> second;
                    case NONE -> "undecided";
                });
    }

    /** All of it. */
    static ObjectNode node(
            AtlasReport report,
            AtlasSettings settings,
            List<JsonNode> points,
            Environment environment,
            Provenance provenance) {
        ObjectNode node = ResultJson.start(provenance);
        node.put("quick", settings.quick());
        node.put("threads", settings.threads());
        node.set("peers", MAPPER.valueToTree(settings.peers()));
        node.put("points", report.points());
        node.put("measured", report.cells().size());
        for (Pairs.Winner winner : Pairs.Winner.values()) {
            String name = switch (winner) {
                case FIRST -> "sparse_wins";
                case SECOND -> "dense_wins";
                case NONE -> "undecided";
            };
            node.put(name, report.against(winner));
        }
        node.put("slower_than_own_dense", report.slowerThanOwnDense().size());
        node.put("chose_the_slower", report.choseTheSlower().size());
        node.put("disturbed", report.disturbed());
        node.put("suspect", report.suspect());
        node.put("correct", report.correct());
        ArrayNode all = node.putArray("measurements");
        points.forEach(all::add);
        ResultJson.environment(node, environment);
        return node;
    }
}
