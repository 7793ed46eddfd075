package dev.rewire.training.loop;

import dev.rewire.kernels.FeatureMap;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.training.data.SampleShape;
import dev.rewire.training.data.Samples;
import dev.rewire.training.data.TargetShape;
import dev.rewire.training.layer.Activations;
import dev.rewire.training.layer.Binding;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.loss.Loss;
import dev.rewire.training.loss.MeanSquaredError;
import dev.rewire.training.loss.SoftmaxCrossEntropy;
import dev.rewire.training.setting.InvalidConfigException;
import org.jspecify.annotations.Nullable;

/** Puts batches of samples into the input of a network, and their targets into its loss. */
public final class Batches {
    private final PanelMatrix input;
    private final int rowsOfSample;
    private final @Nullable FeatureMap map;
    private final int[] words;
    private final Loss loss;

    /**
     * Batches of samples of a kind.
     *
     * @param shape of a sample
     * @param target what is learned of it
     * @param input of the network that learns it
     * @param result of that network
     * @param setting memory and threads of that network
     */
    public Batches(
            SampleShape shape, TargetShape target, Activations input, Activations result, Binding.Setting setting) {
        this.input = input.values();
        rowsOfSample = input.shape().rows();
        int halo = input.shape() instanceof Shape.Image ? setting.halo() : 0;
        map = shape instanceof SampleShape.Tokens ? null : shape.map(halo);
        words = map == null ? new int[this.input.rows()] : new int[0];
        loss = loss(target, result, setting);
    }

    /** As what a network takes samples in, before its model changes that. */
    public static Shape shape(SampleShape shape) {
        return switch (shape) {
            case SampleShape.Features features -> new Shape.Features(features.count());
            case SampleShape.Image image -> new Shape.Image(image.height(), image.width(), image.channels());
            case SampleShape.Tokens tokens -> new Shape.Tokens(tokens.length(), 1);
        };
    }

    private static String text(TargetShape target) {
        return switch (target) {
            case TargetShape.Classes classes -> classes.count() + " classes of a sample";
            case TargetShape.TokenClasses classes -> classes.count() + " classes of each token";
            case TargetShape.Values values ->
                values.count() + (values.count() == 1 ? " value" : " values") + " of a sample";
        };
    }

    /** How many numbers a prediction has. */
    public static int outputs(TargetShape target) {
        return switch (target) {
            case TargetShape.Classes classes -> classes.count();
            case TargetShape.TokenClasses classes -> classes.count();
            case TargetShape.Values values -> values.count();
        };
    }

    private static Loss loss(TargetShape target, Activations result, Binding.Setting setting) {
        int outputs = outputs(target);
        int cols = result.values().cols();
        boolean ofTokens = result.shape() instanceof Shape.Tokens;
        boolean fits = target instanceof TargetShape.Values ? cols == outputs : cols >= outputs;
        if (!fits || ofTokens != target instanceof TargetShape.TokenClasses || result.shape() instanceof Shape.Image) {
            throw new InvalidConfigException(
                    "--model",
                    "its output of " + result.shape(),
                    "is not " + text(target) + ", which the data have",
                    "models whose output is that");
        }
        return target instanceof TargetShape.Values
                ? new MeanSquaredError(setting.arena(), result, setting.workers())
                : new SoftmaxCrossEntropy(result, setting.workers());
    }

    /** What compares the outputs of the batch that was loaded last with its targets. */
    public Loss loss() {
        return loss;
    }

    /**
     * Loads samples with their targets. Places of the batch that are left over keep what they held.
     *
     * @param samples where they come from
     * @param numbers of samples
     * @param from place among them of the first
     * @param count how many, at most the batch
     */
    public void load(Samples samples, int[] numbers, int from, int count) {
        loadInput(samples, numbers, from, count);
        int stride = samples.target() instanceof TargetShape.TokenClasses ? rowsOfSample : 1;
        switch (loss) {
            case MeanSquaredError values -> samples.writeValues(numbers, from, count, values.targets());
            case SoftmaxCrossEntropy classes -> samples.writeClasses(numbers, from, count, stride, classes.classes());
            default -> throw new IllegalStateException("a loss that nobody knows: " + loss);
        }
    }

    /** Loads samples alone. */
    public void loadInput(Samples samples, int[] numbers, int from, int count) {
        if (map != null) {
            samples.writeFeatures(numbers, from, count, map, input);
            return;
        }
        samples.writeTokens(numbers, from, count, rowsOfSample, words);
        for (int row = 0; row < count * rowsOfSample; row++) {
            input.set(row, 0, words[row]);
        }
    }
}
