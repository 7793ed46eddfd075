package dev.rewire.training.data;

import dev.rewire.training.internal.Printable;
import java.io.IOException;
import java.nio.file.Path;

/** A data file that cannot be used as it is. The message is one line: file, offset, reason. */
public final class DataException extends IOException {
    private static final long serialVersionUID = 1L;

    /** The file that cannot be used. */
    private final String file;

    /** The byte at which the fault is. */
    private final long offset;

    /**
     * A fault at a place in a file.
     *
     * @param file the file
     * @param offset the byte, counted from 0, at which the fault is
     * @param reason what was found there and what would have been accepted, on one line
     */
    public DataException(Path file, long offset, String reason) {
        super(Printable.of(file + ": byte " + offset + ": " + reason));
        this.file = file.toString();
        this.offset = offset;
    }

    /** {@return the file that cannot be used} */
    public String file() {
        return file;
    }

    /** {@return the byte, counted from 0, at which the fault is} */
    public long offset() {
        return offset;
    }
}
