package dev.rewire.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rewire.bench.Product;
import dev.rewire.bench.SpmmSettings;
import dev.rewire.bench.atlas.AtlasSettings;
import dev.rewire.bench.compare.BenchResults;
import dev.rewire.bench.suite.Point;
import dev.rewire.bench.suite.Section;
import dev.rewire.bench.suite.Structure;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.ValueType;
import dev.rewire.kernels.probe.Provenance;
import dev.rewire.training.setting.Device;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An atlas of a few points on small matrices. */
class AtlasRunTest {
    private static final AtlasSettings SETTINGS = new AtlasSettings(true, 2, List.of("openblas", "mkl"));
    private static final Duration LONG = Duration.ofHours(1);
    private static final int POINTS = 6;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @TempDir
    private Path folder;

    private static List<List<Point>> visits() {
        List<List<Point>> visits = new ArrayList<>();
        for (Product product : Product.values()) {
            SpmmSettings how = new SpmmSettings(
                    product,
                    17,
                    Device.CPU,
                    Layout.PANELS,
                    ValueType.F32,
                    SETTINGS.threads(),
                    0.02,
                    1,
                    SETTINGS.peers());
            visits.add(List.of(
                    new Point(Section.ATLAS, 96, 64, new Structure.Blocks(4, 4, 0.75), how),
                    new Point(Section.ATLAS, 96, 64, new Structure.Nm(2, 4, 1), how)));
        }
        return visits;
    }

    private int run(Duration limit) throws IOException {
        PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        return new AtlasBench(SETTINGS, visits(), limit, false)
                .run(AtlasBench.open(folder), Provenance.now("rewire bench", List.of()), null, print, err);
    }

    private List<String> lines() throws IOException {
        return Files.readAllLines(folder.resolve("atlas.jsonl"));
    }

    private JsonNode results() throws IOException {
        return new ObjectMapper().readTree(Files.readString(folder.resolve("results.json")));
    }

    @Test
    void writesALineForEachPointTheResultsAndThePage() throws IOException {
        assertEquals(0, run(LONG));
        assertEquals(1 + POINTS, lines().size());
        JsonNode json = results();
        assertEquals(
                List.of(
                        "rewire",
                        "date",
                        "command",
                        "quick",
                        "threads",
                        "peers",
                        "points",
                        "measured",
                        "sparse_wins",
                        "dense_wins",
                        "undecided",
                        "slower_than_own_dense",
                        "chose_the_slower",
                        "disturbed",
                        "suspect",
                        "correct",
                        "measurements",
                        "environment"),
                json.properties().stream().map(entry -> entry.getKey()).toList());
        assertEquals(POINTS, json.get("measured").intValue());
        JsonNode first = json.get("measurements").get(0);
        assertEquals("atlas", first.get("section").textValue());
        assertEquals(visits().get(0).get(0).command(), first.get("command").textValue());
        assertTrue(
                first.get("plan").textValue().startsWith("forward, batch 17"),
                first.get("plan").textValue());
        assertTrue(first.get("own_dense").get("best_ms").doubleValue() > 0);
        JsonNode pairs = first.get("against_own_dense");
        assertTrue(pairs.get("pairs").intValue() >= 8, pairs.toString());
        assertEquals(first.get("runs").intValue(), pairs.get("pairs").intValue());
        assertTrue(pairs.get("won").intValue() + pairs.get("lost").intValue()
                <= pairs.get("pairs").intValue());
        assertTrue(Files.readString(folder.resolve("index.html")).endsWith("</html>\n"));
        assertTrue(out.toString(StandardCharsets.UTF_8)
                .contains(folder.resolve("index.html").toString()));
    }

    @Test
    void itsResultsCanBeCompared() throws IOException {
        run(LONG);
        assertEquals(
                POINTS,
                BenchResults.read("--compare", folder.resolve("results.json"))
                        .points()
                        .size());
    }

    @Test
    void aRunGoesOnWhereAnotherEnded() throws IOException {
        run(LONG);
        List<String> whole = lines();
        // As one leaves it that is killed while it writes its third point.
        Files.writeString(
                folder.resolve("atlas.jsonl"),
                String.join("\n", whole.subList(0, 3)) + "\n" + whole.get(3).substring(0, 50));
        assertEquals(0, run(LONG));
        assertEquals(whole.subList(0, 3), lines().subList(0, 3));
        assertEquals(POINTS, results().get("measured").intValue());
    }

    @Test
    void withoutTimeThePageIsMadeOfWhatThereIs() throws IOException {
        assertEquals(0, run(Duration.ZERO));
        assertEquals(1, lines().size());
        assertEquals(0, results().get("measured").intValue());
        assertEquals(POINTS, results().get("points").intValue());
    }
}
