package dev.rewire.training.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Texts in UTF-8 that are read into memory as a whole. */
public final class TextFile {
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    private static final int CHUNK = 1 << 13;

    private TextFile() {}

    /**
     * Reads a text.
     *
     * @param file a text in UTF-8, up to 2 GiB
     * @return the text, without the mark of byte order that it may begin with
     * @throws DataException if there is no such regular file, or it is empty, too large or not UTF-8
     * @throws IOException if reading fails
     */
    public static String read(Path file) throws IOException {
        WholeFile.require(file);
        byte[] bytes = WholeFile.read(file);
        int start = startsWithMark(bytes) ? BYTE_ORDER_MARK.length : 0;
        if (bytes.length == start) {
            throw new DataException(file, start, "is empty; accepted is a text in UTF-8");
        }
        requireUtf8(file, bytes);
        try {
            return new String(bytes, start, bytes.length - start, StandardCharsets.UTF_8);
        } catch (OutOfMemoryError e) {
            throw DataException.tooLittleHeap(file, "heap for " + bytes.length + " characters", e);
        }
    }

    private static boolean startsWithMark(byte[] bytes) {
        return bytes.length >= BYTE_ORDER_MARK.length
                && bytes[0] == BYTE_ORDER_MARK[0]
                && bytes[1] == BYTE_ORDER_MARK[1]
                && bytes[2] == BYTE_ORDER_MARK[2];
    }

    /** The JDK's decoder stops at the first fault, and tells where, only if it may stop. */
    private static void requireUtf8(Path file, byte[] bytes) throws DataException {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(CHUNK);
        CoderResult result;
        do {
            result = decoder.decode(in, out.clear(), true);
        } while (result.isOverflow());
        if (result.isError()) {
            int found = bytes[in.position()] & 0xFF;
            throw new DataException(
                    file,
                    in.position(),
                    String.format("0x%02x begins no character of UTF-8; accepted is UTF-8", found));
        }
    }
}
