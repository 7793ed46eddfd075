package dev.rewire.training.cli.metrics;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.SparsePattern;
import dev.rewire.kernels.io.SparseFile;
import dev.rewire.training.parameter.NamedParameter;
import dev.rewire.training.parameter.ParameterPattern;
import dev.rewire.training.parameter.SparseParameter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where a network's connections were first, in a folder with a file of DLMC's format for each weights that are sparse: places alone. */
public final class InitialPatterns {
    /** Name of the folder in that of a run. */
    public static final String NAME = "initial";

    private static final String ENDING = ".smtx";

    private InitialPatterns() {}

    /** Writes those of a network that has taken no step yet. */
    public static void write(Path folder, List<NamedParameter> parameters) throws IOException {
        Files.createDirectories(folder);
        for (NamedParameter parameter : parameters) {
            if (parameter.parameter() instanceof SparseParameter sparse
                    && sparse.nonzeros() < sparse.pattern().shape().weights()) {
                SparseFile.of(of(sparse)).write(file(folder, parameter.name()));
            }
        }
    }

    /** Where some weights are now. */
    public static SparsePattern of(SparseParameter parameter) {
        return switch (parameter.pattern()) {
            case ParameterPattern.Blocks blocks -> blocks.pattern();
            case ParameterPattern.Nm nm -> nm.pattern();
        };
    }

    /** Where some weights were first; nothing if that was not kept, or they were dense. */
    public static Optional<BlockPattern> read(Path folder, String parameter) throws IOException {
        Path file = file(folder, parameter);
        return Files.isRegularFile(file) ? Optional.of(SparseFile.read(file).pattern()) : Optional.empty();
    }

    private static Path file(Path folder, String parameter) {
        return folder.resolve(parameter + ENDING);
    }
}
