package dev.rewire.training.layer.sequence;

import dev.rewire.kernels.AttentionGradient;
import dev.rewire.kernels.AttentionPlan;
import dev.rewire.kernels.AttentionShape;
import dev.rewire.training.layer.Activations;
import dev.rewire.training.layer.Binding;
import dev.rewire.training.layer.BoundLayer;
import dev.rewire.training.layer.Layer;
import dev.rewire.training.layer.Outline;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.setting.Check;
import dev.rewire.training.setting.InvalidConfigException;

/**
 * Scaled dot-product attention of several heads, from tokens that hold the queries of all heads, then their keys, then their values (Vaswani et al., "Attention is all you need",
 * 2017). {@link SelfAttention} has the products around it.
 *
 * <p>Its operations are counted as they are needed: 4·T²·width forward of T tokens, and with a causal mask, where T·(T + 1) / 2 pairs attend, half of that. Chowdhery et al. ("PaLM", 2022,
 * appendix B) and Hoffmann et al. ("Training compute-optimal large language models", 2022, appendix F) count all T² pairs in both cases.
 *
 * @param heads how many, at least 1
 * @param causal whether a token attends to itself and earlier ones alone
 */
public record Attention(int heads, boolean causal) implements Layer {
    /**
     * Checks the number.
     *
     * @throws IllegalArgumentException if it is out of range
     */
    public Attention {
        Check.positive("heads", heads);
    }

    @Override
    public Shape outline(Outline outline, Shape input) {
        AttentionShape shape = shape(input);
        // Scores and weighted sums are a multiplication and an addition each, for every pair of tokens and feature.
        double pairs = causal ? shape.length() * (shape.length() + 1.0) / 2 : (double) shape.length() * shape.length();
        outline.operations(4 * pairs * shape.width());
        return new Shape.Tokens(shape.length(), shape.width());
    }

    private AttentionShape shape(Shape input) {
        if (!(input instanceof Shape.Tokens tokens && tokens.features() % (3 * heads) == 0)) {
            throw new InvalidConfigException(
                    "attention layer",
                    input,
                    "tokens whose features are queries, keys and values of " + heads + " heads");
        }
        return new AttentionShape(tokens.length(), heads, tokens.features() / (3 * heads), causal);
    }

    @Override
    public BoundLayer bind(Binding binding, Activations input) {
        return new Bound(shape(input.shape()), binding, input);
    }

    private static final class Bound implements BoundLayer {
        private final Activations input;
        private final Activations output;
        private final Binding.Setting setting;
        private final AttentionPlan forward;
        private final AttentionGradient backward;

        Bound(AttentionShape shape, Binding binding, Activations input) {
            this.input = input;
            setting = binding.setting();
            output = binding.activations(new Shape.Tokens(shape.length(), shape.width()), false);
            forward = AttentionPlan.forward(setting.arena(), shape, setting.batch(), setting.workers());
            backward = AttentionGradient.prepare(setting.arena(), shape, setting.batch(), setting.workers());
        }

        @Override
        public Activations output() {
            return output;
        }

        @Override
        public void forward(long step, boolean training) {
            forward.run(input.values(), output.values());
        }

        @Override
        public void backward(boolean parameters) {
            if (input.gradient() != null) {
                backward.run(input.values(), output.wantedGradient(), input.gradient());
                input.maskGradient(setting.workers());
            }
        }

        @Override
        public String plan() {
            return forward.toString();
        }
    }
}
