package dev.rewire.training.cli;

import dev.rewire.kernels.io.MatrixFileException;
import dev.rewire.training.checkpoint.CheckpointException;
import dev.rewire.training.cli.metrics.MetricsException;
import dev.rewire.training.cli.option.BadInputException;
import dev.rewire.training.data.DataException;
import dev.rewire.training.data.source.InvalidDataSourceException;
import dev.rewire.training.internal.FileFailure;
import dev.rewire.training.internal.Printable;
import dev.rewire.training.setting.InvalidConfigException;
import java.io.PrintStream;
import java.nio.file.FileSystemException;

/** How a command ends that does not get to its end: one line on stderr, and an exit status that says whose fault it is. */
final class Failure {
    /** The system property that adds a stack trace to the line. */
    static final String DEBUG = "rewire.debug";

    private static final int BAD_INPUT = 2;
    private static final int OTHER = 1;

    private Failure() {}

    /**
     * Reports a failure.
     *
     * @param command its name, as {@code rewire train}
     * @param failure what was thrown
     * @param err where to
     * @return the exit status
     */
    static int report(String command, Throwable failure, PrintStream err) {
        boolean badInput = isBadInput(failure);
        err.println(command + ": " + Printable.oneLine(line(failure, badInput)));
        if (Boolean.getBoolean(DEBUG)) {
            failure.printStackTrace(err);
        }
        return badInput ? BAD_INPUT : OTHER;
    }

    private static String line(Throwable failure, boolean badInput) {
        if (failure instanceof FileSystemException file) {
            return FileFailure.text(file);
        }
        // A message of ours speaks for itself; that of another may be nothing.
        boolean speaks = badInput || failure.getClass().getPackageName().startsWith("dev.rewire.");
        String message = failure.getMessage();
        return speaks && message != null ? message : failure.toString();
    }

    private static boolean isBadInput(Throwable failure) {
        return failure instanceof BadInputException
                || failure instanceof InvalidConfigException
                || failure instanceof InvalidDataSourceException
                || failure instanceof DataException
                || failure instanceof CheckpointException
                || failure instanceof MetricsException
                || failure instanceof MatrixFileException;
    }
}
