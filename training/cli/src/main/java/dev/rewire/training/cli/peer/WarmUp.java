package dev.rewire.training.cli.peer;

/** When code that is run turn by turn is warm: its fastest run has not become faster for a while. */
final class WarmUp {
    // The compiler may be busy elsewhere for some turns before it comes to what matters.
    private static final int CALM_TURNS = 8;
    private static final double FASTER = 0.97;

    // Since when it is calm: many small steps downwards are one large one.
    private long before = Long.MAX_VALUE;
    private int calm;

    /** Adds the fastest run of a turn. */
    void add(long nanos) {
        if (nanos < FASTER * before) {
            before = nanos;
            calm = 0;
        } else {
            calm++;
        }
    }

    boolean isDone() {
        return calm >= CALM_TURNS;
    }
}
