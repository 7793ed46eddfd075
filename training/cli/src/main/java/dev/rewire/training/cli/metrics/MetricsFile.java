package dev.rewire.training.cli.metrics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rewire.training.internal.FileFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A file of JSON lines that grows by whole lines: each is written at once with its end. A process that is killed leaves at most the beginning of one, which no reader takes for
 * a line, and which is cut off when the run goes on.
 */
public final class MetricsFile implements AutoCloseable {
    /** Its name in the folder of a run. */
    public static final String NAME = "metrics.jsonl";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Path file;
    private final FileChannel channel;
    private final Set<String> begun = new HashSet<>();

    private MetricsFile(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Opens a file to append to.
     *
     * @param file made if it is not there
     * @param kept which of its lines stay
     * @throws IOException if it cannot be written, or is no file of lines
     */
    static MetricsFile open(Path file, Predicate<JsonNode> kept) throws IOException {
        List<JsonNode> before = Files.exists(file) ? read(file) : List.of();
        List<JsonNode> lines = before.stream().filter(kept).toList();
        StringBuilder text = new StringBuilder();
        for (JsonNode line : lines) {
            text.append(line).append('\n');
        }
        Path whole = file.resolveSibling("." + NAME + ".tmp");
        try {
            Files.writeString(whole, text, StandardCharsets.UTF_8);
            Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            MetricsFile opened =
                    new MetricsFile(file, FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND));
            lines.stream().filter(line -> Event.RUN.is(line)).forEach(line -> opened.begun.add(network(line)));
            return opened;
        } catch (IOException e) {
            Files.deleteIfExists(whole);
            throw FileFailure.of(file, e);
        }
    }

    /**
     * Reads a file.
     *
     * @param file a file of this kind
     * @return its lines; what stands behind the last end of a line is none
     * @throws MetricsException if a line is no JSON object with event, network and step
     * @throws IOException if it cannot be read
     */
    public static List<JsonNode> read(Path file) throws IOException {
        // Not as text at once: half a character may stand at the end.
        byte[] bytes = Files.readAllBytes(file);
        List<JsonNode> lines = new ArrayList<>();
        int from = 0;
        for (int to = 0; to < bytes.length; to++) {
            if (bytes[to] == '\n') {
                lines.add(line(file, lines.size() + 1, new String(bytes, from, to - from, StandardCharsets.UTF_8)));
                from = to + 1;
            }
        }
        return lines;
    }

    private static JsonNode line(Path file, int number, String text) throws MetricsException {
        JsonNode line;
        try {
            line = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new MetricsException(file, number, "is no JSON: " + e.getOriginalMessage());
        }
        if (!line.isObject()
                || Event.of(line) == null
                || !line.path("network").isTextual()
                || !line.path("step").isIntegralNumber()
                || line.path("step").asLong() < 0) {
            throw new MetricsException(file, number, "has not all of event, network and step, a number from 0");
        }
        return line;
    }

    static String network(JsonNode line) {
        return line.path("network").asText();
    }

    static ObjectNode newLine(Event event, String network, long step) {
        return JSON.createObjectNode()
                .put("event", event.text())
                .put("network", network)
                .put("step", step);
    }

    /** Whether there is the first line of a network. */
    boolean hasBegun(String network) {
        return begun.contains(network);
    }

    /**
     * Appends a line.
     *
     * @throws UncheckedIOException if it cannot be written
     */
    void append(ObjectNode line) {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(FileFailure.of(file, e));
        }
    }

    /** Waits until the lines are on the disk: before a checkpoint that counts on them. */
    public void force() throws IOException {
        channel.force(false);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
