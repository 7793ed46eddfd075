package dev.rewire.training.layer;

import dev.rewire.kernels.Activation;
import dev.rewire.kernels.Workers;
import dev.rewire.kernels.panel.Elementwise;

/** {@code y = max(x, 0)}; a part of the layer before it where that can be. */
public record Relu() implements Layer {
    @Override
    public Shape outline(Outline outline, Shape input) {
        return input;
    }

    @Override
    public BoundLayer bind(Binding binding, Activations input) {
        return new Bound(binding, input);
    }

    private static final class Bound implements BoundLayer {
        private final Activations input;
        private final Activations output;
        private final Workers workers;

        Bound(Binding binding, Activations input) {
            this.input = input;
            // Whoever writes the gradient lets nothing through where the output is 0: then it is that of the input.
            output = new Activations(input.shape(), binding.panels(input.shape()), input.gradient(), true);
            workers = binding.setting().workers();
        }

        @Override
        public Activations output() {
            return output;
        }

        @Override
        public void forward(long step, boolean training) {
            Elementwise.activate(Activation.RELU, input.values(), output.values(), workers);
        }

        @Override
        public void backward(boolean parameters) {
            // Done by the layer behind.
        }
    }
}
