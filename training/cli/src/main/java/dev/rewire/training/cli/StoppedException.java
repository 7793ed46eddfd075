package dev.rewire.training.cli;

/** Leaves what is being done between two steps, because a signal asked for it. */
final class StoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StoppedException() {
        super("interrupted", null, false, false);
    }
}
