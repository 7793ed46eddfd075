package dev.rewire.training.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rewire.kernels.probe.Build;
import dev.rewire.training.TrainingConfig;
import dev.rewire.training.TrainingRun;
import dev.rewire.training.data.source.ImageSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is printed at the end of a run. */
class ReportTest {
    /** The keys that callers rely on. */
    private static final List<String> KEYS = List.of(
            "rewire",
            "date",
            "command",
            "data",
            "method",
            "model",
            "sparsity",
            "block",
            "distribution",
            "batch",
            "optimizer",
            "lr",
            "schedule",
            "warmup",
            "delta_t",
            "alpha",
            "drop_schedule",
            "rewire_from",
            "rewire_until",
            "seed",
            "device",
            "engine",
            "threads",
            "epochs",
            "steps",
            "train_samples",
            "test_samples",
            "loss",
            "test_accuracy",
            "best_test_accuracy",
            "nnz",
            "dense_parameters",
            "train_flops",
            "dense_train_flops",
            "step_ms_median",
            "dense_step_ms_median",
            "speedup_vs_dense",
            "dense_test_accuracy",
            "rewirings",
            "rewire_ms_total",
            "rewire_share",
            "exploration_rate",
            "peak_memory_bytes",
            "parameter_memory_bytes",
            "dense_memory_bytes",
            "topology_hash",
            "weights_hash",
            "environment");

    /** The keys of methods that rewire. */
    private static final List<String> OF_REWIRING =
            List.of("delta_t", "alpha", "drop_schedule", "rewire_from", "rewire_until");

    @TempDir
    private static Path folder;

    private static Path data;

    @BeforeAll
    static void writeData() throws IOException {
        data = TinyData.writeTo(folder);
    }

    @Test
    void theCommandSaysItsVersion() {
        CommandResult result = CommandResult.of("train", "--version");
        assertEquals(0, result.status(), result::err);
        assertEquals(Build.current().toString(), result.out().strip());
    }

    @Test
    void jsonHasTheKeysInTheirOrder() throws IOException {
        JsonNode json = CommandResult.ofTraining(data, "--json").json();
        assertEquals(KEYS, names(json));
        for (String key : KEYS) {
            boolean text = List.of(
                            "date",
                            "command",
                            "method",
                            "model",
                            "block",
                            "distribution",
                            "schedule",
                            "drop_schedule",
                            "device",
                            "engine",
                            "topology_hash",
                            "weights_hash")
                    .contains(key);
            boolean object =
                    List.of("rewire", "data", "optimizer", "environment").contains(key);
            assertEquals(text, json.get(key).isTextual(), key);
            assertEquals(object, json.get(key).isObject(), key);
            assertEquals(!text && !object, json.get(key).isNumber(), key);
        }
    }

    @Test
    void jsonSaysWhatWasAskedFor() throws IOException {
        JsonNode json = CommandResult.ofTraining(
                        data, "--json", "--method", "SET", "--block", "2x3", "--sparsity", "0.5")
                .json();
        assertAll(
                () -> assertEquals("set", json.get("method").asText()),
                () -> assertEquals("16-24-4", json.get("model").asText()),
                () -> assertEquals("2x3", json.get("block").asText()),
                () -> assertEquals("erk", json.get("distribution").asText()),
                () -> assertEquals(0.5, json.get("sparsity").asDouble()),
                () -> assertEquals(1, json.get("seed").asInt()),
                () -> assertEquals(3, json.get("epochs").asInt()),
                () -> assertEquals(36, json.get("steps").asInt()),
                () -> assertEquals(TinyData.TRAIN, json.get("train_samples").asInt()),
                () -> assertEquals(TinyData.TEST, json.get("test_samples").asInt()),
                () -> assertEquals(
                        16 * 24 + 24 * 4, json.get("dense_parameters").asInt()),
                () -> assertTrue(
                        json.get("nnz").asInt() < json.get("dense_parameters").asInt()),
                () -> assertTrue(json.get("rewirings").asInt() > 0));
    }

