package dev.rewire.training.cli.report;

import dev.rewire.training.StepListener;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A bar for each epoch, which vanishes when the epoch is over. */
final class ProgressOnTerminal implements Progress {
    // Asking the terminal for its width takes a native library, unpacked for that alone.
    private static final int WIDTH = 79;
    private static final int UPDATE_MILLIS = 200;

    private final PrintStream terminal;
    private @Nullable ProgressBar bar;

    ProgressOnTerminal(PrintStream terminal) {
        this.terminal = terminal;
    }

    @Override
    public StepListener start(String title, long step, int steps) {
        boolean unicode = terminal.charset().equals(StandardCharsets.UTF_8);
        ProgressBar started = new ProgressBarBuilder()
                .setTaskName(title)
                .setInitialMax(steps)
                .setUpdateIntervalMillis(UPDATE_MILLIS)
                .setStyle(unicode ? ProgressBarStyle.UNICODE_BLOCK : ProgressBarStyle.ASCII)
                .setConsumer(new ConsoleProgressBarConsumer(terminal, WIDTH))
                .clearDisplayOnFinish()
                .build();
        bar = started;
        return (taken, loss) -> started.stepTo(taken - step);
    }

    @Override
    public void stop() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
