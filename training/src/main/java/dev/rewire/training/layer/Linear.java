package dev.rewire.training.layer;

import dev.rewire.training.parameter.LayerShape;
import dev.rewire.training.product.LayerBuffers;
import dev.rewire.training.product.LinearProduct;
import dev.rewire.training.setting.Check;
import dev.rewire.training.setting.InvalidConfigException;
import java.util.Objects;

/**
 * A fully connected layer, {@code y = x·Wᵀ + b}, of the features of a sample or of each token. Weights start from N(0, gain/n), n being the connections that an output
 * really has; biases from 0.
 *
 * @param outputs features that come out, at least 1
 * @param bias whether there is a b
 * @param gain variance of the first outputs where inputs have the variance 1, above 0: 2 where a ReLU follows
 * @param dense whether the weights stay dense whatever the network's sparsity
 */
public record Linear(int outputs, boolean bias, double gain, boolean dense) implements Layer {
    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public Linear {
        Check.positive("outputs", outputs);
        if (!(gain > 0 && gain < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "gain: " + gain + " is out of range; accepted are finite numbers above 0");
        }
    }

    /**
     * With biases, the gain 2, and weights that may be sparse.
     *
     * @param outputs features that come out, at least 1
     */
    public Linear(int outputs) {
        this(outputs, true, 2, false);
    }

    /**
     * The same without biases.
     *
     * @return a copy
     */
    public Linear withoutBias() {
        return new Linear(outputs, false, gain, dense);
    }

    /**
     * The same with another gain.
     *
     * @param variance of the first outputs
     * @return a copy
     */
    public Linear withGain(double variance) {
        return new Linear(outputs, bias, variance, dense);
    }

    /**
     * The same with weights that stay dense.
     *
     * @return a copy
     */
    public Linear keptDense() {
        return new Linear(outputs, bias, gain, true);
    }

    @Override
    public Shape outline(Outline outline, Shape input) {
        return switch (input) {
            case Shape.Features features -> {
                outline.weights("weight", weights(features.count()), 1);
                yield new Shape.Features(outputs);
            }
            case Shape.Tokens tokens -> {
                outline.weights("weight", weights(tokens.features()), tokens.length());
                yield new Shape.Tokens(tokens.length(), outputs);
            }
            case Shape.Image image ->
                throw new InvalidConfigException(
                        "linear layer", image, "features or tokens; Flatten makes features of an image");
        };
    }

    private LayerShape weights(int inputs) {
        LayerShape shape = LayerShape.linear(outputs, inputs);
        return dense ? shape.keptDense() : shape;
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
        private final LinearProduct product;
        private final Activations output;

        Bound(Linear layer, Binding binding, Activations input, boolean rectified) {
            Binding.Setting setting = binding.setting();
            output = binding.activations(layer.outline(new Outline(), input.shape()), rectified);
            LayerBuffers buffers = new LayerBuffers(
                    input.values(),
                    output.values(),
                    Objects.requireNonNull(output.gradient()),
                    input.gradient(),
                    input.rectified());
            product = new LinearProduct(
                    setting.arena(),
                    binding.pattern(),
                    setting.slots(),
                    layer.bias,
                    rectified,
                    buffers,
                    setting.engine(),
                    setting.workers());
            binding.add("weight", product.weights(), product, layer.gain);
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
        public String plan() {
            return product.plan();
        }
    }
}
