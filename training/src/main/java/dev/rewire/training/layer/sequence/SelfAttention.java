package dev.rewire.training.layer.sequence;

import dev.rewire.training.layer.Activations;
import dev.rewire.training.layer.Binding;
import dev.rewire.training.layer.BoundLayer;
import dev.rewire.training.layer.Layer;
import dev.rewire.training.layer.Linear;
import dev.rewire.training.layer.Outline;
import dev.rewire.training.layer.Sequential;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.setting.InvalidConfigException;

/**
 * Self-attention: a product that makes queries, keys and values of each token, {@link Attention}, and a product that puts the heads together. Its weights are {@code qkv} and
 * {@code out}.
 *
 * @param heads how many, a divisor of the features of a token
 * @param causal whether a token attends to itself and earlier ones alone
 * @param outGain as {@link Linear#gain}, of the last product
 */
public record SelfAttention(int heads, boolean causal, double outGain) implements Layer {
    @Override
    public Shape outline(Outline outline, Shape input) {
        return parts(input).outline(outline, input);
    }

    @Override
    public BoundLayer bind(Binding binding, Activations input) {
        return parts(input.shape()).bind(binding, input);
    }

    private Sequential parts(Shape input) {
        if (!(input instanceof Shape.Tokens tokens && heads > 0 && tokens.features() % heads == 0)) {
            throw new InvalidConfigException(
                    "selfattention layer", input, "tokens whose features are shared out among " + heads + " heads");
        }
        int width = tokens.features();
        return Sequential.of()
                .then("qkv", new Linear(3 * width).withGain(1))
                .then("heads", new Attention(heads, causal))
                .then("out", new Linear(width).withGain(outGain));
    }
}
