package dev.rewire.bench.cli;

import dev.rewire.bench.SpmmProgress;
import java.io.PrintStream;
import java.util.Locale;

/** One line at the start: a measurement takes seconds. */
final class SpmmProgressInLines implements SpmmProgress {
    private final PrintStream err;

    SpmmProgressInLines(PrintStream err) {
        this.err = err;
    }

    @Override
    public void start(double seconds) {
        err.printf(Locale.ROOT, "rewire spmm: timing takes %.1f s, after a warm-up%n", seconds);
    }

    @Override
    public void at(double seconds) {
        // The one line says how long it takes.
    }

    @Override
    public void stop() {
        // Lines need no room made for others.
    }
}
