package dev.rewire.training.model;

import dev.rewire.training.layer.Layer;
import dev.rewire.training.layer.Linear;
import dev.rewire.training.layer.Relu;
import dev.rewire.training.layer.Residual;
import dev.rewire.training.layer.Sequential;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.layer.image.BatchNorm2d;
import dev.rewire.training.layer.image.Conv2d;
import dev.rewire.training.layer.image.GlobalAvgPool2d;

/**
 * A residual net for small images: three stages of blocks of two 3×3 convolutions, with 16, 32 and 64 channels times a factor (He et al. 2015, section 4.2; Zagoruyko and Komodakis,
 * "Wide residual networks", 2016, for the factor). Where a stage begins, a 1×1 convolution passes by. The first convolution and the last layer stay dense.
 *
 * @param text its name
 * @param blocks of a stage
 * @param factor of the channels
 */
record ResNet(String text, int blocks, int factor) implements Model {
    @Override
    public Layer layers(Shape input, int outputs) {
        Sequential net = Sequential.of()
                .then("conv", new Conv2d(16, 3, 1, 1).withoutBias().keptDense())
                .then("norm", new BatchNorm2d())
                .then("relu", new Relu());
        int channels = 16;
        for (int stage = 1; stage <= 3; stage++) {
            int out = (16 << (stage - 1)) * factor;
            for (int block = 1; block <= blocks; block++) {
                int stride = stage > 1 && block == 1 ? 2 : 1;
                String name = "stage" + stage + "block" + block;
                net = net.then(name, block(channels, out, stride)).then(name + "relu", new Relu());
                channels = out;
            }
        }
        return net.then("pool", new GlobalAvgPool2d())
                .then("head", new Linear(outputs).withGain(1).keptDense());
    }

    private static Layer block(int in, int out, int stride) {
        Layer body = Sequential.of()
                .then("conv1", new Conv2d(out, 3, stride, 1).withoutBias())
                .then("norm1", new BatchNorm2d())
                .then("relu1", new Relu())
                .then("conv2", new Conv2d(out, 3, 1, 1).withoutBias())
                .then("norm2", new BatchNorm2d());
        boolean same = in == out && stride == 1;
        return same ? new Residual(body) : new Residual(body, new Conv2d(out, 1, stride, 0).withoutBias());
    }
}
