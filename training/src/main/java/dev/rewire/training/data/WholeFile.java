package dev.rewire.training.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that are read into memory as a whole. */
final class WholeFile {
    private static final int MOST_BYTES = Integer.MAX_VALUE - 64;
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    private static final int CHUNK = 1 << 13;

    private WholeFile() {}

    /** That there is such a file, which may be read. */
    static void require(Path file) throws DataException {
        if (!Files.isRegularFile(file)) {
            throw new DataException(file, 0, Files.exists(file) ? "not a regular file" : "no such file");
        }
        if (!Files.isReadable(file)) {
            throw new DataException(file, 0, "no permission to read it");
        }
    }

    /** An array for what a file holds. */
    static byte[] allocate(int bytes, Path file) throws DataException {
        try {
            return new byte[bytes];
        } catch (OutOfMemoryError e) {
            throw tooLittleHeap(file, bytes + " bytes of heap", e);
        }
    }

    static DataException tooLittleHeap(Path file, String needed, OutOfMemoryError cause) {
        DataException fault =
                new DataException(file, 0, "needs " + needed + ", more than are left; a larger -Xmx gives more");
        fault.initCause(cause);
        return fault;
    }

    /**
     * The text of a file in UTF-8, without the mark of byte order that it may begin with.
     *
     * @throws DataException if there is no such file, or it is empty, too large or not UTF-8
     */
    static String readUtf8(Path file) throws IOException {
        require(file);
        byte[] bytes = read(file);
        int start = startsWithMark(bytes) ? BYTE_ORDER_MARK.length : 0;
        if (bytes.length == start) {
            throw new DataException(file, start, "is empty; accepted is a text in UTF-8");
        }
        requireUtf8(file, bytes);
        try {
            return new String(bytes, start, bytes.length - start, StandardCharsets.UTF_8);
        } catch (OutOfMemoryError e) {
            throw tooLittleHeap(file, "heap for " + bytes.length + " characters", e);
        }
    }

    private static byte[] read(Path file) throws IOException {
        long size = Files.size(file);
        if (size > MOST_BYTES) {
            throw new DataException(file, 0, "holds " + size + " bytes; accepted are up to " + MOST_BYTES);
        }
        byte[] bytes = allocate((int) size, file);
        try (InputStream in = Files.newInputStream(file)) {
            int end = in.readNBytes(bytes, 0, bytes.length);
            if (end < bytes.length) {
                throw new DataException(file, end, "ends here, though it had " + size + " bytes when it was opened");
            }
        }
        return bytes;
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