    @Test
    void theProfileIsPartOfTheJsonWhereItIsAskedFor() throws IOException {
        JsonNode json = json("--profile");
        List<String> keys = new ArrayList<>(keysWithoutComparison());
        keys.add(keys.indexOf("environment"), "profile");
        assertEquals(keys, names(json));
        assertEquals("linear1 forward", json.get("profile").get(0).get("part").asText());
        assertTrue(json.get("profile").get(0).get("ms_median").asDouble() > 0);
        double shares = 0;
        for (JsonNode part : json.get("profile")) {
            shares += part.get("share").asDouble();
        }
        assertEquals(1, shares, 1e-9);
    }

    @Test
    void peopleAreToldTheProfileWhereTheyAskForIt() {
        CommandResult result = CommandResult.ofTraining(data, "--no-compare-dense", "--profile");
        assertTrue(result.out().contains("linear2 backward"), result::out);
        assertTrue(
                result.out().lines().anyMatch(line -> line.matches("optimizer +[0-9.]+ ms +[0-9.]+ %")), result::out);
    }

    @Test
    void memoryIsThatOfTheStoredWeightsBesideTheDenseOnes() throws IOException {
        JsonNode json = json("--sparsity", "0.9");
        // SGD with momentum: value, gradient and one slot; 24 + 4 biases.
        assertEquals(
                (16 * 24 + 24 * 4 + 28) * 3 * 4, json.get("dense_memory_bytes").asInt());
        int weights = json.get("nnz").asInt();
        // A column of 16 bits for each, and where rows begin; what products hold comes to it.
        assertTrue(json.get("parameter_memory_bytes").asInt() >= weights * (3 * 4 + 2) + (25 + 5) * 4 + 28 * 3 * 4);
        assertTrue(json.get("peak_memory_bytes").asInt()
                > json.get("parameter_memory_bytes").asInt());
    }

    @Test
    void settingsOfSomeWeightsAreToldAndHold() throws IOException {
        JsonNode json = json("--set", "linear1=0.5", "--set", "linear2=dense", "--clip", "1");
        assertEquals("linear1=0.5", json.get("set").get(0).asText());
        assertEquals(16 * 24 / 2 + 24 * 4, json.get("nnz").asInt());
        assertEquals(1, json.get("clip").asDouble());
    }

    @Test
    void stepsAreTakenAsManyAsWereAskedFor() throws IOException {
        JsonNode json = CommandResult.of(
                        "train",
                        "--data",
                        data.toString(),
                        "--model",
                        "16-24-4",
                        "--batch",
                        "20",
                        "--steps",
                        "25",
                        "--eval-every",
                        "10",
                        "--no-compare-dense",
                        "--threads",
                        "1",
                        "--json")
                .json();
        assertEquals(25, json.get("steps").asInt());
        assertEquals(3, json.get("epochs").asInt());
    }

    @Test
    void aTableOfValuesIsLearnedByTheirSquaredError() throws IOException {
        StringBuilder table = new StringBuilder("a,y,b\n");
        for (int i = 0; i < 200; i++) {
            table.append(i % 7)
                    .append(',')
                    .append(i % 7 * 0.5 - i % 5)
                    .append(',')
                    .append(i % 5)
                    .append('\n');
        }
        Path file = Files.writeString(folder.resolve("table.csv"), table);
        JsonNode json = CommandResult.of(
                        "train",
                        "--data",
                        "csv:" + file,
                        "--label",
                        "y",
                        "--model",
                        "2-16-1",
                        "--batch",
                        "20",
                        "--epochs",
                        "3",
                        "--no-compare-dense",
                        "--threads",
                        "1",
                        "--json")
                .json();
        assertTrue(json.get("validation_loss").asDouble() > 0);
        assertEquals(2, json.get("data").get("features").asInt());
        assertEquals(1, json.get("data").get("values").asInt());
        assertFalse(json.has("test_accuracy"));
    }

    @Test
    void jsonOfNmHasNmForABlock() throws IOException {
        JsonNode json = json("--method", "static", "--nm", "2:4");
        List<String> keys = new ArrayList<>(keysWithoutComparison());
        keys.set(keys.indexOf("block"), "nm");
        keys.removeAll(OF_REWIRING);
        assertEquals(keys, names(json));
        assertEquals("2:4", json.get("nm").asText());
        assertEquals(0.5, json.get("sparsity").asDouble());
        assertEquals(16 * 24 / 2 + 24 * 4, json.get("nnz").asInt());
    }

