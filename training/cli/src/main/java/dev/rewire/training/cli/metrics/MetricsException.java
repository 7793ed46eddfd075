package dev.rewire.training.cli.metrics;

import java.io.IOException;
import java.nio.file.Path;

/** A file that is not as {@link MetricsFile} writes it. */
public final class MetricsException extends IOException {
    private static final long serialVersionUID = 1L;

    MetricsException(Path file, int line, String fault) {
        super(file + ", line " + line + ": " + fault + "; accepted are lines that rewire train --out wrote");
    }
}
