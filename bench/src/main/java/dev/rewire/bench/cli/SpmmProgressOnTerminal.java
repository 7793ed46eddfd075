package dev.rewire.bench.cli;

import dev.rewire.bench.SpmmProgress;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A bar, which vanishes when the measurement is over. */
final class SpmmProgressOnTerminal implements SpmmProgress {
    // Asking the terminal for its width takes a native library, unpacked for that alone.
    private static final int WIDTH = 79;
    private static final int STEPS = 100;
    private static final long INTERVAL_NANOS = Duration.ofMillis(200).toNanos();

    private final PrintStream terminal;
    private @Nullable ProgressBar bar;
    private double all;
    private long drawn;

    SpmmProgressOnTerminal(PrintStream terminal) {
        this.terminal = terminal;
    }

    @Override
    public void start(double seconds) {
        all = seconds;
        boolean unicode = terminal.charset().equals(StandardCharsets.UTF_8);
        bar = new ProgressBarBuilder()
                .setTaskName("timing")
                .setInitialMax(STEPS)
                // Its own thread never draws: it would do so during a run.
                .setUpdateIntervalMillis(Integer.MAX_VALUE)
                .setStyle(unicode ? ProgressBarStyle.UNICODE_BLOCK : ProgressBarStyle.ASCII)
                .setConsumer(new ConsoleProgressBarConsumer(terminal, WIDTH))
                .clearDisplayOnFinish()
                .build();
        drawn = System.nanoTime();
    }

    @Override
    public void at(double seconds) {
        long now = System.nanoTime();
        ProgressBar moved = bar;
        if (moved != null && now - drawn >= INTERVAL_NANOS) {
            drawn = now;
            moved.stepTo(Math.min(STEPS, Math.round(STEPS * seconds / all)));
            moved.refresh();
        }
    }

    @Override
    public void stop() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
