package dev.rewire.bench.atlas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rewire.bench.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtlasFileTest {
    private static final ObjectNode HEADER =
            new ObjectMapper().createObjectNode().put("cpu", "a processor").put("threads", 1);

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void begin() throws IOException {
        file = folder.resolve("atlas.jsonl");
        try (AtlasFile atlas = AtlasFile.open(file, HEADER)) {
            atlas.add(AtlasText.point("a"));
            atlas.add(AtlasText.point("b"));
        }
    }

    private Set<String> done() throws IOException {
        try (AtlasFile atlas = AtlasFile.open(file, HEADER)) {
            return atlas.done();
        }
    }

    @Test
    void aFileGoesOnWhereItEnded() throws IOException {
        assertEquals(Set.of("a", "b"), done());
        try (AtlasFile atlas = AtlasFile.open(file, HEADER)) {
            atlas.add(AtlasText.point("c"));
            assertEquals(3, atlas.points().size());
        }
        assertEquals(Set.of("a", "b", "c"), done());
        assertEquals(4, Files.readAllLines(file).size());
    }

    @Test
    void aLineThatWasNotWrittenWholeIsDropped() throws IOException {
        Files.writeString(file, "{\"command\":\"c\",\"produ", StandardOpenOption.APPEND);
        assertEquals(Set.of("a", "b"), done());
        try (AtlasFile atlas = AtlasFile.open(file, HEADER)) {
            atlas.add(AtlasText.point("c"));
        }
        assertEquals(Set.of("a", "b", "c"), done());
    }

    @Test
    void aFileWithoutAWholeLineBeginsAnew() throws IOException {
        Files.writeString(file, "{\"cpu\":");
        assertEquals(Set.of(), done());
        assertEquals(List.of(HEADER.toString()), Files.readAllLines(file));
    }

    @Test
    void aSuspectPointIsMeasuredAgainAndTheLastCounts() throws IOException {
        try (AtlasFile atlas = AtlasFile.open(file, HEADER)) {
            atlas.add(AtlasText.point("c").put("suspect", true));
        }
        assertEquals(Set.of("a", "b"), done());
        try (AtlasFile atlas = AtlasFile.open(file, HEADER)) {
            atlas.add(AtlasText.point("c").put("median_ms", 7.0));
        }
        try (AtlasFile atlas = AtlasFile.open(file, HEADER)) {
            assertEquals(3, atlas.points().size());
            assertEquals(7, AtlasCell.of(atlas.points().getLast()).medianMs());
        }
    }

    @Test
    void anAtlasOfSomethingElseIsRefused() throws IOException {
        String before = Files.readString(file);
        refused(
                HEADER.deepCopy().put("threads", 2),
                file + ": is of an atlas with threads 1, this one has 2; accepted is a new folder");
        refused(
                HEADER.deepCopy().put("vector_bits", 512),
                file + ": is of an atlas with vector_bits unknown, this one has 512");
        assertEquals(before, Files.readString(file));
    }

    @Test
    void aDamagedLineIsRefusedByItsNumber() throws IOException {
        String before = Files.readString(file);
        Files.writeString(file, before + "damage\n");
        refused(HEADER, file + ": line 4 is no JSON");
        Files.writeString(file, before + "{}\n");
        refused(HEADER, file + ": line 4 is no point of an atlas (no text 'command')");
        assertTrue(Files.readString(file).endsWith("{}\n"));
    }

    private void refused(ObjectNode header, String start) {
        String message = assertThrows(InvalidInputException.class, () -> AtlasFile.open(file, header))
                .getMessage();
        assertTrue(message.startsWith(start), message);
        assertEquals(1, message.lines().count(), message);
    }
}
