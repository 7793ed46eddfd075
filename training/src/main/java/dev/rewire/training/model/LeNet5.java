package dev.rewire.training.model;

import dev.rewire.training.layer.Layer;
import dev.rewire.training.layer.Linear;
import dev.rewire.training.layer.Relu;
import dev.rewire.training.layer.Sequential;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.layer.image.Conv2d;
import dev.rewire.training.layer.image.Flatten;
import dev.rewire.training.layer.image.MaxPool2d;

/**
 * LeNet-5 (LeCun et al., "Gradient-based learning applied to document recognition", 1998) as it is built today: with ReLUs and maxima. The first convolution and the last layer stay
 * dense.
 */
record LeNet5() implements Model {
    @Override
    public String text() {
        return "lenet5";
    }

    /** It has no norms: with the usual 0.1 it learns nothing. */
    @Override
    public double learningRate() {
        return 0.05;
    }

    @Override
    public Layer layers(Shape input, int outputs) {
        return Sequential.of()
                .then("conv1", new Conv2d(6, 5, 1, 2).keptDense())
                .then("relu1", new Relu())
                .then("pool1", new MaxPool2d(2, 2, 0))
                .then("conv2", new Conv2d(16, 5, 1, 0))
                .then("relu2", new Relu())
                .then("pool2", new MaxPool2d(2, 2, 0))
                .then("flatten", new Flatten())
                .then("linear1", new Linear(120))
                .then("relu3", new Relu())
                .then("linear2", new Linear(84))
                .then("relu4", new Relu())
                .then("head", new Linear(outputs).withGain(1).keptDense());
    }
}