    @Test
    void jsonOfSrSteHasTheFlipsOfItsMasks() throws IOException {
        JsonNode json = json("--method", "sr-ste", "--nm", "2:4");
        List<String> keys = new ArrayList<>(keysWithoutComparison());
        keys.set(keys.indexOf("block"), "nm");
        keys.add(keys.indexOf("peak_memory_bytes"), "mask_flip_rate");
        keys.removeAll(OF_REWIRING);
        keys.add(keys.indexOf("seed"), "sr_ste");
        assertEquals(keys, names(json));
        assertEquals("sr-ste", json.get("method").asText());
        assertEquals(json.get("steps"), json.get("rewirings"));
        assertTrue(json.get("step_ms_median").asDouble() > 0);
    }

    /** A line for each of forty layers is read by nobody. */
    @Test
    void peopleAreToldTheSumOfManyLayers() {
        CommandResult result = CommandResult.of(
                ("train --model resnet8 --batch 20 --epochs 1 --no-compare-dense --data " + data).split(" "));
        assertEquals(0, result.status(), result.err());
        assertTrue(result.out().contains("18 layers, 10 of them with weights"), result.out());
        assertFalse(result.out().contains("layer 1:"), result.out());
    }

    @Test
    void peopleAreToldWhichLayersAreNm() {
        CommandResult result = CommandResult.ofTraining(data, "--method", "sr-ste", "--nm", "2:4", "--transposable");
        assertEquals(0, result.status(), result.err());
        assertTrue(
                result.out().startsWith("16-24-4, sr-ste 2:4 transposable, in layers 1, others dense"), result.out());
        assertTrue(result.out().contains("flips of masks"), result.out());
    }

    @Test
    void aDenseRunIsNotCompared() throws IOException {
        JsonNode json =
                CommandResult.ofTraining(data, "--json", "--method", "dense").json();
        assertEquals(json.get("dense_parameters"), json.get("nnz"));
        assertEquals(0, json.get("sparsity").asDouble());
        List<String> keys = new ArrayList<>(keysWithoutComparison());
        keys.removeAll(OF_REWIRING);
        assertEquals(keys, names(json));
    }

    @Test
    void comparisonCanBeLeftOut() throws IOException {
        JsonNode json =
                CommandResult.ofTraining(data, "--json", "--no-compare-dense").json();
        assertEquals(keysWithoutComparison(), names(json));
        assertFalse(json.get("environment").has("dense"));
    }

    @Test
    void comparisonCanBeAskedFor() throws IOException {
        JsonNode json =
                CommandResult.ofTraining(data, "--json", "--compare-dense").json();
        double ratio = json.get("dense_step_ms_median").asDouble()
                / json.get("step_ms_median").asDouble();
        assertEquals(ratio, json.get("speedup_vs_dense").asDouble(), 1e-9 * ratio);
    }

    @Test
    void theEnvironmentSaysWhoComputed() throws IOException {
        JsonNode environment = CommandResult.ofTraining(data, "--json").json().get("environment");
        assertEquals(
                List.of("jdk", "vm", "os", "cpu", "processors", "kernels", "dense", "capabilities"),
                names(environment));
        assertTrue(environment.get("capabilities").get("jvm").has("use_fma"));
        assertEquals(List.of("provider", "vector_bits", "reason"), names(environment.get("kernels")));
        JsonNode dense = environment.get("dense");
        assertEquals(List.of("rewire", NaiveBackend.NAME), names(dense.get("step_ms")));
        assertTrue(names(dense.get("step_ms")).contains(dense.get("engine").asText()));
    }

