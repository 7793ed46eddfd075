package dev.rewire.bench.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rewire.bench.Environment;
import dev.rewire.kernels.probe.Capabilities;
import dev.rewire.kernels.probe.Provenance;

/** What every JSON object of these commands has: at its beginning who made it, when and how; at its end where. */
final class ResultJson {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private ResultJson() {}

    /** An object that begins with {@code rewire}, {@code date} and {@code command}. */
    static ObjectNode start(Provenance provenance) {
        return MAPPER.valueToTree(provenance.toMap());
    }

    /** What a measurement depends on beside its settings: {@code environment}, with what the machine can do. */
    static ObjectNode environment(ObjectNode node, Environment environment) {
        ObjectNode of = node.putObject("environment");
        put(of, environment);
        of.set("capabilities", MAPPER.valueToTree(Capabilities.current().toMap()));
        return of;
    }

    /** The same without what the machine can do. */
    static void put(ObjectNode node, Environment environment) {
        node.put("jdk", environment.jdk());
        node.put("vm", environment.vm());
        node.put("os", environment.os());
        node.put("cpu", environment.cpu());
        node.put("cores", environment.cores());
        node.set("jvm_flags", MAPPER.valueToTree(environment.jvmFlags()));
        node.set("variables", MAPPER.valueToTree(environment.variables()));
        ObjectNode kernels = node.putObject("kernels");
        kernels.put("provider", environment.kernels().name());
        kernels.put("vector_bits", environment.kernels().vectorBits());
        kernels.put("reason", environment.kernels().reason());
        environment.libraries().forEach((name, library) -> {
            ObjectNode of = node.putObject(name);
            of.put("version", library.version());
            of.put("config", library.config());
            of.put("core", library.core());
            of.put("path", library.path());
        });
    }

    static String text(ObjectNode node) {
        try {
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(node) + System.lineSeparator();
        } catch (JsonProcessingException e) {
            throw new AssertionError("a tree of numbers and texts", e);
        }
    }
}
