package dev.rewire.training.layer;

import dev.rewire.training.setting.InvalidConfigException;

/**
 * When learning, a share of the features becomes 0 and the others are divided by the rest (Srivastava et al., "Dropout", 2014, inverted). Which, is a function of seed,
 * layer and step.
 *
 * @param rate the share, 0 to below 1
 */
public record Dropout(double rate) implements Layer {
    /**
     * Checks the rate.
     *
     * @throws InvalidConfigException if it is out of range
     */
    public Dropout {
        if (!(rate >= 0 && (float) rate < 1)) {
            throw new InvalidConfigException("rate of dropout", rate, "numbers from 0 to below 1");
        }
    }

    @Override
    public Shape outline(Outline outline, Shape input) {
        return input;
    }

    @Override
    public BoundLayer bind(Binding binding, Activations input) {
        return new Bound((float) rate, binding, input);
    }

    private static final class Bound implements BoundLayer {
        private final float rate;
        private final Activations input;
        private final Activations output;
        private final Binding.Setting setting;
        private final long seed;
        private long step;

        Bound(float rate, Binding binding, Activations input) {
            this.rate = rate;
            this.input = input;
            setting = binding.setting();
            output = binding.activations(input.shape(), false);
            seed = binding.seed();
        }

        @Override
        public Activations output() {
            return output;
        }

        @Override
        public void forward(long newStep, boolean training) {
            step = newStep;
            dev.rewire.kernels.panel.Dropout.apply(
                    input.values(), output.values(), training ? rate : 0, seed, step, setting.workers());
        }

        @Override
        public void backward(boolean parameters) {
            if (input.gradient() != null) {
                dev.rewire.kernels.panel.Dropout.apply(
                        output.wantedGradient(), input.gradient(), rate, seed, step, setting.workers());
                input.maskGradient(setting.workers());
            }
        }
    }
}
