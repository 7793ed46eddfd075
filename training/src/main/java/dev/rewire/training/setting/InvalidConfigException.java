package dev.rewire.training.setting;

import dev.rewire.training.internal.Printable;

/** A setting that is out of range. The message is one line: the option as on the command line, its value, what is accepted. */
public final class InvalidConfigException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** What is wrong, which the message begins with. */
    private final String fault;

    /** What would have been accepted. */
    private final String accepted;

    /**
     * A setting that is not accepted.
     *
     * @param option its name, as {@code --sparsity}
     * @param value what was given
     * @param accepted what would have been accepted
     */
    public InvalidConfigException(String option, Object value, String accepted) {
        this(option, value, "is not accepted", accepted);
    }

    /**
     * A setting that is not accepted, and why.
     *
     * @param option its name, as {@code --device}
     * @param value what was given
     * @param fault what is wrong with it, as {@code is not accepted}
     * @param accepted what would have been accepted
     */
    public InvalidConfigException(String option, Object value, String fault, String accepted) {
        super(Printable.of(option + ": " + value + " " + fault + "; accepted are " + accepted));
        this.fault = option + ": " + value + " " + fault;
        this.accepted = accepted;
    }

    /**
     * What is wrong.
     *
     * @return the message without what would have been accepted
     */
    public String fault() {
        return fault;
    }

    /**
     * What to give instead.
     *
     * @return what would have been accepted
     */
    public String accepted() {
        return accepted;
    }
}
