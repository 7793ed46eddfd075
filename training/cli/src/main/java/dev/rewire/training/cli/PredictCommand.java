package dev.rewire.training.cli;

import dev.rewire.kernels.probe.Provenance;
import dev.rewire.training.Evaluation;
import dev.rewire.training.Predictions;
import dev.rewire.training.TrainedNetwork;
import dev.rewire.training.cli.option.BadInputException;
import dev.rewire.training.cli.option.DataOptions;
import dev.rewire.training.cli.report.Console;
import dev.rewire.training.cli.report.Environment;
import dev.rewire.training.cli.report.PredictionReport;
import dev.rewire.training.cli.report.PredictionTable;
import dev.rewire.training.data.DataSplit;
import dev.rewire.training.data.source.DataSource;
import dev.rewire.training.data.source.ImageSource;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rewire predict}. */
@Command(
        name = "predict",
        sortOptions = false,
        usageHelpAutoWidth = true,
        synopsisHeading = "Usage: ",
        customSynopsis = "rewire predict CHECKPOINT DATA [OPTION]...",
        description = {
            "%nPredicts the test samples of data with the network of a checkpoint, and compares that with what they are.%n"
        },
        footer = {
            "%nImages may be others than those that the network has learned from, of the same size: each set is scaled by its own training images. Of texts and tables only"
                    + " the same file is accepted, as a checkpoint holds neither the characters nor the categories.",
            "Exit status: 0 done, 2 bad usage or bad input, 1 anything else.",
            "JSON: predictions is a class for each sample, or token of one, in the order of the file; numbers where numbers were learned."
        })
final class PredictCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private final CheckpointArgument checkpoint = new CheckpointArgument();

    @Parameters(index = "1", paramLabel = "DATA", description = "What to predict, as --data of rewire train takes it.")
    private String data = "";

    @Option(
            names = "--label",
            paramLabel = "COLUMN",
            description =
                    "Name or number, from 1, of the column of DATA csv:FILE that was learned (default: the last).")
    private @Nullable String label;

    @Option(names = "--json", description = "Print one JSON object on stdout, and nothing else.")
    private boolean json;

    @Option(names = "--help", usageHelp = true, description = "Show this text.")
    @SuppressWarnings("UnusedVariable") // Picocli acts on it by itself.
    private boolean help;

    private final Console console;

    PredictCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        try (TrainedNetwork network = checkpoint.open()) {
            DataSource source = DataSource.of(data);
            DataSplit samples = DataOptions.load(data, label, source, network.config(), console.err()::println);
            requireFit(network, source, samples);
            Evaluation evaluation = network.evaluate(samples.test());
            Predictions predictions = network.predict(samples.test());
            if (json) {
                console.out()
                        .println(PredictionReport.json(
                                provenance(),
                                checkpoint.file(),
                                network,
                                data,
                                evaluation,
                                predictions,
                                Environment.here()));
            } else {
                PredictionTable.lines(network, data, samples.test(), evaluation, predictions)
                        .forEach(console.out()::println);
            }
            return 0;
        }
    }

    private void requireFit(TrainedNetwork network, DataSource source, DataSplit samples) {
        if (!samples.shape().equals(network.sample()) || !samples.target().equals(network.target())) {
            throw new BadInputException(
                    "DATA",
                    data,
                    "has samples of " + samples.shape().text() + " with "
                            + samples.target().text(),
                    network.sample().text() + " with " + network.target().text() + ", which the network has learned");
        }
        if (!samples.train().sha256().equals(network.dataHash())) {
            if (!(source instanceof ImageSource)) {
                throw new BadInputException(
                        "DATA", data, "is not what the network has learned from", "the file that it was trained on");
            }
            console.err().println("rewire predict: these are not the images that the network has learned from");
        }
    }

    private Provenance provenance() {
        List<String> given =
                spec == null ? List.of() : spec.commandLine().getParseResult().expandedArgs();
        return Provenance.now("rewire predict", given);
    }
}
