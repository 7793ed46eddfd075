package dev.rewire.kernels.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A file that is written beside its place and moved there once it is whole and on the disk: whoever opens it finds the old file or the new one.
 * Where a symbolic link leads is what is replaced, and a file that is replaced keeps its mode. What is no file, a folder, a device such as
 * {@code /dev/null} or a pipe, is refused: a move would put a file in its place, which for a device breaks the whole machine.
 */
final class WholeFile {
    /** Links that follow one another, as Linux counts them. */
    private static final int MOST_LINKS = 40;

    private WholeFile() {}

    /** What writes the content. */
    interface Content {
        void writeTo(FileChannel channel) throws IOException;
    }

    /** The same on a stream. */
    interface StreamedContent {
        void writeTo(OutputStream out) throws IOException;
    }

    static void write(Path file, Content content) throws IOException {
        Path target = followed(file.toAbsolutePath());
        if (Files.exists(target) && !Files.isRegularFile(target)) {
            throw new FileSystemException(
                    file.toString(),
                    null,
                    (Files.isDirectory(target) ? "a folder" : "a device or a pipe")
                            + "; accepted are names of files, there or not");
        }
        Path part = target.resolveSibling(
                target.getFileName() + "." + Long.toHexString(new SplittableRandom().nextLong()) + ".part");
        Set<PosixFilePermission> mode = mode(target);
        FileAttribute<?>[] attributes = mode == null
                ? new FileAttribute<?>[0]
                : new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(mode)};
        try {
            Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            try (FileChannel channel = FileChannel.open(part, options, attributes)) {
                content.writeTo(channel);
                channel.force(true);
            }
            if (mode != null) {
                Files.setPosixFilePermissions(part, mode); // what the umask took from a new file
            }
            move(part, target);
        } catch (IOException e) {
            throw failure(file, target, e);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    static void stream(Path file, StreamedContent content) throws IOException {
        write(file, channel -> {
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
            content.writeTo(out);
            out.flush();
        });
    }

    /** The failure with the name of the file that was asked for: that of a full disk has none, and others have that of the file beside it. */
    private static FileSystemException failure(Path file, Path target, IOException cause) {
        Path folder = target.getParent();
        String reason;
        if (folder != null && !Files.isDirectory(folder)) {
            reason = "there is no folder " + folder;
        } else {
            reason = switch (cause) {
                case AccessDeniedException _ -> "permission denied";
                case FileSystemException named when named.getReason() != null -> named.getReason();
                case FileSystemException unexplained -> unexplained.getClass().getSimpleName();
                default -> String.valueOf(cause.getMessage());
            };
        }
        FileSystemException failure = new FileSystemException(file.toString(), null, "cannot be written: " + reason);
        failure.initCause(cause);
        return failure;
    }

    private static Path followed(Path file) throws IOException {
        Path target = file;
        for (int links = 0; Files.isSymbolicLink(target); links++) {
            if (links == MOST_LINKS) {
                throw new FileSystemLoopException(file.toString());
            }
            target = target.resolveSibling(Files.readSymbolicLink(target));
        }
        return target;
    }

    private static @Nullable Set<PosixFilePermission> mode(Path target) throws IOException {
        boolean hasMode = target.getFileSystem().supportedFileAttributeViews().contains("posix");
        return hasMode && Files.exists(target) ? Files.getPosixFilePermissions(target) : null;
    }

    private static void move(Path part, Path target) throws IOException {
        try {
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
