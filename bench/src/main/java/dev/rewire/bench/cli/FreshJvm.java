package dev.rewire.bench.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rewire.bench.Doubt;
import dev.rewire.bench.SpmmReport;
import dev.rewire.bench.SpmmReport.Peer;
import dev.rewire.bench.Times;
import dev.rewire.bench.WarmUp;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Measures again in a JVM of its own what was not believed: {@code spmm} with the flags of this one. */
final class FreshJvm {
    /** Set in a JVM that measures again: it believes what it measures. */
    private static final String AGAIN = "rewire.bench.again";

    /** Those that decide how code is compiled and what is found; agents and ports are not for two. */
    private static final Pattern FLAGS =
            Pattern.compile("-X.*|-Drewire\\..*|--(add-modules|limit-modules|enable-native-access|add-opens)=.*");

    private static final long MOST_MINUTES = 130;

    private FreshJvm() {}

    /** Whether this is one. */
    static boolean isThis() {
        return Boolean.getBoolean(AGAIN);
    }

    /**
     * Measures again.
     *
     * @param arguments of {@code spmm}
     * @param first what came out in this JVM
     * @param reason why it is not believed
     * @return what came out in the other; if that failed the first, and why
     */
    static SpmmReport measure(List<String> arguments, SpmmReport first, String reason) {
        try {
            return read(new ObjectMapper().readTree(run(arguments)), first, reason);
        } catch (IOException e) {
            return first.doubted(new Doubt(first.gflops(), reason, e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return first.doubted(new Doubt(first.gflops(), reason, "interrupted"));
        }
    }

    private static String run(List<String> arguments) throws IOException, InterruptedException {
        Path out = Files.createTempFile("rewire-spmm", ".json");
        Path err = Files.createTempFile("rewire-spmm", ".err");
        try {
            Process process = new ProcessBuilder(command(arguments))
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            try {
                if (!process.waitFor(MOST_MINUTES, TimeUnit.MINUTES)) {
                    throw new IOException("still running after " + MOST_MINUTES + " minutes");
                }
            } finally {
                process.destroy();
            }
            if (process.exitValue() != 0) {
                List<String> said = Files.readAllLines(err, StandardCharsets.UTF_8);
                throw new IOException(
                        "exit status " + process.exitValue() + (said.isEmpty() ? "" : ": " + said.getLast()));
            }
            return Files.readString(out);
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    private static List<String> command(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> FLAGS.matcher(flag).matches())
                .forEach(command::add);
        command.add("-D" + AGAIN + "=true");
        String modules = System.getProperty("jdk.module.path");
        if (Main.class.getModule().isNamed() && modules != null) {
            command.addAll(List.of("--module-path", modules, "--module"));
            command.add(Main.class.getModule().getName() + "/" + Main.class.getName());
        } else {
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        }
        command.add("spmm");
        command.addAll(arguments);
        if (!arguments.contains("--json")) {
            command.add("--json");
        }
        return command;
    }

    private static SpmmReport read(JsonNode json, SpmmReport first, String reason) {
        Map<String, Peer> peers = new LinkedHashMap<>();
        first.peers().keySet().forEach(name -> {
            JsonNode peer = json.get("peers").get(name);
            peers.put(
                    name,
                    peer.has("absent")
                            ? new Peer.Absent(peer.get("absent").textValue())
                            : new Peer.Measured(times(peer)));
        });
        return first.again(
                times(json),
                peers,
                json.get("plan_ms").doubleValue(),
                json.get("max_error_over_bound").doubleValue(),
                new Doubt(first.gflops(), reason, null));
    }

    private static Times times(JsonNode of) {
        JsonNode warmUp = of.get("warm_up");
        return new Times(
                of.get("runs").intValue(),
                of.get("best_ms").doubleValue(),
                of.get("q1_ms").doubleValue(),
                of.get("median_ms").doubleValue(),
                of.get("q3_ms").doubleValue(),
                new WarmUp(
                        warmUp.get("first_ms").doubleValue(),
                        warmUp.get("runs").intValue(),
                        warmUp.get("seconds").doubleValue(),
                        warmUp.get("settled").booleanValue()));
    }
}
