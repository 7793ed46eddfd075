package dev.rewire.training;

import dev.rewire.training.internal.Printable;

/** A setting that is out of range. The message is one line: the option as on the command line, its value, what is accepted. */
public final class InvalidConfigException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /**
     * A setting that is not accepted.
     *
     * @param option its name, as {@code --sparsity}
     * @param value what was given
     * @param accepted what would have been accepted
     */
    public InvalidConfigException(String option, Object value, String accepted) {
        super(Printable.of(option + ": " + value + " is not accepted; accepted are " + accepted));
    }
}
