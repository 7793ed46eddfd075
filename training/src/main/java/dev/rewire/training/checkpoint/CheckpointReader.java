package dev.rewire.training.checkpoint;

import dev.rewire.training.internal.Sha256;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;

/** Reads a file that {@link CheckpointWriter} wrote, after its checksum was found right. */
final class CheckpointReader implements AutoCloseable {
    private static final int MOST_TEXT = 1 << 16;

    private final Path file;
    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    private long left;

    /**
     * Opens and checks a file.
     *
     * @param file the file
     * @param magic how it has to start
     * @throws CheckpointException if it is none, or damaged
     */
    CheckpointReader(Path file, String magic) throws IOException {
        this.file = file;
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(file, Files.exists(file) ? "not a regular file" : "no such file");
        }
        channel = FileChannel.open(file, StandardOpenOption.READ);
        boolean whole = false;
        try {
            check(magic);
            whole = true;
        } finally {
            if (!whole) {
                channel.close();
            }
        }
    }

    private void check(String magic) throws IOException {
        byte[] expected = magic.getBytes(StandardCharsets.UTF_8);
        byte[] start = new byte[(int) Math.min(expected.length, channel.size())];
        seek(0, start.length);
        bytes(ByteBuffer.wrap(start));
        if (!Arrays.equals(start, expected)) {
            throw new CheckpointException(
                    file,
                    "not a checkpoint of this version; accepted are files that start with '" + magic.strip() + "'");
        }
        MessageDigest digest = Sha256.digest();
        byte[] checksum = new byte[digest.getDigestLength()];
        long content = Math.max(0, channel.size() - checksum.length);
        seek(0, content);
        while (!atEnd()) {
            need(1);
            digest.update(buffer);
        }
        seek(content, channel.size() - content);
        bytes(ByteBuffer.wrap(checksum, 0, (int) left));
        if (!MessageDigest.isEqual(checksum, digest.digest())) {
            throw damaged("its checksum does not match");
        }
        seek(expected.length, content - expected.length);
    }

    /** Goes on reading elsewhere, a number of bytes. */
    private void seek(long position, long bytes) throws IOException {
        channel.position(position);
        buffer.clear().limit(0);
        left = bytes;
    }

    private CheckpointException damaged(String reason) {
        return new CheckpointException(file, "damaged or cut short, " + reason + "; accepted are whole checkpoints");
    }

    /** A line of text, without its end. */
    String line() throws IOException {
        ByteBuffer line = ByteBuffer.allocate(MOST_TEXT);
        while (true) {
            need(1);
            byte next = buffer.get();
            if (next == '\n') {
                return StandardCharsets.UTF_8.decode(line.flip()).toString();
            }
            if (!line.hasRemaining()) {
                throw damaged("a line has more than " + MOST_TEXT + " bytes");
            }
            line.put(next);
        }
    }

    int integer() throws IOException {
        need(Integer.BYTES);
        return buffer.getInt();
    }

    /** Refuses a file that has less left than it would need. */
    void requireRoom(long bytes, String what) throws CheckpointException {
        if (bytes < 0 || bytes > left + buffer.remaining()) {
            throw damaged("it has no room for " + what);
        }
    }

    /** An array, whose length the rest of the file has to justify. */
    int[] integers(int length) throws IOException {
        if (length < 0 || length > (left + buffer.remaining()) / Integer.BYTES) {
            throw damaged("it has no room for an array of " + length);
        }
        int[] integers = new int[length];
        for (int i = 0; i < length; i++) {
            integers[i] = integer();
        }
        return integers;
    }

    /** Bytes, whose number the rest of the file has to justify. */
    byte[] bytes(long length) throws IOException {
        if (length < 0 || length > Math.min(left + buffer.remaining(), Integer.MAX_VALUE - 8)) {
            throw damaged("it has no room for " + length + " bytes");
        }
        byte[] bytes = new byte[(int) length];
        bytes(ByteBuffer.wrap(bytes));
        return bytes;
    }

    long longInteger() throws IOException {
        long low = integer() & 0xFFFFFFFFL;
        return low | (long) integer() << Integer.SIZE;
    }

    void floats(MemorySegment target) throws IOException {
        for (long from = 0; from < target.byteSize(); from += Integer.MAX_VALUE & ~63) {
            long bytes = Math.min(Integer.MAX_VALUE & ~63, target.byteSize() - from);
            bytes(target.asSlice(from, bytes).asByteBuffer());
        }
    }

    /** Whether everything was read. */
    boolean atEnd() {
        return left == 0 && !buffer.hasRemaining();
    }

    private void bytes(ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            need(1);
            int count = Math.min(buffer.remaining(), target.remaining());
            target.put(buffer.slice(buffer.position(), count));
            buffer.position(buffer.position() + count);
        }
    }

    private void need(int bytes) throws IOException {
        while (buffer.remaining() < bytes) {
            fill();
        }
    }

    private void fill() throws IOException {
        buffer.compact();
        buffer.limit((int) Math.min(buffer.capacity(), buffer.position() + left));
        int count = channel.read(buffer);
        if (count <= 0) {
            throw damaged("it ends too early");
        }
        left -= count;
        buffer.flip();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
