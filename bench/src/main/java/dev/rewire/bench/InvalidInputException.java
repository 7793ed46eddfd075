package dev.rewire.bench;

/** What was asked for cannot be measured. The message is one line: the argument, its value, and what is accepted. */
public final class InvalidInputException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * A refusal.
     *
     * @param message the argument, its value, and what is accepted
     */
    public InvalidInputException(String message) {
        super(message);
    }
}