    @Test
    void theReportIdentifiesTheRun() throws IOException {
        JsonNode json = json("--optimizer", "adamw", "--lr", "0.002", "--schedule", "step", "--warmup", "2");
        String sha256;
        try (TrainingRun run = TrainingRun.create(
                TrainingConfig.builder()
                        .model(List.of(16, TinyData.CLASSES))
                        .batch(20)
                        .build(),
                ImageSource.of(data.toString())
                        .load(TinyData.CLASSES, line -> {})
                        .split())) {
            sha256 = run.dataHash();
        }
        assertAll(
                () -> assertEquals(
                        "{\"name\":\"" + data + "\",\"height\":4,\"width\":4,\"classes\":4,\"sha256\":\"" + sha256
                                + "\"}",
                        json.get("data").toString()),
                () -> assertEquals(
                        "{\"name\":\"adamw\",\"beta1\":0.9,\"beta2\":0.999,\"epsilon\":1.0E-8,\"weight_decay\":0.01}",
                        json.get("optimizer").toString()),
                () -> assertEquals(20, json.get("batch").asInt()),
                () -> assertEquals(0.002, json.get("lr").asDouble()),
                () -> assertEquals("step", json.get("schedule").asText()),
                () -> assertEquals(2, json.get("warmup").asInt()),
                () -> assertEquals(5, json.get("delta_t").asInt()),
                () -> assertEquals(0.3, json.get("alpha").asDouble()),
                () -> assertEquals(0.75, json.get("rewire_until").asDouble()),
                () -> assertTrue(json.get("command").asText().contains("--optimizer adamw --lr 0.002")),
                () -> assertTrue(json.get("rewire").has("version"), json.get("rewire")::toString),
                () -> assertTrue(
                        json.at("/environment/capabilities/jvm/arguments").isArray()));
    }

    @Test
    void theReportHasTheNumbersOfSrSte() throws IOException {
        JsonNode json = json("--method", "sr-ste", "--nm", "2:4", "--transposable");
        assertEquals(
                "{\"decay\":2.0E-4,\"transposable\":true,\"mask_interval\":40}",
                json.get("sr_ste").toString());
    }

    @Test
    void theReportNamesTheDeviceThatComputed() throws IOException {
        JsonNode json = json("--nm", "2:4", "--device", "gpu");
        assertEquals("gpu", json.get("device").asText());
        assertEquals(LoopDevice.NAME, json.get("engine").asText());
        assertEquals("loops", json.get("environment").get("gpu").get("device").asText());
        assertEquals("rewire", json().get("engine").asText());
    }

    @Test
    void seedAndNotThreadsDecideTheResult() throws IOException {
        JsonNode one = json("--seed", "5");
        JsonNode same = CommandResult.of(
                        "train --json --no-compare-dense --model 16-24-4 --batch 20 --epochs 3 --delta-t 5 --seed 5 --threads 2 --data"
                                .concat(" " + data)
                                .split(" "))
                .json();
        JsonNode other = json("--seed", "6");
        assertEquals(one.get("weights_hash"), same.get("weights_hash"));
        assertEquals(one.get("topology_hash"), same.get("topology_hash"));
        assertFalse(one.get("weights_hash").equals(other.get("weights_hash")));
    }

    private static JsonNode json(String... options) throws IOException {
        List<String> all = new ArrayList<>(List.of("--json", "--no-compare-dense"));
        all.addAll(List.of(options));
        return CommandResult.ofTraining(data, all.toArray(String[]::new)).json();
    }

    @Test
    void peopleGetALineForEachEpochAndATable() {
        CommandResult result = CommandResult.ofTraining(data);
        assertEquals(0, result.status());
        assertEquals(
                6,
                result.out().lines().filter(line -> line.startsWith("epoch ")).count());
        assertTrue(result.out().contains("rigl 90 % 1x1"), result.out());
        assertTrue(result.out().contains("speed-up"), result.out());
        assertTrue(result.out().contains("best test accuracy"), result.out());
    }

    @Test
    void withJsonTheEpochsGoToStderr() {
        CommandResult result = CommandResult.ofTraining(data, "--json");
        assertEquals(0, result.status());
        assertTrue(result.out().startsWith("{"));
        assertEquals(
                6,
                result.err().lines().filter(line -> line.startsWith("epoch ")).count());
    }

    private static List<String> keysWithoutComparison() {
        return KEYS.stream()
                .filter(key -> !List.of("dense_step_ms_median", "speedup_vs_dense", "dense_test_accuracy")
                        .contains(key))
                .toList();
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
