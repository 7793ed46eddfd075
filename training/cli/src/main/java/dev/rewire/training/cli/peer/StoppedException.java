package dev.rewire.training.cli.peer;

/** Leaves what is being done between two steps, because a signal asked for it. */
public final class StoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StoppedException() {
        super("interrupted", null, false, false);
    }
}
