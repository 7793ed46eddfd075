package dev.rewire.training.cli.runs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rewire.training.cli.metrics.Event;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was told of one network.
 *
 * @param name by which it is trained, as {@code rigl}
 * @param run its first line
 * @param stretches lines of steps
 * @param epochs lines of epochs
 * @param rewirings lines of rewirings, one for each weights
 */
record ToldNetwork(
        String name, JsonNode run, List<JsonNode> stretches, List<JsonNode> epochs, List<JsonNode> rewirings) {
    /** The networks of a file, in the order in which they began; what has no first line is none. */
    static List<ToldNetwork> of(List<JsonNode> lines) {
        Map<String, ToldNetwork> networks = new LinkedHashMap<>();
        for (JsonNode line : lines) {
            String name = line.path("network").asText();
            if (Event.RUN.is(line)) {
                networks.putIfAbsent(
                        name, new ToldNetwork(name, line, new ArrayList<>(), new ArrayList<>(), new ArrayList<>()));
            }
            ToldNetwork network = networks.get(name);
            if (network != null) {
                network.add(line);
            }
        }
        return List.copyOf(networks.values());
    }

    private void add(JsonNode line) {
        if (Event.STEPS.is(line)) {
            stretches.add(line);
        } else if (Event.EPOCH.is(line)) {
            epochs.add(line);
        } else if (Event.REWIRING.is(line)) {
            rewirings.add(line);
        }
    }

    /** A setting, as the command line has it; empty if it has none. */
    String setting(String key) {
        return run.path("settings").path(key).asText();
    }

    /** The names of its weights. */
    List<String> weights() {
        List<String> names = new ArrayList<>();
        run.path("weights").forEach(of -> names.add(of.path("parameter").asText()));
        return names;
    }
}
