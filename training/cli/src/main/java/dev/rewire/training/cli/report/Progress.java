package dev.rewire.training.cli.report;

import dev.rewire.training.StepListener;

/** Shows how far an epoch is, on stderr. */
public interface Progress {
    /** A bar on a terminal, a line now and then elsewhere. */
    static Progress on(Console console) {
        return console.terminal() ? new ProgressOnTerminal(console.err()) : new ProgressInLines(console.err());
    }

    /**
     * An epoch starts.
     *
     * @param title what is trained
     * @param step steps that were taken before
     * @param steps length of the epoch
     * @return to be told of each step
     */
    StepListener start(String title, long step, int steps);

    /** The epoch is over, or was interrupted; makes room for other output. */
    void stop();
}
