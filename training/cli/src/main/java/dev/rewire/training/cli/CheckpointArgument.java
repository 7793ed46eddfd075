package dev.rewire.training.cli;

import dev.rewire.training.TrainedNetwork;
import dev.rewire.training.checkpoint.CheckpointException;
import dev.rewire.training.cli.option.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The checkpoint that a command looks at. */
final class CheckpointArgument {
    private static final String LABEL = "CHECKPOINT";

    @Parameters(index = "0", paramLabel = LABEL, description = "A checkpoint that rewire train --out saved.")
    private @Nullable Path file;

    @Option(
            names = "--threads",
            paramLabel = "T",
            description = "Threads that compute (default: as many as the JVM has processors).")
    private int threads = Runtime.getRuntime().availableProcessors();

    /** Its network. */
    TrainedNetwork open() throws IOException {
        if (threads < 1) {
            throw new BadInputException("--threads", threads, "is out of range", "1 and more");
        }
        if (!Files.isRegularFile(file()) || !Files.isReadable(file())) {
            throw new BadInputException(LABEL, file(), "is no readable file", "checkpoints that --out saved");
        }
        try {
            return TrainedNetwork.open(file(), threads);
        } catch (CheckpointException e) {
            throw new BadInputException(LABEL, e);
        }
    }

    Path file() {
        if (file == null) {
            throw new IllegalStateException("not run by picocli");
        }
        return file;
    }
}
