package dev.rewire.training.layer.image;

import dev.rewire.kernels.panel.AveragePooling;
import dev.rewire.training.layer.Activations;
import dev.rewire.training.layer.Binding;
import dev.rewire.training.layer.BoundLayer;
import dev.rewire.training.layer.Layer;
import dev.rewire.training.layer.Outline;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.setting.InvalidConfigException;

/** The mean of each channel over an image. */
public record GlobalAvgPool2d() implements Layer {
    @Override
    public Shape outline(Outline outline, Shape input) {
        if (!(input instanceof Shape.Image image)) {
            throw new InvalidConfigException(kind() + " layer", input, "images");
        }
        return new Shape.Features(image.channels());
    }

    @Override
    public BoundLayer bind(Binding binding, Activations input) {
        return new Bound((Shape.Image) input.shape(), binding, input);
    }

    private static final class Bound implements BoundLayer {
        private final Activations input;
        private final Activations output;
        private final Binding.Setting setting;
        private final AveragePooling pooling;

        Bound(Shape.Image image, Binding binding, Activations input) {
            this.input = input;
            setting = binding.setting();
            pooling = AveragePooling.global(image.map(setting.halo()), setting.workers());
            output = binding.activations(new Shape.Features(image.channels()), false);
        }

        @Override
        public Activations output() {
            return output;
        }

        @Override
        public void forward(long step, boolean training) {
            pooling.forward(input.values(), output.values());
        }

        @Override
        public void backward(boolean parameters) {
            if (input.gradient() != null) {
                pooling.backward(output.wantedGradient(), input.gradient());
                input.maskGradient(setting.workers());
            }
        }

        @Override
        public String plan() {
            return pooling.toString();
        }
    }
}
