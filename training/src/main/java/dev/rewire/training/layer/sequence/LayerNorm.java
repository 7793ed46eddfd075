package dev.rewire.training.layer.sequence;

import dev.rewire.kernels.PanelMatrix;
import dev.rewire.training.layer.Activations;
import dev.rewire.training.layer.Binding;
import dev.rewire.training.layer.BoundLayer;
import dev.rewire.training.layer.Layer;
import dev.rewire.training.layer.Outline;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.parameter.DenseParameter;
import dev.rewire.training.setting.InvalidConfigException;
import org.jspecify.annotations.Nullable;

/**
 * Normalisation of each token, or of each sample of features, to mean 0 and variance 1, then a scale and a shift for each feature (Ba et al., "Layer normalization", 2016). Scales
 * start from 1, shifts from 0.
 */
public record LayerNorm() implements Layer {
    private static final float EPSILON = 1e-5f;

    @Override
    public Shape outline(Outline outline, Shape input) {
        if (input instanceof Shape.Image) {
            throw new InvalidConfigException("layernorm layer", input, "tokens or features");
        }
        return input;
    }

    @Override
    public BoundLayer bind(Binding binding, Activations input) {
        return new Bound(binding, input);
    }

    private static final class Bound implements BoundLayer {
        private final Activations input;
        private final Activations output;

        /** Of the input; where nobody asks for it, it is computed on the way to those of the parameters. */
        private final PanelMatrix gradient;

        private final Binding.Setting setting;
        private final dev.rewire.kernels.panel.LayerNorm norm;
        private final DenseParameter scale;
        private final DenseParameter shift;
        private @Nullable PanelMatrix addend;

        Bound(Binding binding, Activations input) {
            this.input = input;
            setting = binding.setting();
            gradient = input.gradient() == null ? binding.panels(input.shape()) : input.gradient();
            output = binding.activations(input.shape(), false);
            int features = input.values().cols();
            norm = dev.rewire.kernels.panel.LayerNorm.prepare(
                    features, input.values().rows(), EPSILON, setting.workers());
            scale = binding.dense("scale", 1, features);
            shift = binding.dense("shift", 1, features);
            for (int feature = 0; feature < features; feature++) {
                scale.values().set(0, feature, 1);
            }
        }

        @Override
        public Activations output() {
            return output;
        }

        @Override
        public void forward(long step, boolean training) {
            norm.forward(input.values(), scale.values(), shift.values(), output.values());
        }

        @Override
        public void backward(boolean parameters) {
            norm.backward(
                    input.values(), output.wantedGradient(), addend, gradient, scale.gradient(), shift.gradient());
            input.maskGradient(setting.workers());
        }

        @Override
        public boolean addsToGradient(PanelMatrix addend) {
            this.addend = addend;
            return true;
        }
    }
}
