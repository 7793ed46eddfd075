package dev.rewire.training.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rewire.training.TrainingRun;
import dev.rewire.training.cli.metrics.MetricsFile;
import dev.rewire.training.data.DataSplit;
import dev.rewire.training.data.source.ImageSource;
import dev.rewire.training.rewiring.Method;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** metrics.jsonl, which a run writes to its folder as it trains. */
class MetricsTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int STEPS = 3 * TinyData.TRAIN / 20;

    @TempDir
    private Path folder;

    private Path data;
    private Path out;

    @BeforeEach
    void writeData() throws IOException {
        data = TinyData.writeTo(folder.resolve("data"));
        out = folder.resolve("out");
    }

    @Test
    void eachEpochSaysWhatItCameTo() throws IOException {
        train("--no-compare-dense");
        JsonNode report = JSON.readTree(Files.readString(out.resolve("report.json")));
        JsonNode last = lines("epoch").getLast();
        assertEquals(report.get("test_accuracy"), last.get("test_accuracy"));
        assertEquals(report.get("train_flops"), last.get("flops"));
        assertEquals(STEPS, last.get("step").asInt());
    }

    @Test
    void thePartsOfAnEpochAreNoMoreThanItsDuration() throws IOException {
        train("--no-compare-dense");
        for (JsonNode epoch : lines("epoch")) {
            double parts = 0;
            for (String part : List.of("loading", "forward", "loss", "backward", "optimizer", "rewiring")) {
                assertTrue(epoch.get(part + "_ms").asDouble() > 0, part + " of " + epoch);
                parts += epoch.get(part + "_ms").asDouble();
            }
            assertTrue(parts <= 1000 * epoch.get("epoch_seconds").asDouble(), epoch.toString());
        }
    }

    @Test
    void eachRewiringHasALineForEachWeights() throws IOException {
        train("--no-compare-dense");
        List<String> told = lines("rewiring").stream()
                .map(line -> line.get("step") + " " + line.get("parameter").asText())
                .toList();
        List<String> expected = new ArrayList<>();
        for (int step = 1; step <= told.size() / 2 * 5; step += 5) {
            expected.add(step + " linear1.weight");
            expected.add(step + " linear2.weight");
        }
        assertEquals(expected, told);
    }

    @Test
    void bothNetworksOfAComparisonAreToldOf() throws IOException {
        train();
        assertEquals(
                List.of("rigl", "dense", "rigl", "dense", "rigl", "dense"),
                lines("epoch").stream()
                        .map(line -> line.get("network").asText())
                        .toList());
    }

    @Test
    void aRunThatWasInterruptedTellsTheSameAsOneThatWasNot() throws IOException {
        train("--no-compare-dense");
        List<JsonNode> whole = untimed(line -> true);
        for (int stop : new int[] {1, 7, 12, 18}) {
            out = folder.resolve("stopped" + stop);
            interruptAfter(stop);
            resume();
            // The mean loss of some steps is that of those since the interruption.
            Predicate<JsonNode> compared = line -> !line.get("event").asText().equals("steps") || stop != 7;
            assertEquals(whole.stream().filter(compared).toList(), untimed(compared), "after step " + stop);
        }
    }

    @Test
    void whatWasToldBehindTheCheckpointIsCutAndToldAgain() throws IOException {
        train("--no-compare-dense");
        List<JsonNode> whole = untimed(line -> true);
        Path told = out.resolve(MetricsFile.NAME);
        out = folder.resolve("killed");
        interruptAfter(12);
        Files.copy(told, out.resolve(MetricsFile.NAME), StandardCopyOption.REPLACE_EXISTING);
        resume();
        assertEquals(whole, untimed(line -> true));
    }

    @Test
    void aLineThatWasBegunIsCut() throws IOException {
        interruptAfter(12);
        Files.writeString(out.resolve(MetricsFile.NAME), "{\"event\":\"epoch\",\"netw", StandardOpenOption.APPEND);
        resume();
        assertEquals(3, lines("epoch").size());
    }

    @Test
    void aLineThatIsNoneIsRefusedWithItsNumber() throws IOException {
        interruptAfter(12);
        Files.writeString(out.resolve(MetricsFile.NAME), "{\"event\":\"other\"}\n", StandardOpenOption.APPEND);
        int bad = Files.readAllLines(out.resolve(MetricsFile.NAME)).size();
        CommandResult result = CommandResult.of(resumption());
        assertEquals(2, result.status(), result.err());
        assertTrue(result.err().contains(MetricsFile.NAME + ", line " + bad + ": "), result.err());
    }

    @Test
    void aRunThatGoesOnElsewhereTakesAllAlong() throws IOException {
        interruptAfter(12);
        Path before = out;
        out = folder.resolve("elsewhere");
        CommandResult result = CommandResult.of(
                "train",
                "--data",
                data.toString(),
                "--no-compare-dense",
                "--resume",
                before.resolve("checkpoint.rewire").toString(),
                "--out",
                out.toString());
        assertEquals(0, result.status(), result.err());
        assertEquals(3, lines("epoch").size());
        assertTrue(Files.exists(out.resolve("initial").resolve("linear1.weight.smtx")));
    }

    @Test
    void whatARunLeavesThatWasNeverSavedIsNoRun() throws IOException {
        Files.createDirectories(out.resolve("initial"));
        Files.writeString(out.resolve(MetricsFile.NAME), "half");
        train("--no-compare-dense");
        assertEquals(1, lines("run").size());
    }

    private void train(String... options) {
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of("--out", out.toString()));
        CommandResult result = CommandResult.ofTraining(data, all.toArray(String[]::new));
        assertEquals(0, result.status(), result.err());
    }

    private void interruptAfter(int steps) throws IOException {
        DataSplit images = ImageSource.of(data.toString())
                .load(TinyData.CLASSES, line -> {})
                .split();
        OutFolder to = OutFolder.of(out, null);
        to.open();
        try (TrainingRun run = TrainingRun.create(TinyData.config(Method.RIGL).build(), images)) {
            BooleanSupplier stop = () -> run.steps() >= steps;
            new TrainSession(run, null, List.of(), to, new NoProgress(), line -> {}, stop).train();
        }
    }

    private void resume() {
        CommandResult result = CommandResult.of(resumption());
        assertEquals(0, result.status(), result.err());
    }

    private String[] resumption() {
        return new String[] {
            "train",
            "--data",
            data.toString(),
            "--no-compare-dense",
            "--resume",
            out.resolve("checkpoint.rewire").toString()
        };
    }

    private List<JsonNode> lines(String event) throws IOException {
        return MetricsFile.read(out.resolve(MetricsFile.NAME)).stream()
                .filter(line -> line.get("event").asText().equals(event))
                .toList();
    }

    /** Without what depends on the machine, and on the process: which gradient the first rewiring after an interruption saw. */
    private List<JsonNode> untimed(Predicate<JsonNode> which) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (JsonNode line : MetricsFile.read(out.resolve(MetricsFile.NAME))) {
            List<String> timed =
                    new ArrayList<>(List.of("seconds", "epoch_seconds", "peak_memory_bytes", "gradient_norm"));
            line.fieldNames().forEachRemaining(name -> {
                if (name.endsWith("_ms")) {
                    timed.add(name);
                }
            });
            if (which.test(line)) {
                lines.add(((ObjectNode) line).without(timed));
            }
        }
        return lines;
    }
}
