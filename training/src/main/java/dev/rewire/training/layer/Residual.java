package dev.rewire.training.layer;

import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.kernels.panel.Elementwise;
import dev.rewire.training.setting.InvalidConfigException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code y = body(x) + skip(x)} (He et al., "Deep residual learning", 2015).
 *
 * @param body what is learned
 * @param skip what passes by it; null for x itself
 */
public record Residual(Layer body, @Nullable Layer skip) implements Layer {
    /**
     * Past which the input goes as it is.
     *
     * @param body what is learned, whose output has the shape of its input
     */
    public Residual(Layer body) {
        this(body, null);
    }

    @Override
    public Shape outline(Outline outline, Shape input) {
        Shape output = body.outline(outline, input);
        Shape passed = skip == null ? input : skip.outline(outline.inside("skip"), input);
        if (!output.equals(passed)) {
            throw new InvalidConfigException(
                    "residual layer",
                    output,
                    "is not what passes by, " + passed,
                    "bodies whose output has the shape of what passes by");
        }
        return output;
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
        private final Activations input;
        private final BoundLayer body;
        private final @Nullable BoundLayer skip;
        private final @Nullable Activations skipInput;
        private final PanelMatrix passed;

        /** Whether the body's output is the sum already. */
        private final boolean bodyAdds;

        /** Whether the body's gradient of the input is the sum already. */
        private final boolean bodyAddsGradient;

        private final Activations output;
        private final Workers workers;

        Bound(Residual layer, Binding binding, Activations input, boolean rectified) {
            this.input = input;
            workers = binding.setting().workers();
            body = layer.body.bind(binding, input);
            if (layer.skip == null) {
                skip = null;
                skipInput = null;
            } else {
                skipInput = new Activations(
                        input.shape(),
                        input.values(),
                        input.gradient() == null ? null : binding.panels(input.shape()),
                        input.rectified());
                skip = Objects.requireNonNull(binding.bind("skip", layer.skip, skipInput, false));
            }
            Activations learned = body.output();
            passed = (skip == null ? input : skip.output()).values();
            bodyAdds = !learned.rectified() && body.adds(passed, rectified);
            output = new Activations(
                    learned.shape(),
                    bodyAdds ? learned.values() : binding.panels(learned.shape()),
                    // The gradient of a sum is that of its terms.
                    learned.rectified() || learned.gradient() == null
                            ? binding.panels(learned.shape())
                            : learned.gradient(),
                    rectified);
            // After what passes by has had its way back.
            bodyAddsGradient = input.gradient() != null
                    && body.addsToGradient((skipInput == null ? output : skipInput).wantedGradient());
        }

        @Override
        public Activations output() {
            return output;
        }

        @Override
        public void forward(long step, boolean training) {
            if (skip != null) {
                skip.forward(step, training);
            }
            body.forward(step, training);
            if (!bodyAdds) {
                Elementwise.add(body.output().values(), passed, output.values(), output.rectified(), workers);
            }
        }

        @Override
        public void backward(boolean parameters) {
            if (body.output().rectified()) {
                pass(body.output());
            }
            if (skip != null) {
                pass(skip.output());
                skip.backward(parameters);
            }
            body.backward(parameters);
            if (input.gradient() == null || bodyAddsGradient) {
                return;
            }
            if (skipInput == null) {
                Elementwise.accumulate(output.wantedGradient(), input.mask(), input.gradient(), workers);
            } else {
                Elementwise.accumulate(skipInput.wantedGradient(), null, input.gradient(), workers);
            }
        }

        private void pass(Activations term) {
            if (term.gradient() == null) {
                return; // It is the network's input.
            }
            term.gradient().segment().copyFrom(output.wantedGradient().segment());
            term.maskGradient(workers);
        }
    }
}
