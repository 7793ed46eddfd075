package dev.rewire.training.cli.report;

import dev.rewire.training.StepListener;
import java.io.PrintStream;
import java.time.Duration;

/** A line every few seconds, and none for an epoch that is over before. */
final class ProgressInLines implements Progress {
    private static final long INTERVAL_NANOS = Duration.ofSeconds(10).toNanos();

    private final PrintStream err;
    private long lastLine;

    ProgressInLines(PrintStream err) {
        this.err = err;
    }

    @Override
    public StepListener start(String title, long step, int steps) {
        lastLine = System.nanoTime();
        return (taken, loss) -> {
            long now = System.nanoTime();
            if (now - lastLine >= INTERVAL_NANOS) {
                lastLine = now;
                err.println(title + ": step " + (taken - step) + " of " + steps);
            }
        };
    }

    @Override
    public void stop() {
        // Lines need no room made for others.
    }
}
