package dev.rewire.training.checkpoint;

import dev.rewire.training.internal.FileFailure;
import dev.rewire.training.internal.Sha256;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;

/**
 * Writes a file beside its place, ends it with a checksum, and moves it there once it is whole and on the disk. Where a symbolic link leads is
 * what is replaced, and a file that is replaced keeps its mode; what is no file is refused, as a move would put a file in the place of a device.
 */
final class CheckpointWriter implements AutoCloseable {
    private final Path file;
    private final Path part;
    private final FileChannel channel;
    private boolean committed;
    private final MessageDigest digest = Sha256.digest();
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);

    CheckpointWriter(Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new FileSystemException(file.toString(), null, "cannot be written: it is no regular file");
        }
        this.file = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
        part = this.file.resolveSibling(this.file.getFileName() + ".part");
        try {
            channel = FileChannel.open(
                    part, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw FileFailure.of(file, e);
        }
        try {
            keepMode();
        } catch (IOException e) {
            close();
            throw FileFailure.of(file, e);
        }
    }

    private void keepMode() throws IOException {
        if (Files.exists(file)
                && file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(part, Files.getPosixFilePermissions(file));
        }
    }

    void text(String text) throws IOException {
        flush();
        write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    void bytes(byte[] bytes) throws IOException {
        flush();
        write(ByteBuffer.wrap(bytes));
    }

    void integer(int value) throws IOException {
        if (buffer.remaining() < Integer.BYTES) {
            flush();
        }
        buffer.putInt(value);
    }

    void longInteger(long value) throws IOException {
        integer((int) value);
        integer((int) (value >>> Integer.SIZE));
    }

    void floats(MemorySegment floats) throws IOException {
        flush();
        for (long from = 0; from < floats.byteSize(); from += buffer.capacity()) {
            long bytes = Math.min(buffer.capacity(), floats.byteSize() - from);
            MemorySegment.copy(floats, from, MemorySegment.ofBuffer(buffer), 0, bytes);
            buffer.position((int) bytes);
            flush();
        }
    }

    /** Adds the checksum and moves the file to its place. */
    void commit() throws IOException {
        flush();
        write(ByteBuffer.wrap(digest.digest()));
        try {
            channel.force(true);
            channel.close();
            move();
        } catch (IOException e) {
            throw FileFailure.of(file, e);
        }
        committed = true;
    }

    private void move() throws IOException {
        try {
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private void flush() throws IOException {
        write(buffer.flip());
        buffer.clear();
    }

    private void write(ByteBuffer bytes) throws IOException {
        digest.update(bytes.duplicate());
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw FileFailure.of(file, e);
        }
    }

    /** Removes what was not committed. */
    @Override
    public void close() throws IOException {
        channel.close();
        if (!committed) {
            Files.deleteIfExists(part);
        }
    }
}
