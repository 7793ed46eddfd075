package dev.rewire.training.cli.option;

import dev.rewire.training.TrainingConfig;
import dev.rewire.training.data.DataSplit;
import dev.rewire.training.data.source.DataSource;
import dev.rewire.training.data.source.ImageSource;
import dev.rewire.training.data.source.TableSource;
import dev.rewire.training.data.source.TextSource;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.model.Model;
import dev.rewire.training.model.Perceptron;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what is learned. */
public final class DataOptions {
    @Option(
            names = "--data",
            paramLabel = "fashion-mnist|mnist|DIR|cifar:DIR|text:FILE|csv:FILE",
            defaultValue = "fashion-mnist",
            description = "What to learn (default: ${DEFAULT-VALUE}). DIR holds the four IDX files of a data set under"
                    + " MNIST's names, gzipped or not; cifar:DIR the binary files of CIFAR-10 or CIFAR-100. Of text:FILE the next character is learned,"
                    + " of csv:FILE, a table, the column of --label.")
    private String name = "";

    @Option(
            names = "--label",
            paramLabel = "COLUMN",
            description =
                    "Name or number, from 1, of the column of --data csv:FILE that is learned (default: the last).")
    private @Nullable String label;

    /** The value of {@code --data}. */
    public String name() {
        return name;
    }

    /** What that stands for; nothing is read yet. */
    public DataSource source() {
        DataSource source = DataSource.of(name);
        requireLabelUse(name, label, source);
        return source;
    }

    private static void requireLabelUse(String name, @Nullable String label, DataSource source) {
        if (label != null && !(source instanceof TableSource)) {
            throw new BadInputException("--label", label, "does not go with --data " + name, "it with --data csv:FILE");
        }
    }

    /**
     * Loads the samples.
     *
     * @param source where they come from
     * @param config of the run that learns from them
     * @param progress is told of what takes long
     */
    public DataSplit load(DataSource source, TrainingConfig config, Consumer<String> progress) throws IOException {
        return load(name, label, source, config, progress);
    }

    /**
     * Loads the samples.
     *
     * @param name of the data, as given
     * @param label the column that is learned of a table; null for the last
     * @param source where they come from
     * @param config of the run that learns from them
     * @param progress is told of what takes long
     */
    public static DataSplit load(
            String name, @Nullable String label, DataSource source, TrainingConfig config, Consumer<String> progress)
            throws IOException {
        requireLabelUse(name, label, source);
        return switch (source) {
            case ImageSource images -> {
                // A label is a byte, so more classes than these cannot occur.
                yield config.model() instanceof Perceptron perceptron
                        ? images.load(Math.min(perceptron.outputs(), 256), progress)
                                .split()
                        : images.load(progress).split();
            }
            case TextSource text -> text.load().split(window(name, config.model()));
            case TableSource table -> table.load().split(label, config.seed());
        };
    }

    /** The tokens that a model of text takes at a time. */
    private static int window(String name, Model model) {
        if (model.exampleSample() instanceof Shape.Tokens tokens) {
            return tokens.length();
        }
        throw new BadInputException(
                "--model", model.text(), "does not go with --data " + name, "models of text, as gpt-4x4x128x64");
    }
}
