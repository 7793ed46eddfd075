package dev.rewire.training.cli.report;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a command writes.
 *
 * @param out what was asked for
 * @param err progress and complaints
 * @param terminal whether err is a terminal, on which a progress bar can move
 */
public record Console(PrintStream out, PrintStream err, boolean terminal) {
    private static final Path STDERR = Path.of("/proc/self/fd/2");

    /** The console of this process. */
    public static Console ofProcess() {
        return new Console(System.out, System.err, isStderrTerminal());
    }

    private static boolean isStderrTerminal() {
        // Java answers for stdin and stdout together, and stdout is a file whenever a report is kept; Linux answers for
        // stderr alone.
        try {
            String target = Files.readSymbolicLink(STDERR).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.ofNullable(System.console())
                    .map(java.io.Console::isTerminal)
                    .orElse(false);
        }
    }
}
