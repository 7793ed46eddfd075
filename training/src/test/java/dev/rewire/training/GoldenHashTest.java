package dev.rewire.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The same settings give the same bits from release to release, with vectors of each width. What changes them on purpose changes this table, and says why. */
class GoldenHashTest {
    private static final List<String> VECTORS = List.of("--add-modules", "jdk.incubator.vector");
    private static final Map<List<String>, Map<String, String>> RUNS = new ConcurrentHashMap<>();

    @ParameterizedTest
    @CsvSource({
        // settings, then the hash with vectors of 512, 256 and 128 bits, and without
        "dense, 81c65a427dbb, a63ad293d2ef, 127e5916525d, 34bf758f4993",
        "static, 5d6f386f58b0, 9c0e4c9cf26d, b2ac971d6c33, 5b45b5084036",
        "set, e8a4097acd14, df9e5faba6d6, 9208e3a59bd5, f5416916823f",
        "set-nm, b177893ec9b7, f86a780f67cf, 7f193de3a195, bc72c67489fa",
        "rigl, ee86ba65ba01, 47e2313f1618, a94bb4654a33, f4321cea5fa2",
        "rigl-blocks, 5d6f7d7bbede, 27849f2621db, 447c52e89542, c9a5efb4bb74",
        "rigl-accumulated, 440f9f534ca4, 4e9117710c70, 2309be825762, b630c20b55dc",
        "snfs, ab804d557ee0, 4281dfe3848d, 30aeeb2c5d55, 7d1c20c75a20",
        "srigl, 6ba68a59af2e, d44d7473fc28, a28336a81b91, e2123a936fcd",
        "gse, eb63ab1a7ff5, 75282fa5e51c, a0ded64978c8, 137b31419947",
        "chts, 4a8e08b1c10d, a9de421ef466, 3ef30e4a9715, abb5956238ce",
        "rigl-nm, 0b61f372a402, 414b9b988a4c, 1141b761d929, d76e99b1671c",
        "sr-ste, 9a68e0c30e0b, 747c4c35f0e1, 69acb3302f3d, 7f22036ff3a6",
        "sr-ste-sorted, d84a52adb8d9, f49100a3eefc, aff6a6a2fefa, 72cbf65f690a",
        "sr-ste-transposable, b8807c9e8871, d34616254ad9, 3710e2e4c83a, 81bef2ec3ea8"
    })
    void theSameSettingsGiveTheSameWeights(
            String settings, String of512, String of256, String of128, String withoutVectors) {
        Map<String, String> expected = Map.of("512", of512, "256", of256, "128", of128, "32", withoutVectors);
        List<List<String>> options = new ArrayList<>();
        options.add(List.of()); // without the Vector API
        for (int bytes : new int[] {16, 32, 64}) {
            List<String> vectors = new ArrayList<>(VECTORS);
            vectors.add("-XX:MaxVectorSize=" + bytes);
            options.add(vectors);
        }
        for (List<String> of : options) {
            Map<String, String> run = RUNS.computeIfAbsent(of, GoldenHashTest::run);
            String bits = run.getOrDefault("bits", "");
            assertEquals(expected.get(bits), run.get(settings), () -> settings + " with " + bits + " bits");
        }
    }

    private static Map<String, String> run(List<String> options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:-UsePerfData"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), GoldenRuns.class.getName()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().remove("JDK_JAVA_OPTIONS");
        Map<String, String> hashes = new HashMap<>();
        try {
            Process process = builder.start();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, process.waitFor());
            List<String> lines = out.lines().toList();
            hashes.put("bits", lines.getFirst());
            for (String line : lines.subList(1, lines.size())) {
                hashes.put(line.substring(0, line.indexOf(' ')), line.substring(line.indexOf(' ') + 1));
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
        return hashes;
    }
}
