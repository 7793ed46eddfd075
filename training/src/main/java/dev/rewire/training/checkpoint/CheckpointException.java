package dev.rewire.training.checkpoint;

import dev.rewire.training.internal.Printable;
import java.io.IOException;
import java.nio.file.Path;

/** A checkpoint that cannot be used. The message is one line: file, what is wrong, what to do or what is accepted. */
public final class CheckpointException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * A file that is refused.
     *
     * @param file which
     * @param reason what is wrong with it
     */
    public CheckpointException(Path file, String reason) {
        super(Printable.of(file + ": " + reason));
    }

    /**
     * A file that is refused.
     *
     * @param file which
     * @param reason what is wrong with it
     * @param cause what found it
     */
    public CheckpointException(Path file, String reason, Throwable cause) {
        super(Printable.of(file + ": " + reason), cause);
    }
}
