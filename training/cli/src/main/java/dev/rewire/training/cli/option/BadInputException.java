package dev.rewire.training.cli.option;

/** Input that cannot be used. The message is one line: the argument, its value, what is accepted. */
public final class BadInputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * An argument that cannot be used.
     *
     * @param argument its name, as {@code --out}
     * @param value what was given
     * @param fault what is wrong with it, as {@code is a file}
     * @param accepted what would have been accepted
     */
    public BadInputException(String argument, Object value, String fault, String accepted) {
        super(argument + ": " + value + " " + fault + "; accepted are " + accepted);
    }

    /**
     * An argument that cannot be used.
     *
     * @param argument its name, as {@code --resume}
     * @param cause whose message has the value, what is wrong with it, and what would have been accepted
     */
    public BadInputException(String argument, Exception cause) {
        super(argument + ": " + cause.getMessage(), cause);
    }
}
