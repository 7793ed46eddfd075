package dev.rewire.bench.atlas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rewire.bench.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The points of an atlas, one JSON object a line, behind a line that says where and of what they are. Each line is written as soon as its point is measured, so
 * that a run that ends anywhere can go on; of a last line that was not written whole nothing is kept.
 */
public final class AtlasFile implements AutoCloseable {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final FileChannel channel;
    private final Map<String, JsonNode> points;

    private AtlasFile(FileChannel channel, Map<String, JsonNode> points) {
        this.channel = channel;
        this.points = points;
    }

    /**
     * Opens a file to go on with it, or begins it.
     *
     * @param file which
     * @param header where and of what the points are
     * @return the file, which takes more points
     * @throws InvalidInputException if the file holds other things, or points of something else
     * @throws IOException if it cannot be read or written
     */
    public static AtlasFile open(Path file, ObjectNode header) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() == null) {
                throw refused(file, "another process measures for it");
            }
            byte[] bytes = Files.readAllBytes(file);
            int end = bytes.length;
            while (end > 0 && bytes[end - 1] != '\n') {
                end--;
            }
            List<String> lines =
                    new String(bytes, 0, end, StandardCharsets.UTF_8).lines().toList();
            AtlasFile opened = new AtlasFile(channel, points(file, lines, header));
            channel.truncate(end);
            channel.position(end);
            if (lines.isEmpty()) {
                opened.write(header);
            }
            return opened;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static Map<String, JsonNode> points(Path file, List<String> lines, ObjectNode header) {
        Map<String, JsonNode> points = new LinkedHashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            JsonNode line = parsed(file, i + 1, lines.get(i));
            if (i == 0) {
                checkHeader(file, line, header);
                continue;
            }
            try {
                points.put(AtlasCell.of(line).command(), line);
            } catch (IllegalArgumentException e) {
                throw refused(file, "line " + (i + 1) + " is no point of an atlas (" + e.getMessage() + ")");
            }
        }
        return points;
    }

    private static JsonNode parsed(Path file, int number, String line) {
        try {
            return MAPPER.readTree(line);
        } catch (JsonProcessingException e) {
            throw refused(file, "line " + number + " is no JSON (" + e.getOriginalMessage() + ")");
        }
    }

    private static void checkHeader(Path file, JsonNode found, ObjectNode header) {
        List<String> names = new ArrayList<>();
        header.fieldNames().forEachRemaining(names::add);
        for (String name : names) {
            JsonNode other = found.get(name);
            if (!header.get(name).equals(other)) {
                throw refused(
                        file,
                        "is of an atlas with " + name + " " + (other == null ? "unknown" : other) + ", this one has "
                                + header.get(name));
            }
        }
    }

    private static InvalidInputException refused(Path file, String reason) {
        return new InvalidInputException(file + ": " + reason
                + "; accepted is a new folder, or that of an atlas of the same Rewire, machine and options");
    }

    /**
     * Keeps a point.
     *
     * @param point has the keys that {@link AtlasCell} reads
     * @throws IOException if it cannot be written
     */
    public void add(ObjectNode point) throws IOException {
        write(point);
        // Behind those of before, if it takes the place of one.
        String command = AtlasCell.of(point).command();
        points.remove(command);
        points.put(command, point);
    }

    private void write(ObjectNode line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((MAPPER.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /**
     * What is there.
     *
     * @return the last object of each point
     */
    public List<JsonNode> points() {
        return List.copyOf(points.values());
    }

    /**
     * What need not be measured.
     *
     * @return commands of the points that are there and not suspect: in another process those may come out right
     */
    public Set<String> done() {
        return points.entrySet().stream()
                .filter(point -> !point.getValue().path("suspect").asBoolean())
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
