package dev.rewire.bench.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rewire.bench.InvalidInputException;
import dev.rewire.bench.SpmmBenchmark;
import dev.rewire.training.internal.FileFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code results.json} of {@code rewire bench} or {@code rewire bench --atlas} says.
 *
 * @param build version and commit of the Rewire that was measured
 * @param date when
 * @param cpu model of the processor
 * @param vectorBits width of the kernels' vectors
 * @param densePeers what is known of each dense peer, by name
 * @param points in the file's order
 */
public record BenchResults(
        String build,
        String date,
        String cpu,
        int vectorBits,
        Map<String, String> densePeers,
        Map<PointKey, Timing> points) {
    /** Far more than the results of an atlas take. */
    private static final long MOST_BYTES = 64L << 20;

    private static final String ACCEPTED = "; accepted is a results.json of ./rewire bench";

    /** Copies the maps in their order. */
    public BenchResults {
        densePeers = new TreeMap<>(densePeers);
        points = new LinkedHashMap<>(points);
    }

    /**
     * Reads a file.
     *
     * @param option that names it on the command line
     * @param file which
     * @return what it says
     * @throws InvalidInputException if it cannot be read, or is no result of bench
     */
    public static BenchResults read(String option, Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw refused(option, file, Files.exists(file) ? "is no file" : "does not exist");
            }
            if (Files.size(file) > MOST_BYTES) {
                throw refused(option, file, "has " + Files.size(file) + " bytes");
            }
            return of(new ObjectMapper().readTree(Files.readAllBytes(file)));
        } catch (JsonProcessingException e) {
            throw refused(option, file, "is no JSON (" + e.getOriginalMessage() + ")");
        } catch (IllegalArgumentException e) {
            throw refused(option, file, "is no result of bench (" + e.getMessage() + ")");
        } catch (IOException e) {
            throw refused(option, file, "cannot be read (" + FileFailure.reason(e) + ")");
        }
    }

    private static InvalidInputException refused(String option, Path file, String reason) {
        return new InvalidInputException(option + " " + file + ": " + reason + ACCEPTED);
    }

    /**
     * Reads what bench writes.
     *
     * @param json the object
     * @return what it says
     * @throws IllegalArgumentException naming what no result of bench has or lacks
     */
    public static BenchResults of(JsonNode json) {
        JsonNode environment = object(json, "environment");
        Map<PointKey, Timing> points = new LinkedHashMap<>();
        JsonNode measurements = json.get("measurements");
        if (measurements == null || !measurements.isArray()) {
            throw new IllegalArgumentException("no array 'measurements'");
        }
        measurements.forEach(each -> points.putIfAbsent(key(each), timing(each)));
        JsonNode build = object(json, "rewire");
        Map<String, String> densePeers = new TreeMap<>();
        environment.properties().forEach(entry -> {
            if (SpmmBenchmark.isDensePeer(entry.getKey()) && entry.getValue().isObject()) {
                densePeers.put(
                        entry.getKey(), text(entry.getValue(), "version") + ", " + text(entry.getValue(), "core"));
            }
        });
        return new BenchResults(
                text(build, "version") + ", commit " + build.path("commit").asText("unknown"),
                text(json, "date"),
                text(environment, "cpu"),
                (int) whole(object(environment, "kernels"), "vector_bits", 0, Integer.MAX_VALUE),
                densePeers,
                points);
    }

    private static PointKey key(JsonNode of) {
        return new PointKey(
                text(of, "product"),
                structure(of),
                text(of, "layout"),
                text(of, "values"),
                text(of, "device"),
                (int) whole(of, "rows", 0, Integer.MAX_VALUE),
                (int) whole(of, "cols", 0, Integer.MAX_VALUE),
                (int) whole(of, "batch", 1, Integer.MAX_VALUE),
                (int) whole(of, "threads", 1, Integer.MAX_VALUE),
                whole(of, "stored", 0, Long.MAX_VALUE));
    }

    private static String structure(JsonNode of) {
        if (!text(of, "format").equals("nm")) {
            return text(of, "block");
        }
        long shared = whole(of, "nm_shared", 1, Integer.MAX_VALUE);
        return text(of, "nm")
                + (shared > 1 ? " shared by " + shared : "")
                + (of.path("nm_transposable").asBoolean() ? " transposable" : "");
    }

    private static Timing timing(JsonNode of) {
        Map<String, Double> dense = new TreeMap<>();
        object(of, "peers").properties().forEach(entry -> {
            if (SpmmBenchmark.isDensePeer(entry.getKey()) && !entry.getValue().has("absent")) {
                dense.put(entry.getKey(), milliseconds(entry.getValue()));
            }
        });
        return new Timing(
                milliseconds(of),
                dense,
                of.path("disturbed").asBoolean() || of.path("suspect").asBoolean());
    }

    private static double milliseconds(JsonNode of) {
        double value = of.path("best_ms").asDouble(Double.NaN);
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("'best_ms' is " + shown(of.get("best_ms")));
        }
        return value;
    }

    private static JsonNode object(JsonNode of, String name) {
        JsonNode node = of == null ? null : of.get(name);
        if (node == null || !node.isObject()) {
            throw new IllegalArgumentException("no object '" + name + "'");
        }
        return node;
    }

    private static String text(JsonNode of, String name) {
        JsonNode node = of.get(name);
        if (node == null || !node.isTextual()) {
            throw new IllegalArgumentException("'" + name + "' is " + shown(node));
        }
        return node.textValue();
    }

    private static long whole(JsonNode of, String name, long least, long most) {
        JsonNode node = of.get(name);
        if (node == null
                || !node.canConvertToExactIntegral()
                || !node.canConvertToLong()
                || node.longValue() < least
                || node.longValue() > most) {
            throw new IllegalArgumentException("'" + name + "' is " + shown(node));
        }
        return node.longValue();
    }

    private static String shown(@Nullable JsonNode node) {
        if (node == null) {
            return "missing";
        }
        String text = node.toString();
        return text.length() > 40 ? text.substring(0, 40) + "…" : text;
    }
}
