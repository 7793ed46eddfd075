package dev.rewire.training.layer;

import dev.rewire.kernels.Activation;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.kernels.panel.Elementwise;
import dev.rewire.kernels.panel.SmoothActivation;

/** {@code y = x·Φ(x)}, Φ being the normal distribution function (Hendrycks and Gimpel, "Gaussian error linear units", 2016). */
public record Gelu() implements Layer {
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
        private final SmoothActivation gelu;
        private final Workers workers;
        private boolean hasSlopes;

        Bound(Binding binding, Activations input) {
            this.input = input;
            output = binding.activations(input.shape(), false);
            workers = binding.setting().workers();
            PanelMatrix x = input.values();
            gelu = SmoothActivation.prepare(binding.setting().arena(), Activation.GELU, x.rows(), x.cols(), workers);
        }

        @Override
        public Activations output() {
            return output;
        }

        @Override
        public void forward(long step, boolean training) {
            hasSlopes = training && input.gradient() != null;
            if (hasSlopes) {
                gelu.forward(input.values(), output.values());
            } else {
                Elementwise.activate(Activation.GELU, input.values(), output.values(), workers);
            }
        }

        @Override
        public void backward(boolean parameters) {
            if (input.gradient() != null) {
                if (hasSlopes) {
                    gelu.backward(output.wantedGradient(), input.gradient());
                } else {
                    Elementwise.activationGradient(
                            Activation.GELU, input.values(), output.wantedGradient(), input.gradient(), workers);
                }
                input.maskGradient(workers);
            }
        }
    }
}
