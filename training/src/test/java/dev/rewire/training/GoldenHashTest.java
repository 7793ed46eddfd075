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
        "dense, 7583b98e962f, 53a6f63a5568, 8e2d138d4798, 6ac5a6d3d2b1",
        "static, 4d80bb82d20c, fe738420bb4a, 9c78ee715172, 60c04c65eb00",
        "set, 35facd337da8, dd294cddc870, 6aaa65ccdc4b, b8f0eb967083",
        "set-nm, 614cae0818e8, e298ba100db5, 3657de6ee31b, 34fa57bfcbb7",
        "rigl, c541c68c1064, c0f55f9f9bb7, 582b3828c2f9, 33b3b999b1a5",
        "rigl-blocks, 29108586318c, bac1ad58f8b9, 647042b7c209, 82ebb45721c7",
        "rigl-accumulated, 534fb63cc139, 51d8d7e7293b, 874c1f0231e0, d88907842ef5",
        "snfs, 0678424137ea, e45ed6d05838, cb6d2adb3a1b, 144fba3a87d6",
        "srigl, fcc73cf294b6, c7771c05bdc2, 891d06ac64eb, 6f1de879356b",
        "gse, e1d38114e3b6, 17e1d4616a40, 18461b142f61, 46c90c32ff1b",
        "chts, c575d3bb7351, 2316873583ad, a6843299a5ac, 5eba984c96d6",
        "rigl-nm, 2fae14acac29, 8c0074b93498, ebb4008387b0, b36c877d1491",
        "sr-ste, 0218018f8483, c103b3517447, e00b0154ac2f, ca7ca3e17199",
        "sr-ste-sorted, f818cab140cb, 050c5ac45a95, 024bd95b198b, c9310ff1ad5f",
        "sr-ste-transposable, f4a3b207df05, ec2cc198ce63, 3eff8f4b1ae1, ec3dd4494ab4"
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
