package dev.rewire.training;

import dev.rewire.training.internal.Printable;
import java.io.IOException;
import java.nio.file.Path;

/** A checkpoint that cannot be used. The message is one line: file, what is wrong, what to do or what is accepted. */
public final class CheckpointException extends IOException {
    private static final long serialVersionUID = 1L;

    CheckpointException(Path file, String reason) {
        super(Printable.of(file + ": " + reason));
    }

    CheckpointException(Path file, String reason, Throwable cause) {
        super(Printable.of(file + ": " + reason), cause);
    }
}
