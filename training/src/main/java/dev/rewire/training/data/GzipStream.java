package dev.rewire.training.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The content of a gzip file of one member (RFC 1952).
 *
 * <p>Unlike the JDK's reader it says where a fault is, and a file that goes on behind its member is a fault. The end of
 * the stream is reported only after length and checksum were found right.
 */
final class GzipStream extends InputStream {
    private static final int DEFLATE = 8;
    private static final int HAS_HEADER_CHECKSUM = 2;
    private static final int HAS_EXTRA = 4;
    private static final int HAS_NAME = 8;
    private static final int HAS_COMMENT = 16;
    private static final int RESERVED = 0xE0;

    private final InputStream in;
    private final Path file;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();

    private final byte[] input = new byte[1 << 16];
    private int next;
    private int limit;
    private long inputOffset;
    private boolean ended;

    /** Reads the member's header; {@code in} is closed with this stream. */
    GzipStream(InputStream in, Path file) throws IOException {
        this.in = in;
        this.file = file;
        readHeader();
    }

    static boolean startsGzip(int first, int second) {
        return first == 0x1F && second == 0x8B;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (!ended) {
            if (next == limit && inflater.needsInput()) {
                refill();
            }
            int count = inflate(target, offset, length);
            if (inflater.finished()) {
                readTrailer();
            }
            if (count > 0) {
                return count;
            }
        }
        return -1;
    }

    private int inflate(byte[] target, int offset, int length) throws IOException {
        inflater.setInput(input, next, limit - next);
        try {
            int count = inflater.inflate(target, offset, length);
            next = limit - inflater.getRemaining();
            checksum.update(target, offset, count);
            if (inflater.needsDictionary()) {
                throw fault("gzip data needs a dictionary; accepted is data that stands alone");
            }
            return count;
        } catch (DataFormatException e) {
            DataException fault = fault("gzip data is corrupt (" + e.getMessage() + ")");
            fault.initCause(e);
            throw fault;
        }
    }

    private void readHeader() throws IOException {
        if (!startsGzip(nextByte(), nextByte())) {
            throw fault("no gzip header");
        }
        int method = nextByte();
        if (method != DEFLATE) {
            throw fault("gzip compression method " + method + "; accepted is " + DEFLATE + " (deflate)");
        }
        int flags = nextByte();
        if ((flags & RESERVED) != 0) {
            throw fault(
                    "gzip flags 0x" + Integer.toHexString(flags) + " have reserved bits; accepted are 0x00 to 0x1f");
        }
        skip(6);
        if ((flags & HAS_EXTRA) != 0) {
            skip(nextByte() | nextByte() << 8);
        }
        if ((flags & HAS_NAME) != 0) {
            skipText();
        }
        if ((flags & HAS_COMMENT) != 0) {
            skipText();
        }
        if ((flags & HAS_HEADER_CHECKSUM) != 0) {
            skip(2);
        }
    }

    private void readTrailer() throws IOException {
        long expectedChecksum = nextWord();
        if (expectedChecksum != checksum.getValue()) {
            throw fault("gzip checksum does not match the content");
        }
        long expectedLength = nextWord();
        if (expectedLength != (inflater.getBytesWritten() & 0xFFFFFFFFL)) {
            throw fault(
                    "gzip length " + expectedLength + " does not match the content's " + inflater.getBytesWritten());
        }
        if (next < limit || fill()) {
            throw fault("bytes follow the end of the gzip data; accepted are files of one gzip member");
        }
        ended = true;
    }

    private void skip(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            nextByte();
        }
    }

    private void skipText() throws IOException {
        int letter;
        do {
            letter = nextByte();
        } while (letter != 0);
    }

    private long nextWord() throws IOException {
        long word = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            word |= (long) nextByte() << shift;
        }
        return word;
    }

    private int nextByte() throws IOException {
        if (next == limit) {
            refill();
        }
        return input[next++] & 0xFF;
    }

    private void refill() throws IOException {
        if (!fill()) {
            throw fault("gzip data ends too early");
        }
    }

    private boolean fill() throws IOException {
        inputOffset += limit;
        next = 0;
        limit = Math.max(0, in.read(input));
        return limit > 0;
    }

    private DataException fault(String reason) {
        return new DataException(file, inputOffset + next, reason);
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        in.close();
    }
}
