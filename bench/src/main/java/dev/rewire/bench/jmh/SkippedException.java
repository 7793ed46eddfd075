package dev.rewire.bench.jmh;

/** A benchmark cannot run here; the message says why. Without a stack trace, of which JMH would print a page. */
public final class SkippedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    SkippedException(String reason) {
        super(reason, null, false, false);
    }
}
