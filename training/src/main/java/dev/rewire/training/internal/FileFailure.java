package dev.rewire.training.internal;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** What went wrong with a file, in words: an exception of the JDK's often has no message but the file's name. */
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
        return reason(cause);
    }

    /**
     * The reason, without the name of the file.
     *
     * @param cause what the system said
     * @return a few words
     */
    public static String reason(IOException cause) {
        return switch (cause) {
            case FileSystemException named when named.getReason() != null -> named.getReason();
            case AccessDeniedException _ -> "permission denied";
            case NoSuchFileException _ -> "no such file or folder";
            case FileAlreadyExistsException _ -> "it is there already, as something else";
            case NotDirectoryException _ -> "it is no folder";
            case DirectoryNotEmptyException _ -> "the folder is not empty";
            case FileSystemLoopException _ -> "symbolic links lead in a circle";
            case FileSystemException _ -> "the system gives no reason";
            default -> cause.getMessage() == null ? "the system gives no reason" : cause.getMessage();
        };
    }

    /**
     * The file, where the system named one, and the reason.
     *
     * @param cause what the system said
     * @return {@code FILE: REASON}
     */
    public static String text(IOException cause) {
        return cause instanceof FileSystemException named && named.getFile() != null
                ? named.getFile() + ": " + reason(cause)
                : reason(cause);
    }
}
