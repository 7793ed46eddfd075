package dev.rewire.kernels.io;

import java.io.IOException;

/** A file is not what its format says. The message is one line with the file, the place in it and the reason. */
public final class MatrixFileException extends IOException {
    private static final long serialVersionUID = 1;

    /** Name of the file. */
    private final String file;

    /** Where in a text file. */
    private final long line;

    /** Where in a binary file. */
    private final long offset;

    /** What is wrong there. */
    private final String reason;

    MatrixFileException(String file, long line, String reason) {
        this(file, line == 0 ? "" : ", line " + line, line, -1, reason);
    }

    private MatrixFileException(String file, String place, long line, long offset, String reason) {
        super(printable(file + place + ": " + reason));
        this.file = file;
        this.line = line;
        this.offset = offset;
        this.reason = reason;
    }

    /** An error in a binary file. */
    static MatrixFileException atByte(String file, long offset, String reason) {
        return new MatrixFileException(file, ", byte " + offset, 0, offset, reason);
    }

    /** What a file holds, and its name, may end a line, drive a terminal or reorder text; a message must not. */
    static String printable(String text) {
        return text.codePoints()
                .map(c -> isPrintable(c) ? c : '?')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static boolean isPrintable(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> false;
            default -> true;
        };
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
     * @return counted from 1; 0 if the file was refused unread or is binary
     */
    public long line() {
        return line;
    }

    /**
     * The byte at which a binary file is wrong.
     *
     * @return counted from 0; −1 if the file was refused unread or is text
     */
    public long offset() {
        return offset;
    }

    /**
     * What is wrong.
     *
     * @return the place within the line or the name of the tensor, the value and what is accepted
     */
    public String reason() {
        return reason;
    }
}
