package dev.rewire.gpu.internal.library;

/** A library cannot be used here; the message is the reason, in one line. */
public final class UnavailableException extends Exception {
    private static final long serialVersionUID = 1;

    /**
     * A refusal.
     *
     * @param reason why; its first line counts
     */
    public UnavailableException(String reason) {
        super(reason.lines().findFirst().orElse(reason));
    }

    /**
     * Why.
     *
     * @return one line
     */
    public String reason() {
        return String.valueOf(getMessage());
    }
}
