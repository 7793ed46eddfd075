package dev.rewire.training.data;

import dev.rewire.training.internal.Printable;
import java.io.IOException;
import java.nio.file.Path;

/** A data file that cannot be used as it is. The message is one line: file, place, reason. */
public final class DataException extends IOException {
    private static final long serialVersionUID = 1L;

    /** The file that cannot be used. */
    private final String file;

    /** Where the fault is. */
    private final String place;

    /**
     * A fault at a byte of a file.
     *
     * @param file the file
     * @param offset the byte, counted from 0, at which the fault is
     * @param reason what was found there and what would have been accepted, on one line
     */
    public DataException(Path file, long offset, String reason) {
        this(file, "byte " + offset, reason);
    }

    private DataException(Path file, String place, String reason) {
        super(Printable.of(file + ": " + place + ": " + reason));
        this.file = file.toString();
        this.place = Printable.of(place);
    }

    /**
     * A fault in a line of a table.
     *
     * @param file the file
     * @param line the line, counted from 1, in which the record with the fault begins
     * @param reason what was found there and what would have been accepted, on one line
     * @return the exception
     */
    public static DataException inLine(Path file, long line, String reason) {
        return new DataException(file, "line " + line, reason);
    }

    /**
     * A fault in a cell of a table.
     *
     * @param file the file
     * @param line the line, counted from 1, in which the cell's record begins
     * @param column the number of the cell in the record, counted from 1, and its name if it has one
     * @param reason what was found there and what would have been accepted, on one line
     * @return the exception
     */
    public static DataException inCell(Path file, long line, String column, String reason) {
        return new DataException(file, "line " + line + ", column " + column, reason);
    }

    /**
     * A file that is more than the heap has room for.
     *
     * @param file the file
     * @param needed what there is no room for, as {@code heap for 1000 tokens}
     * @param cause what the JVM said
     * @return the exception
     */
    public static DataException tooLittleHeap(Path file, String needed, OutOfMemoryError cause) {
        DataException fault =
                new DataException(file, 0, "needs " + needed + ", more than are left; a larger -Xmx gives more");
        fault.initCause(cause);
        return fault;
    }

    /** {@return the file that cannot be used} */
    public String file() {
        return file;
    }

    /** {@return where the fault is, as {@code byte 12} or {@code line 3, column 2}} */
    public String place() {
        return place;
    }
}
