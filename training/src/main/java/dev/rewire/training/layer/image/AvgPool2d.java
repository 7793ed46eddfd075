package dev.rewire.training.layer.image;

import dev.rewire.kernels.FeatureMap;
import dev.rewire.kernels.panel.AveragePooling;
import dev.rewire.training.layer.Activations;
import dev.rewire.training.layer.Binding;
import dev.rewire.training.layer.BoundLayer;
import dev.rewire.training.layer.Layer;
import dev.rewire.training.layer.Outline;
import dev.rewire.training.layer.Shape;

/**
 * The mean of each channel in square windows of an image, zeros outside of it included.
 *
 * @param window rows and columns, at least 1
 * @param stride from one window to the next, at least 1
 * @param padding rows and columns that windows reach over the edge, at most half a window
 */
public record AvgPool2d(int window, int stride, int padding) implements Layer {
    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public AvgPool2d {
        Pools.check(window, stride, padding);
    }

    @Override
    public Shape outline(Outline outline, Shape input) {
        return Pools.output(kind(), input, window, stride, padding);
    }

    @Override
    public BoundLayer bind(Binding binding, Activations input) {
        return new Bound(this, binding, input);
    }

    private static final class Bound implements BoundLayer {
        private final Activations input;
        private final Activations output;
        private final Binding.Setting setting;
        private final AveragePooling pooling;

        Bound(AvgPool2d layer, Binding binding, Activations input) {
            this.input = input;
            setting = binding.setting();
            FeatureMap map = ((Shape.Image) input.shape()).map(setting.halo());
            pooling = AveragePooling.of(
                    map, layer.window, layer.window, layer.stride, layer.padding, setting.halo(), setting.workers());
            output = binding.activations(layer.outline(new Outline(), input.shape()), false);
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
