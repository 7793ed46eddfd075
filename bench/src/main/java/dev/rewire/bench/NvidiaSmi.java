package dev.rewire.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What {@code nvidia-smi}, which comes with the driver, says of the first device. */
public final class NvidiaSmi {
    private static final List<String> QUERIES = List.of(
            "name",
            "driver_version",
            "clocks.sm",
            "clocks.max.sm",
            "clocks.mem",
            "power.draw",
            "power.limit",
            "temperature.gpu");
    private static final long PATIENCE_SECONDS = 10;

    private NvidiaSmi() {}

    /**
     * Asks.
     *
     * @return values by the names of its queries, with units; or one value {@code nvidia-smi} with the reason why there are none
     */
    public static Map<String, String> ask() {
        return ask("nvidia-smi");
    }

    static Map<String, String> ask(String program) {
        List<String> command =
                List.of(program, "--id=0", "--query-gpu=" + String.join(",", QUERIES), "--format=csv,noheader");
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return absent("no answer within " + PATIENCE_SECONDS + " s");
            }
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.exitValue() == 0 ? parse(answer) : absent(answer.replaceAll("\\R", " "));
        } catch (IOException e) {
            return absent(String.valueOf(e.getMessage()).strip());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return absent("interrupted");
        }
    }

    static Map<String, String> parse(String answer) {
        String[] values = answer.split("\\s*,\\s*", -1);
        if (values.length != QUERIES.size()) {
            return absent("an answer that is not understood: " + answer);
        }
        Map<String, String> known = new LinkedHashMap<>();
        for (int i = 0; i < values.length; i++) {
            known.put(QUERIES.get(i), values[i]);
        }
        return known;
    }

    private static Map<String, String> absent(String reason) {
        return Map.of("nvidia-smi", "absent: " + reason);
    }
}
