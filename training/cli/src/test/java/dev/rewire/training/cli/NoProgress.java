package dev.rewire.training.cli;

import dev.rewire.training.StepListener;
import dev.rewire.training.cli.report.Progress;

/** Shows nothing. */
final class NoProgress implements Progress {
    @Override
    public StepListener start(String title, long step, int steps) {
        return StepListener.NONE;
    }

    @Override
    public void stop() {
        // Nothing was shown.
    }
}
