package dev.rewire.training.data.source;

import dev.rewire.training.internal.Printable;

/** A value of {@code --data} that names no data. The message is one line: the option, its value, what is accepted. */
public final class InvalidDataSourceException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;
    private static final String OPTION = "--data";
    private static final String PUBLISHED = "fashion-mnist, mnist, ";
    private static final String FILES = "text:FILE, csv:FILE, ";
    private static final String FOLDERS = "cifar:DIR with CIFAR's binary files, or a folder that holds "
            + String.join(", ", DataPart.plainNames()) + ", each plain or gzipped (.gz)";

    /** The value that was given. */
    private final String value;

    /** What would have been accepted. */
    private final String accepted;

    InvalidDataSourceException(String value, String reason) {
        this(value, reason, PUBLISHED + FILES + FOLDERS);
    }

    private InvalidDataSourceException(String value, String reason, String accepted) {
        super(Printable.of(OPTION + ": '" + value + "' " + reason + "; accepted are " + accepted));
        this.value = value;
        this.accepted = accepted;
    }

    /** A value that names data, but no images, which alone were wanted. */
    static InvalidDataSourceException noImages(String value) {
        return new InvalidDataSourceException(value, "is no images", PUBLISHED + FOLDERS);
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
        return accepted;
    }
}
