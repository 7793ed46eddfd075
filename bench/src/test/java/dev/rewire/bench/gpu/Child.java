package dev.rewire.bench.gpu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A command that has run in a JVM of its own: what GPU there is, is found out once.
 *
 * @param status its exit status
 * @param out what it wrote on stdout
 * @param err what it wrote on stderr, less the JVM's notice of the incubator
 */
record Child(int status, String out, String err) {
    /** The commands of bench. */
    static final String BENCH = "dev.rewire.bench.cli.Main";

    /** The command {@code train}. */
    static final String TRAINING = "dev.rewire.training.cli.Main";

    /** Flags with which a JVM finds no driver, on any machine. */
    static final List<String> NO_GPU = List.of("-Drewire.cuda=/nonexistent/libcuda.so.1");

    static Child of(List<String> flags, String main, String... args) {
        try {
            Path folder = Files.createTempDirectory("child");
            Path out = folder.resolve("out");
            Path err = folder.resolve("err");
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString()));
            command.addAll(List.of(
                    "--add-modules",
                    "jdk.incubator.vector",
                    "--enable-native-access=ALL-UNNAMED",
                    "-XX:TieredStopAtLevel=1"));
            command.addAll(flags);
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
            command.addAll(List.of(args));
            int status = new ProcessBuilder(command)
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start()
                    .waitFor();
            List<String> lines = Files.readAllLines(err, StandardCharsets.UTF_8).stream()
                    .filter(line -> !line.startsWith("WARNING: Using incubator modules"))
                    .toList();
            Child child = new Child(status, Files.readString(out), String.join("\n", lines));
            Files.delete(out);
            Files.delete(err);
            Files.delete(folder);
            return child;
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    JsonNode json() {
        try {
            return new ObjectMapper().readTree(out);
        } catch (IOException e) {
            throw new AssertionError(out + err, e);
        }
    }
}
