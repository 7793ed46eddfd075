package dev.rewire.bench.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Shows on stderr how far the suite is: a bar on a terminal, a line for each step elsewhere. */
final class SuiteProgress implements Consumer<String>, AutoCloseable {
    private static final Path STDERR = Path.of("/proc/self/fd/2");

    // Asking the terminal for its width takes a native library, unpacked for that alone.
    private static final int WIDTH = 110;

    // Drawing a bar takes time of a core that measures.
    private static final int UPDATE_MILLIS = 1000;

    private final PrintStream err;
    private final int steps;
    private final @Nullable ProgressBar bar;
    private int taken;

    private SuiteProgress(PrintStream err, int steps, @Nullable ProgressBar bar) {
        this.err = err;
        this.steps = steps;
        this.bar = bar;
    }

    static SuiteProgress start(PrintStream err, int steps) {
        return new SuiteProgress(err, steps, terminal() ? bar(err, steps) : null);
    }

    private static ProgressBar bar(PrintStream err, int steps) {
        boolean unicode = err.charset().equals(StandardCharsets.UTF_8);
        return new ProgressBarBuilder()
                .setTaskName("rewire bench")
                .setInitialMax(steps)
                .setUpdateIntervalMillis(UPDATE_MILLIS)
                .setStyle(unicode ? ProgressBarStyle.UNICODE_BLOCK : ProgressBarStyle.ASCII)
                .setConsumer(new ConsoleProgressBarConsumer(err, WIDTH))
                .clearDisplayOnFinish()
                .build();
    }

    /** A step begins, so those before it are done. */
    @Override
    public void accept(String step) {
        if (bar == null) {
            err.println("rewire bench: " + (taken + 1) + " of " + steps + ": " + step);
        } else {
            bar.stepTo(taken);
            bar.setExtraMessage(" " + step);
        }
        taken++;
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }

    private static boolean terminal() {
        // Java answers for stdin and stdout together, and stdout may be a file; Linux answers for stderr alone.
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
