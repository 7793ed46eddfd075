package dev.rewire.bench.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What stderr of this process is. */
final class Stderr {
    private static final Path FILE = Path.of("/proc/self/fd/2");

    private Stderr() {}

    /** Whether a progress bar can move on it. */
    static boolean isTerminal() {
        // Java answers for stdin and stdout together, and stdout is a file whenever a report is kept; Linux answers for
        // stderr alone.
        try {
            String target = Files.readSymbolicLink(FILE).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.ofNullable(System.console())
                    .map(java.io.Console::isTerminal)
                    .orElse(false);
        }
    }
}
