package dev.rewire.training.internal;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that could not be written. */
public final class FileFailure {
    private FileFailure() {}

    /**
     * The failure with the name of the file that was asked for: that of a full disk has none, and others have that of a file beside it or no reason.
     *
     * @param file the file
     * @param cause what the system said
     * @return an exception whose message is {@code FILE: cannot be written: REASON}
     */
    public static FileSystemException of(Path file, IOException cause) {
        FileSystemException failure =
                new FileSystemException(file.toString(), null, "cannot be written: " + reason(file, cause));
        failure.initCause(cause);
        return failure;
    }

    private static String reason(Path file, IOException cause) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            return "there is no folder " + folder;
        }
        return switch (cause) {
            case AccessDeniedException _ -> "permission denied";
            case FileSystemException named when named.getReason() != null -> named.getReason();
            case FileSystemException unexplained -> unexplained.getClass().getSimpleName();
            default -> String.valueOf(cause.getMessage());
        };
    }
}
