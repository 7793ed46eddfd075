package dev.rewire.kernels.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/**
 * Reads words and numbers from a text line by line. Nothing is held but one word of limited length, so that a line may be as long as it
 * likes. Blanks are spaces, tabs and carriage returns; a comma is a word's end.
 */
final class TextScanner {
    private static final int END = -1;
    private static final int LONGEST_WORD = 256;

    /** Characters of a wrong word that an error shows. */
    private static final int SHOWN = 24;

    private static final int[] BYTE_ORDER_MARK = {0xef, 0xbb, 0xbf};

    private final InputStream in;
    private final String file;
    private final byte[] buffer = new byte[1 << 16];
    private int position;
    private int limit;
    private long line = 1;

    private final byte[] word = new byte[LONGEST_WORD];
    private int length;

    TextScanner(InputStream in, String file) {
        this.in = in;
        this.file = file;
    }

    MatrixFileException error(String reason) {
        return errorIn(line, reason);
    }

    MatrixFileException errorIn(long where, String reason) {
        return new MatrixFileException(file, where, reason);
    }

    long line() {
        return line;
    }

    /** Skips what some editors write in front of a text in UTF-8, and refuses UTF-16 by what they write there. */
    void skipByteOrderMark() throws IOException {
        int first = peek();
        if (first == 0xfe || first == 0xff) {
            throw error("UTF-16 text; accepted are ASCII and UTF-8");
        }
        for (int i = 0; first == BYTE_ORDER_MARK[0] && i < BYTE_ORDER_MARK.length; i++) {
            if (peek() != BYTE_ORDER_MARK[i]) {
                throw error("no text: a broken byte order mark");
            }
            position++;
        }
    }

    /** Skips blanks, and says whether the line ends after them. */
    boolean atLineEnd() throws IOException {
        int next = skipBlanks();
        return next == '\n' || next == END;
    }

    /** Skips blanks, and says whether the text ends after them. */
    boolean atEnd() throws IOException {
        return skipBlanks() == END;
    }

    /** Goes to the next line; behind the last one there are empty ones. */
    void endLine(String expected) throws IOException {
        if (!atLineEnd()) {
            readWord();
            throw error("more than " + expected + ": " + (length == 0 ? "','" : shown()));
        }
        if (position < limit) {
            position++;
        }
        line++;
    }

    /** Skips blanks, and says whether a character comes next. */
    boolean startsWith(char character) throws IOException {
        return skipBlanks() == character;
    }

    /** Goes to the next line, whatever is left of this one. */
    void skipLine() throws IOException {
        while (peek() != '\n' && peek() != END) {
            position++;
        }
        endLine("");
    }

    /** Goes to the next line that holds something, or to the end. */
    void skipEmptyLines() throws IOException {
        while (atLineEnd() && position < limit) {
            position++;
            line++;
        }
    }

    /** Skips blanks and, if there is one, a comma. */
    void skipComma() throws IOException {
        if (skipBlanks() == ',') {
            position++;
        }
    }

    /** The next word of the line. */
    String word(String what) throws IOException {
        require(() -> what);
        return new String(word, 0, length, StandardCharsets.ISO_8859_1);
    }

    /** The next word of the line as a whole number. */
    int integer(String what, int least, int most) throws IOException {
        return integer(() -> what, least, most);
    }

    /**
     * The next word of the line as a whole number.
     *
     * @param what its name in an error
     * @param least the least accepted, at least 0
     * @param most the most accepted
     */
    int integer(Supplier<String> what, int least, int most) throws IOException {
        require(what);
        boolean negative = word[0] == '-';
        if (length == (negative ? 1 : 0)) {
            throw notANumber(what.get(), "whole number");
        }
        long value = 0;
        for (int i = negative ? 1 : 0; i < length; i++) {
            if (word[i] < '0' || word[i] > '9') {
                throw notANumber(what.get(), "whole number");
            }
            // Stays far above every accepted value without overflowing itself.
            value = Math.min(value * 10 + word[i] - '0', Long.MAX_VALUE / 100);
        }
        if (negative || value < least || value > most) {
            throw error(what.get() + ": " + shown() + " is out of range; accepted are " + least + " to " + most);
        }
        return (int) value;
    }

    /** The next word of the line as a decimal number that a float can hold. */
    float real(String what, boolean whole) throws IOException {
        String text = word(what);
        for (int i = 0; i < length; i++) {
            // What Float.parseFloat takes besides decimal numbers: NaN, Infinity, hexadecimal digits, a type's letter.
            if ((whole ? "0123456789+-" : "0123456789+-.eE").indexOf(word[i]) < 0) {
                throw notANumber(what, whole ? "whole number" : "decimal number");
            }
        }
        float value;
        try {
            value = Float.parseFloat(text);
        } catch (NumberFormatException e) {
            throw notANumber(what, whole ? "whole number" : "decimal number");
        }
        if (Float.isInfinite(value)) {
            throw error(what + ": " + shown() + " overflows; accepted are magnitudes up to " + Float.MAX_VALUE);
        }
        return value;
    }

    private MatrixFileException notANumber(String what, String accepted) {
        return error(what + ": " + shown() + " is no " + accepted);
    }

    private void require(Supplier<String> what) throws IOException {
        if (atLineEnd()) {
            throw error(what.get() + ": missing, the " + (position < limit ? "line" : "file") + " ends here");
        }
        readWord();
        if (length == 0) {
            throw error(what.get() + ": missing, there is a comma instead");
        }
    }

    private void readWord() throws IOException {
        length = 0;
        for (int next = peek(); !endsWord(next); next = peek()) {
            if (length == LONGEST_WORD) {
                throw error(shown() + " is longer than any number");
            }
            word[length++] = (byte) next;
            position++;
        }
    }

    /** The last word as an error may show it: short, and without what a terminal would interpret. */
    String shown() {
        StringBuilder text = new StringBuilder("'");
        for (int i = 0; i < Math.min(length, SHOWN); i++) {
            int character = word[i] & 0xff;
            if (character > ' ' && character < 0x7f) {
                text.append((char) character);
            } else {
                text.append(String.format("\\x%02x", character));
            }
        }
        return text.append(length > SHOWN ? "…'" : "'").toString();
    }

    private static boolean endsWord(int character) {
        return character == END || character == '\n' || character == ',' || isBlank(character);
    }

    private static boolean isBlank(int character) {
        return character == ' ' || character == '\t' || character == '\r';
    }

    private int skipBlanks() throws IOException {
        int next = peek();
        while (isBlank(next)) {
            position++;
            next = peek();
        }
        return next;
    }

    private int peek() throws IOException {
        if (position == limit) {
            position = 0;
            limit = Math.max(0, in.read(buffer));
            if (limit == 0) {
                return END;
            }
        }
        return buffer[position] & 0xff;
    }
}
