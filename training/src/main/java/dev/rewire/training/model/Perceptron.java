package dev.rewire.training.model;

import dev.rewire.training.layer.Layer;
import dev.rewire.training.layer.Linear;
import dev.rewire.training.layer.Relu;
import dev.rewire.training.layer.Sequential;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.setting.InvalidConfigException;
import java.util.ArrayList;
import java.util.List;

/**
 * A multi-layer perceptron: linear layers with ReLUs between them.
 *
 * @param sizes number of features from the input to the logits, at least two
 */
public record Perceptron(List<Integer> sizes) implements Model {
    private static final int MOST_FEATURES = 1 << 20;
    private static final int MOST_WEIGHTS = Integer.MAX_VALUE - 64;

    /**
     * Checks the sizes.
     *
     * @throws InvalidConfigException if one is out of range
     */
    public Perceptron {
        sizes = List.copyOf(sizes);
        String text = text(sizes);
        if (sizes.size() < 2) {
            throw new InvalidConfigException("--model", text, "two sizes or more, as 784-1024-10");
        }
        for (int l = 0; l < sizes.size(); l++) {
            if (sizes.get(l) < 1 || sizes.get(l) > MOST_FEATURES) {
                throw new InvalidConfigException("--model", text, "sizes from 1 to " + MOST_FEATURES);
            }
            if (l > 0 && (long) sizes.get(l) * sizes.get(l - 1) > MOST_WEIGHTS) {
                throw new InvalidConfigException("--model", text, "layers of up to " + MOST_WEIGHTS + " weights");
            }
        }
    }

    private static String text(List<Integer> sizes) {
        return String.join("-", sizes.stream().map(String::valueOf).toList());
    }

    @Override
    public String text() {
        return text(sizes);
    }

    @Override
    public Shape exampleSample() {
        return input();
    }

    @Override
    public int exampleOutputs() {
        return outputs();
    }

    @Override
    public Shape input(Shape sample) {
        return new Shape.Features(sample.elements());
    }

    /** {@return how many logits there are} */
    public int outputs() {
        return sizes.get(sizes.size() - 1);
    }

    /** {@return its own input, which depends on no data} */
    public Shape input() {
        return new Shape.Features(sizes.get(0));
    }

    /** {@return its layers, which depend on no data} */
    public Layer layers() {
        List<Layer> layers = new ArrayList<>();
        for (int l = 1; l < sizes.size(); l++) {
            layers.add(new Linear(sizes.get(l)));
            if (l + 1 < sizes.size()) {
                layers.add(new Relu());
            }
        }
        return Sequential.of(layers);
    }

    @Override
    public Layer layers(Shape input, int outputs) {
        if (!input.equals(input()) || outputs() < outputs) {
            throw new InvalidConfigException(
                    "--model",
                    text(),
                    "models that start with " + input.elements() + ", the numbers of a sample, and end with " + outputs
                            + " or more, its classes or values");
        }
        return layers();
    }

    @Override
    public String toString() {
        return text();
    }
}
