package dev.rewire.training.data.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandTest {
    @TempDir
    private Path folder;

    private Optional<String> run(String... words) throws IOException {
        return Command.run(folder, folder.resolve("log"), List.of(words));
    }

    private Optional<String> runShell(String script) throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "no /bin/sh on this system");
        return run("/bin/sh", "-c", script);
    }

    @Test
    void successHasNoReason() throws IOException {
        assertEquals(Optional.empty(), runShell("echo E: all is well"));
    }

    @Test
    void absentProgramIsSaidToBeAbsent() throws IOException {
        assertEquals(Optional.of(Command.NOT_STARTED), run("/nonexistent/program"));
    }

    @Test
    void failureHasTheLinesThatComplain() throws IOException {
        assertEquals(
                Optional.of("exit 3, E: no room / npm error code X"),
                runShell("echo hello; echo E: no room; echo npm error code X >&2; echo bye; exit 3"));
    }

    @Test
    void failureWithoutComplaintHasTheLastLine() throws IOException {
        assertEquals(Optional.of("exit 1, second"), runShell("echo first; echo second; echo; exit 1"));
    }

    @Test
    void silentFailureIsSaidToBeSilent() throws IOException {
        assertEquals(Optional.of("exit 1, without a word"), runShell("exit 1"));
    }

    @Test
    void programGetsNoInput() throws IOException {
        assertEquals(Optional.empty(), runShell("! read line"));
    }
}
