package dev.rewire.training.model;

import dev.rewire.training.layer.Layer;
import dev.rewire.training.layer.Shape;

/** A network for data whose shapes are not known yet. Its text stands for it in a checkpoint. */
public interface Model {
    /**
     * What it is called.
     *
     * @return as on the command line; without line feeds. The name of a preset is that preset's alone
     */
    String text();

    /**
     * As what it takes a sample in.
     *
     * @param sample the data's shape
     * @return a shape of the same numbers in the same order
     */
    default Shape input(Shape sample) {
        return sample;
    }

    /**
     * The peak of the learning rate with which it learns well by {@link dev.rewire.training.optimizer.Optimizer.Sgd SGD} with momentum: what a run has that is told none.
     *
     * @return above 0
     */
    default double learningRate() {
        return 0.1;
    }

    /**
     * The layers for some data.
     *
     * @param input the shape of a sample, as {@link #input} has it
     * @param outputs classes, or numbers, that each prediction is of
     * @return the network
     * @throws dev.rewire.training.setting.InvalidConfigException if it cannot learn from such data
     */
    Layer layers(Shape input, int outputs);

    /**
     * A sample that it can learn from where there are no data, as in measurements.
     *
     * @return its shape: a grey image of 28×28 unless the model knows better
     */
    default Shape exampleSample() {
        return new Shape.Image(28, 28, 1);
    }

    /**
     * Classes for such samples.
     *
     * @return how many
     */
    default int exampleOutputs() {
        return 10;
    }

    /**
     * A network of one's own.
     *
     * @param text what it is called, without line feeds, and not as a preset; it has to be the same where a run goes on
     * @param layers the network
     * @return a model
     * @throws dev.rewire.training.setting.InvalidConfigException if it cannot be called so
     */
    static Model of(String text, Layer layers) {
        Model model = new OwnModel(text, layers);
        Presets.requireOwnName(model);
        return model;
    }
}
