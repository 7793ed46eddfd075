package dev.rewire.kernels.io;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * What the header of a safetensors file needs of JSON (RFC 8259), and no more: marks, strings, whole numbers. Who calls knows what must come
 * next, so nothing here recurses.
 */
final class JsonScanner {
    /** Characters of a wrong text that an error shows. */
    private static final int SHOWN = 32;

    private final byte[] json;
    private final String file;

    /** Where in the file the text starts. */
    private final long base;

    private int position;

    JsonScanner(byte[] json, String file, long base) {
        this.json = json;
        this.file = file;
        this.base = base;
    }

    MatrixFileException error(String reason) {
        return errorAt(offset(), reason);
    }

    MatrixFileException errorAt(long offset, String reason) {
        return MatrixFileException.atByte(file, offset, reason);
    }

    /** Where in the file the next byte is. */
    long offset() {
        return base + position;
    }

    /** Skips blanks, and says whether the text ends after them. */
    boolean atEnd() {
        skipBlanks();
        return position == json.length;
    }

    /** Skips blanks and takes a mark, if it comes next. */
    boolean accept(char mark) {
        skipBlanks();
        if (position < json.length && json[position] == mark) {
            position++;
            return true;
        }
        return false;
    }

    void expect(char mark) throws MatrixFileException {
        if (!accept(mark)) {
            throw unexpected("'" + mark + "'");
        }
    }

    /** A whole number from 0 to the largest long. */
    long number(String what) throws MatrixFileException {
        skipBlanks();
        int start = position;
        long value = 0;
        for (; position < json.length && json[position] >= '0' && json[position] <= '9'; position++) {
            int digit = json[position] - '0';
            if (value > (Long.MAX_VALUE - digit) / 10) {
                throw errorAt(base + start, what + ": more than " + Long.MAX_VALUE);
            }
            value = value * 10 + digit;
        }
        if (position == start) {
            throw unexpected(what + ", a whole number");
        }
        if (json[start] == '0' && position > start + 1) {
            throw errorAt(base + start, what + ": a number that starts with 0");
        }
        return value;
    }

    String string(String what) throws MatrixFileException {
        skipBlanks();
        if (position == json.length || json[position] != '"') {
            throw unexpected(what + ", a string");
        }
        int start = ++position;
        boolean escaped = false;
        while (position < json.length && json[position] != '"') {
            if (json[position] >= 0 && json[position] < ' ') {
                throw error(what + ": a control character in a string");
            }
            if (json[position] == '\\') {
                escaped = true;
                position++;
            }
            position++;
        }
        if (position >= json.length) {
            position = json.length;
            throw errorAt(base + start, what + ": the string does not end in the header");
        }
        String text = decode(what, start, position);
        position++;
        return escaped ? unescape(what, text, base + start) : text;
    }

    private String decode(String what, int start, int end) throws MatrixFileException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(json, start, end - start))
                    .toString();
        } catch (CharacterCodingException e) {
            throw errorAt(base + start, what + ": not UTF-8");
        }
    }

    private String unescape(String what, String text, long at) throws MatrixFileException {
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                plain.append(c);
                continue;
            }
            // A string ends at a quote that no backslash escapes, so a character follows.
            char escape = text.charAt(++i);
            if (escape == 'u') {
                plain.append(hexadecimal(what, text, i + 1, at));
                i += 4;
                continue;
            }
            int known = "\"\\/bfnrt".indexOf(escape);
            if (known < 0) {
                throw errorAt(at, what + ": an unknown escape in " + shown(text));
            }
            plain.append("\"\\/\b\f\n\r\t".charAt(known));
        }
        String unescaped = plain.toString();
        if (!isUnicode(unescaped)) {
            throw errorAt(at, what + ": half of a surrogate pair in " + shown(text));
        }
        return unescaped;
    }

    private char hexadecimal(String what, String text, int from, long at) throws MatrixFileException {
        int value = 0;
        for (int i = from; i < from + 4; i++) {
            int digit = i < text.length() && text.charAt(i) < 0x80 ? Character.digit(text.charAt(i), 16) : -1;
            if (digit < 0) {
                throw errorAt(at, what + ": \\u without four hexadecimal digits in " + shown(text));
            }
            value = value << 4 | digit;
        }
        return (char) value;
    }

    /** Whether surrogates come in pairs only, so that UTF-8 can express the text. */
    static boolean isUnicode(String text) {
        return text.codePoints().noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    private MatrixFileException unexpected(String expected) {
        if (position == json.length) {
            return error("the header ends here; expected " + expected);
        }
        int found = json[position] & 0xff;
        String shown = found > ' ' && found < 0x7f ? "'" + (char) found + "'" : String.format("byte 0x%02x", found);
        return error(shown + "; expected " + expected);
    }

    private void skipBlanks() {
        while (position < json.length && isBlank(json[position])) {
            position++;
        }
    }

    private static boolean isBlank(byte c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
    }

    /** A name as an error may show it: short, and without what a terminal would interpret. */
    static String shown(String name) {
        StringBuilder text = new StringBuilder("'");
        MatrixFileException.printable(name).codePoints().limit(SHOWN).forEach(text::appendCodePoint);
        return text.append(name.codePointCount(0, name.length()) > SHOWN ? "…'" : "'")
                .toString();
    }
}
