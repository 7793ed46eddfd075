package dev.rewire.training.layer;

import dev.rewire.training.setting.InvalidConfigException;

/** {@code y = max(x, 0)}; a part of the layer before it where that can be. */
public record Relu() implements Layer {
    @Override
    public Shape outline(Outline outline, Shape input) {
        return input;
    }

    @Override
    public BoundLayer bind(Binding binding, Activations input) {
        throw new InvalidConfigException("relu", "without a layer before it", "ReLUs behind linear layers");
    }
}
