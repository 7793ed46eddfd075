package dev.rewire.training.layer.image;

import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.FeatureMap;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.kernels.panel.BatchNorm;
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
 * Batch normalisation of the channels of images, or of features (Ioffe and Szegedy, "Batch normalization", 2015): with mean and variance of the batch when learning, and their
 * running means, {@value #MOMENTUM} of which are new at each step, when evaluating. Scales start from 1, shifts from 0.
 */
public record BatchNorm2d() implements Layer {
    private static final float EPSILON = 1e-5f;
    private static final float MOMENTUM = 0.1f;

    @Override
    public Shape outline(Outline outline, Shape input) {
        map(input, 0);
        return input;
    }

    private static FeatureMap map(Shape input, int halo) {
        return switch (input) {
            case Shape.Image image -> image.map(halo);
            case Shape.Features features -> new FeatureMap(1, 1, features.count(), 0);
            case Shape.Tokens tokens ->
                throw new InvalidConfigException("batchnorm2d layer", tokens, "images or features");
        };
    }

    @Override
    public BoundLayer bind(Binding binding, Activations input) {
        return new Bound(binding, input, false);
    }

    @Override
    public @Nullable BoundLayer bindRectified(Binding binding, Activations input) {
        return new Bound(binding, input, true);
    }

    private static final class Bound implements BoundLayer {
        private final Activations input;
        private final Activations output;

        /** Of the input; where nobody asks for it, it is computed on the way to those of the parameters. */
        private final PanelMatrix gradient;

        private final BatchNorm norm;
        private final DenseParameter scale;
        private final DenseParameter shift;
        private final DenseMatrix mean;
        private final DenseMatrix variance;

        private @Nullable PanelMatrix addend;
        private boolean sumRelu;

        Bound(Binding binding, Activations input, boolean rectified) {
            this.input = input;
            Binding.Setting setting = binding.setting();
            Workers workers = setting.workers();
            gradient = input.gradient() == null ? binding.panels(input.shape()) : input.gradient();
            output = binding.activations(input.shape(), rectified);
            FeatureMap map = map(input.shape(), setting.halo());
            if ((long) setting.batch() * map.height() * map.width() == 1) {
                throw new InvalidConfigException(
                        "--batch",
                        setting.batch(),
                        "leaves each channel of a BatchNorm one value, which has no variance",
                        "2 and more, or nets whose BatchNorms see larger images");
            }
            norm = BatchNorm.prepare(map, EPSILON, MOMENTUM, workers);
            scale = binding.dense("scale", 1, map.channels());
            shift = binding.dense("shift", 1, map.channels());
            mean = DenseMatrix.allocate(setting.arena(), 1, map.channels());
            variance = DenseMatrix.allocate(setting.arena(), 1, map.channels());
            for (int channel = 0; channel < map.channels(); channel++) {
                scale.values().set(0, channel, 1);
                variance.set(0, channel, 1);
            }
            binding.addStatistics(mean.segment());
            binding.addStatistics(variance.segment());
        }

        @Override
        public Activations output() {
            return output;
        }

        @Override
        public void forward(long step, boolean training) {
            if (training) {
                norm.forwardTraining(
                        input.values(),
                        scale.values(),
                        shift.values(),
                        mean,
                        variance,
                        addend,
                        output.rectified() || sumRelu,
                        output.values());
            } else {
                norm.forwardEvaluation(
                        input.values(),
                        scale.values(),
                        shift.values(),
                        mean,
                        variance,
                        addend,
                        output.rectified() || sumRelu,
                        output.values());
            }
        }

        @Override
        public void backward(boolean parameters) {
            // The sums that the gradient of the input needs are the gradients of the parameters.
            norm.backward(
                    input.values(),
                    output.wantedGradient(),
                    false,
                    input.mask(),
                    gradient,
                    scale.gradient(),
                    shift.gradient());
        }

        /** Not behind a ReLU of its own. */
        @Override
        public boolean adds(PanelMatrix addend, boolean relu) {
            if (output.rectified()) {
                return false;
            }
            this.addend = addend;
            sumRelu = relu;
            return true;
        }

        @Override
        public String plan() {
            return norm.toString();
        }
    }
}
