package dev.rewire.training.layer.image;

import dev.rewire.kernels.ConvShape;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.training.layer.Activations;
import dev.rewire.training.layer.Binding;
import dev.rewire.training.layer.BoundLayer;
import dev.rewire.training.layer.Layer;
import dev.rewire.training.layer.Outline;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.parameter.LayerShape;
import dev.rewire.training.parameter.ParameterPattern;
import dev.rewire.training.product.ConvProduct;
import dev.rewire.training.product.LayerBuffers;
import dev.rewire.training.setting.Check;
import dev.rewire.training.setting.InvalidConfigException;
import java.util.Objects;

/**
 * A convolution over two dimensions with a square window, on the kernels whatever engine computes linear layers. Its weights are output channels × (window·window·input channels), as
 * {@link dev.rewire.kernels.ConvShape} orders them, and may be stored in blocks that lie inside a tap. Weights start from N(0, 2/n), n being the connections that
 * an output really has; biases from 0.
 *
 * @param channels of the output, at least 1
 * @param window rows and columns of the window, at least 1
 * @param stride from one window to the next, at least 1
 * @param padding zeros around the image that windows reach into, at least 0
 * @param bias whether there is one, which a BatchNorm behind makes useless
 * @param dense whether the weights stay dense whatever the network's sparsity
 */
public record Conv2d(int channels, int window, int stride, int padding, boolean bias, boolean dense) implements Layer {
    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public Conv2d {
        Check.positive("channels", channels);
        Check.positive("window", window);
        Check.positive("stride", stride);
        Check.atLeast("padding", padding, 0);
    }

    /**
     * With biases, and weights that may be sparse.
     *
     * @param channels of the output
     * @param window rows and columns of the window
     * @param stride from one window to the next
     * @param padding zeros around the image
     */
    public Conv2d(int channels, int window, int stride, int padding) {
        this(channels, window, stride, padding, true, false);
    }

    /**
     * The same without biases.
     *
     * @return a copy
     */
    public Conv2d withoutBias() {
        return new Conv2d(channels, window, stride, padding, false, dense);
    }

    /**
     * The same with weights that stay dense.
     *
     * @return a copy
     */
    public Conv2d keptDense() {
        return new Conv2d(channels, window, stride, padding, bias, true);
    }

    @Override
    public Shape outline(Outline outline, Shape input) {
        Shape.Image image = image(input);
        ConvShape shape = shape(image, padding);
        outline.halo(Math.max(padding, shape.backwardHalo()));
        LayerShape weights = new LayerShape(channels, image.channels(), window, window, dense);
        Shape.Image output = output(shape);
        outline.taps("weight", weights, (long) output.height() * output.width());
        return output;
    }

    private Shape.Image image(Shape input) {
        if (!(input instanceof Shape.Image image)) {
            throw new InvalidConfigException("conv2d layer", input, "images");
        }
        if (window > Math.min(image.height(), image.width()) + 2L * padding) {
            throw new InvalidConfigException(
                    "conv2d layer",
                    image,
                    "is smaller than its window of " + window,
                    "images of which a window and its padding is a part");
        }
        return image;
    }

    private ConvShape shape(Shape.Image image, int halo) {
        return ConvShape.of(image.map(halo), channels, window, window, stride, padding, halo);
    }

    private static Shape.Image output(ConvShape shape) {
        return new Shape.Image(
                shape.output().height(), shape.output().width(), shape.output().channels());
    }

    @Override
    public BoundLayer bind(Binding binding, Activations input) {
        return new Bound(this, binding, input, false);
    }

    @Override
    public BoundLayer bindRectified(Binding binding, Activations input) {
        return new Bound(this, binding, input, true);
    }

    private static final class Bound implements BoundLayer {
        private final ConvProduct product;
        private final Activations output;

        Bound(Conv2d layer, Binding binding, Activations input, boolean rectified) {
            Binding.Setting setting = binding.setting();
            ConvShape shape = layer.shape(layer.image(input.shape()), setting.halo());
            output = binding.activations(Conv2d.output(shape), rectified);
            LayerBuffers buffers = new LayerBuffers(
                    input.values(),
                    output.values(),
                    Objects.requireNonNull(output.gradient()),
                    input.gradient(),
                    input.rectified());
            ParameterPattern.Blocks pattern = (ParameterPattern.Blocks) binding.pattern();
            product = new ConvProduct(
                    setting.arena(),
                    shape,
                    pattern,
                    setting.slots(),
                    layer.bias,
                    rectified,
                    buffers,
                    setting.workers());
            binding.add("weight", product.weights(), product, 2);
            if (product.bias() != null) {
                binding.add("bias", product.bias());
            }
        }

        @Override
        public Activations output() {
            return output;
        }

        @Override
        public void forward(long step, boolean training) {
            product.forward();
        }

        @Override
        public void backward(boolean parameters) {
            product.backwardInput();
            if (parameters) {
                product.backwardWeights();
            }
        }

        @Override
        public boolean addsToGradient(PanelMatrix addend) {
            return product.addToGradient(addend);
        }

        @Override
        public String plan() {
            return product.plan();
        }
    }
}
