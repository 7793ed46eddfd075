package dev.rewire.kernels.io;

import java.io.IOException;

/** A file is not what its format says. The message is one line with the file, the line and the reason. */
public final class MatrixFileException extends IOException {
    private static final long serialVersionUID = 1;

    /** Name of the file. */
    private final String file;

    /** Where in the file. */
    private final long line;

    /** What is wrong there. */
    private final String reason;

    MatrixFileException(String file, long line, String reason) {
        super(oneLine(file) + (line == 0 ? ": " : ", line " + line + ": ") + reason);
        this.file = file;
        this.line = line;
        this.reason = reason;
    }

    /** A name may hold what ends a line or drives a terminal; the message must not. */
    private static String oneLine(String file) {
        return file.codePoints()
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /**
     * The file.
     *
     * @return its name as it was given
     */
    public String file() {
        return file;
    }

    /**
     * The line in which reading stopped.
     *
     * @return counted from 1; 0 if the file was refused unread
     */
    public long line() {
        return line;
    }

    /**
     * What is wrong.
     *
     * @return the place within the line, the value and what is accepted
     */
    public String reason() {
        return reason;
    }
}
