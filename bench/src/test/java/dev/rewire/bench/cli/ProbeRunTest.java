package dev.rewire.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rewire.kernels.probe.Build;
import dev.rewire.kernels.probe.Capabilities;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole runs of {@code probe}. */
class ProbeRunTest {
    @Test
    void jsonHasTheKeysOfItsContract() {
        CommandRun run = CommandRun.of("probe", "--json");
        assertEquals(0, run.status(), run.err());
        List<String> keys =
                run.json().properties().stream().map(entry -> entry.getKey()).toList();
        assertTrue(
                keys.containsAll(List.of(
                        "rewire",
                        "date",
                        "command",
                        "cpu",
                        "jvm",
                        "memory",
                        "kernels",
                        "capabilities",
                        "disagreements",
                        "gpu",
                        "environment")),
                keys::toString);
        assertEquals("rewire probe --json", run.json().get("command").textValue());
    }

    @Test
    void jsonSaysWhatTheLibrarySays() {
        JsonNode json = CommandRun.of("probe", "--json").json();
        JsonNode map = new ObjectMapper().valueToTree(Capabilities.current().toMap());
        map.properties()
                .forEach(entry -> assertEquals(
                        entry.getValue().toString(), json.get(entry.getKey()).toString()));
    }

    @Test
    void peopleGetTheTable() {
        CommandRun run = CommandRun.of("probe");
        assertEquals(0, run.status(), run.err());
        assertTrue(run.out().startsWith("rewire    "), run.out());
        assertTrue(run.out().contains(Capabilities.current().toString()), run.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"probe --version", "spmm --version", "bench --version", "--version"})
    void everyCommandSaysItsVersion(String command) {
        CommandRun run = CommandRun.of(command.split(" ", -1));
        assertEquals(0, run.status(), run.err());
        assertEquals(Build.current().toString(), run.out().strip());
    }

    @Test
    void anUnknownOptionIsBadUsage() {
        CommandRun run = CommandRun.of("probe", "--jsn");
        assertEquals(2, run.status());
        assertEquals("", run.out());
        assertEquals(1, run.errLines().size(), run.err());
    }

    @Test
    void aReportThatCannotBeWrittenIsAFailure() {
        PrintStream full = new PrintStream(
                new OutputStream() {
                    @Override
                    public void write(int value) throws IOException {
                        throw new IOException("No space left on device");
                    }
                },
                true,
                StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        assertEquals(1, Main.run(full, err, false, "probe"));
        assertEquals(1, Main.run(full, err, false, "probe", "--help"));
    }
}
