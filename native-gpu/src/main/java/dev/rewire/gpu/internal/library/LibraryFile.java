package dev.rewire.gpu.internal.library;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * What the loader does not look at before it touches a file: a part that is cut off, as by a download that broke off, ends the process
 * (SIGBUS), and a pipe is waited for without an end. All else is left to the loader and its words.
 */
final class LibraryFile {
    /** {@code 0x7f E L F}, 64 bits, little-endian. */
    private static final long MAGIC = 0x7f454c460201L;

    private static final int HEADER_BYTES = 64;
    private static final int SEGMENT_BYTES = 56;
    private static final int PT_LOAD = 1;

    private LibraryFile() {}

    /** Refuses a file that must not be opened; a name without a slash is not a file's, but the loader's to find. */
    static void check(String name) throws UnavailableException {
        if (name.indexOf('/') < 0) {
            return;
        }
        try {
            Path file = Path.of(name);
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (attributes.isOther()) {
                throw new UnavailableException(name + ": not a file");
            }
            if (attributes.isRegularFile()) {
                long whole = wholeBytes(file);
                if (whole > attributes.size()) {
                    throw new UnavailableException(
                            name + ": cut off after " + attributes.size() + " of at least " + whole + " bytes");
                }
            }
        } catch (IOException | InvalidPathException e) {
            return; // The loader says what is wrong with it.
        }
    }

    /** How far the parts that are loaded reach, 0 if this is nothing of which we know. */
    private static long wholeBytes(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer header = read(channel, 0, HEADER_BYTES);
            if (header.order(ByteOrder.BIG_ENDIAN).getLong(0) >>> 16 != MAGIC) {
                return 0;
            }
            header.order(ByteOrder.LITTLE_ENDIAN);
            long offset = header.getLong(32);
            int bytes = Short.toUnsignedInt(header.getShort(54));
            int count = Short.toUnsignedInt(header.getShort(56));
            if (offset < 0 || bytes < SEGMENT_BYTES) {
                return 0;
            }
            long whole = offset + (long) bytes * count;
            for (int i = 0; i < count && whole <= channel.size(); i++) {
                ByteBuffer segment =
                        read(channel, offset + (long) bytes * i, SEGMENT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
                if (segment.getInt(0) == PT_LOAD) {
                    whole = Math.max(whole, segment.getLong(8) + segment.getLong(32));
                }
            }
            return whole;
        }
    }

    private static ByteBuffer read(FileChannel channel, long position, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new EOFException();
            }
        }
        return buffer;
    }
}
