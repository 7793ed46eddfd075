package dev.rewire.training.cli;

import dev.rewire.training.TrainedNetwork;
import dev.rewire.training.cli.option.BadInputException;
import dev.rewire.training.cli.report.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rewire export}. */
@Command(
        name = "export",
        sortOptions = false,
        usageHelpAutoWidth = true,
        synopsisHeading = "Usage: ",
        customSynopsis = "rewire export CHECKPOINT FILE.safetensors|FILE.npz [OPTION]...",
        description = {
            "%nWrites the parameters of a checkpoint for other libraries: all of them as safetensors, or the weights of one layer as"
                    + " SciPy's load_npz reads them.%n"
        },
        footer = {
            "%nSparse weights are w.values, w.crow_indices and w.col_indices, as PyTorch's BSR tensors have them, or w.values and w.indices of N:M; with --dense one"
                    + " tensor w. docs/report.md says more.",
            "Exit status: 0 done, 2 bad usage or bad input, 1 anything else."
        })
final class ExportCommand implements Callable<Integer> {
    @Mixin
    private final CheckpointArgument checkpoint = new CheckpointArgument();

    @Parameters(
            index = "1",
            paramLabel = "FILE",
            description = "Where to, by its ending; a file that is there is replaced.")
    private Path file = Path.of("");

    @Option(names = "--dense", description = "Write sparse weights with their zeros (safetensors).")
    private boolean dense;

    @Option(
            names = "--parameter",
            paramLabel = "NAME",
            description =
                    "Write these weights alone, as linear1.weight; for .npz, which holds one matrix, unless the network has no other.")
    private @Nullable String parameter;

    @Option(names = "--help", usageHelp = true, description = "Show this text.")
    @SuppressWarnings("UnusedVariable") // Picocli acts on it by itself.
    private boolean help;

    private final Console console;

    ExportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        boolean scipy = file.toString().endsWith(".npz");
        if (!scipy && !file.toString().endsWith(".safetensors")) {
            throw new BadInputException("FILE", file, "is of no format", "names that end in .safetensors or .npz");
        }
        if (Files.isDirectory(file)) {
            throw new BadInputException("FILE", file, "is a folder", "files");
        }
        if (scipy && dense) {
            throw new BadInputException(
                    "--dense", file, "would be a sparse matrix without zeros to leave out", "it with .safetensors");
        }
        try (TrainedNetwork network = checkpoint.open()) {
            ParameterExport export = new ParameterExport(network);
            List<String> names = names(export, scipy);
            if (scipy) {
                export.npz(file, names.get(0));
            } else {
                export.safetensors(file, names, dense);
            }
            console.out().println(file + ": " + String.join(", ", names));
            return 0;
        }
    }

    private List<String> names(ParameterExport export, boolean scipy) {
        List<String> names = scipy ? export.weights() : export.names();
        if (parameter == null && scipy && names.size() > 1) {
            throw new BadInputException(
                    "--parameter", "none", "is given, and " + file + " holds one matrix", String.join(", ", names));
        }
        if (parameter == null) {
            return names;
        }
        if (!names.contains(parameter)) {
            throw new BadInputException("--parameter", parameter, "is none of the network's", String.join(", ", names));
        }
        return List.of(parameter);
    }
}
