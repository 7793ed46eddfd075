package dev.rewire.bench.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole commands on the stub device, which computes on the CPU: no GPU takes part. */
class GpuCommandsTest {
    private static final String SMALL = "spmm --device gpu --format nm --rows 64 --cols 96 --batch 40 --seconds 0.05 ";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "bf16, --values bf16",
        "f16, --values f16 --nm-transposable --product backward-input",
        "tf32, --values f32 --nm 1:2"
    })
    void spmmIsCorrectOnTheStubBesideItsDensePeer(String values, String options) {
        Child child = Child.of(StubLibraries.flags(), Child.BENCH, (SMALL + "--json " + options).split(" "));
        assertEquals(0, child.status(), child.err());
        JsonNode json = child.json();
        assertEquals("gpu", json.get("device").textValue());
        assertEquals(values, json.get("values").textValue());
        double error = json.get("max_error_over_bound").doubleValue();
        assertTrue(error > 0 && error <= 1, () -> "error over bound: " + error);
        assertTrue(json.get("peers").get("cublaslt").get("best_ms").doubleValue() > 0, child.out());
        for (String key : List.of("plan_ms", "search_ms", "compress_ms", "prune_ms", "speedup_vs_best_dense")) {
            assertTrue(json.get(key).doubleValue() > 0, key);
        }
        assertEquals(
                StubLibraries.DEVICE,
                json.get("environment").get("gpu").get("device").textValue());
    }

    @Test
    void theTableIsWrittenForProgramsAndPeople() throws IOException {
        Path out = folder.resolve("table");
        String[] args = ("bench --gpu --quick --sizes 32 --json --out " + out).split(" ");
        Child child = Child.of(StubLibraries.flags(), Child.BENCH, args);
        assertEquals(0, child.status(), child.err());
        JsonNode json = child.json();
        assertTrue(json.get("correct").booleanValue(), child.out());
        List<String> types = json.get("measurements")
                .valueStream()
                .map(each -> each.get("type").textValue())
                .toList();
        assertEquals(List.of("bf16", "i8", "tf32", "f16"), types);
        String table = Files.readString(out.resolve("table.md"));
        assertTrue(table.contains(StubLibraries.DEVICE) && table.contains("| tf32 1:2 | 32³ |"), table);
    }

    @Test
    void trainingComputesOnTheStubAndSaysSo() throws IOException {
        Path data = writeImages();
        Path run = folder.resolve("run");
        String[] args = ("train --data " + data + " --model 16-32-32-4 --nm 2:4 --method sr-ste --transposable"
                        + " --device gpu --batch 20 --epochs 3 --threads 1 --no-compare-dense --json --out " + run)
                .split(" ");
        Child child = Child.of(StubLibraries.flags(), Child.TRAINING, args);
        assertEquals(0, child.status(), child.err());
        JsonNode json = child.json();
        assertEquals("gpu", json.get("device").textValue());
        assertEquals("cusparselt", json.get("engine").textValue());
        assertEquals(
                StubLibraries.DEVICE,
                json.get("environment").get("gpu").get("device").textValue());
        assertTrue(json.get("test_accuracy").doubleValue() >= 0.9, child.out());
        String resume = run.resolve("checkpoint.rewire").toString();
        Child elsewhere =
                Child.of(Child.NO_GPU, Child.TRAINING, "train", "--data", data.toString(), "--resume", resume);
        assertEquals(2, elsewhere.status(), elsewhere.err());
        String reason = "--device: gpu cannot be had here (cusparselt: CUDA driver: ";
        assertTrue(elsewhere.err().contains(reason), elsewhere.err());
    }

    @Test
    void aLayerThatTheDeviceCannotComputeIsRefused() throws IOException {
        String[] args = ("train --data " + writeImages() + " --model 16-20-4 --nm 2:4 --device gpu").split(" ");
        Child child = Child.of(StubLibraries.flags(), Child.TRAINING, args);
        assertEquals(2, child.status(), child.err());
        String refusal = "--model: 16-20 is an N:M layer that the device cannot compute; accepted are N:M layers whose"
                + " inputs and outputs are multiples of 16, with --device gpu";
        assertTrue(child.err().endsWith(refusal), child.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {SMALL + "--values bf16", "bench --gpu", "train --nm 2:4 --device gpu --data /nonexistent"})
    void withoutAGpuTheReasonIsOneLine(String command) {
        String main = command.startsWith("train") ? Child.TRAINING : Child.BENCH;
        Child child = Child.of(Child.NO_GPU, main, command.split(" "));
        assertEquals(2, child.status(), child.err());
        assertEquals("", child.out());
        assertEquals(1, child.err().lines().count(), child.err());
        assertTrue(child.err().contains("/nonexistent/libcuda.so.1: cannot open shared object file"), child.err());
    }

    /** Images of 4 × 4 pixels, the brightest row of which is their class. */
    private Path writeImages() throws IOException {
        Random random = new Random(7);
        for (String stem : List.of("train", "t10k")) {
            int count = stem.equals("train") ? 240 : 60;
            ByteBuffer images = ByteBuffer.allocate(16 + count * 16);
            images.putInt(0x0803).putInt(count).putInt(4).putInt(4);
            ByteBuffer labels = ByteBuffer.allocate(8 + count);
            labels.putInt(0x0801).putInt(count);
            for (int i = 0; i < count; i++) {
                int label = random.nextInt(4);
                labels.put((byte) label);
                for (int pixel = 0; pixel < 16; pixel++) {
                    images.put((byte) ((pixel / 4 == label ? 150 : 0) + random.nextInt(100)));
                }
            }
            Files.write(folder.resolve(stem + "-images-idx3-ubyte"), images.array());
            Files.write(folder.resolve(stem + "-labels-idx1-ubyte"), labels.array());
        }
        return folder;
    }
}
