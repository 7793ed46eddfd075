package dev.rewire.training.data.source;

import dev.rewire.training.internal.Printable;

/** A value of {@code --data} that names no data. The message is one line: the option, its value, what is accepted. */
public final class InvalidDataSourceException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;
    private static final String OPTION = "--data";
    private static final String ACCEPTED = "fashion-mnist, mnist, a folder that holds "
            + String.join(", ", DataPart.plainNames())
            + ", each plain or gzipped (.gz), text:FILE, csv:FILE, or cifar:DIR with CIFAR's binary files";

    /** The value that was given. */
    private final String value;

    InvalidDataSourceException(String value, String reason) {
        super(Printable.of(OPTION + ": '" + value + "' " + reason + "; accepted are " + ACCEPTED));
        this.value = value;
    }

    /** {@return the option's name} */
    public String option() {
        return OPTION;
    }

    /** {@return the value that was given} */
    public String value() {
        return value;
    }

    /** {@return what would have been accepted} */
    public String accepted() {
        return ACCEPTED;
    }
}
