package dev.rewire.training.product;

import dev.rewire.training.parameter.ParameterListener;

/** The three products of a layer, bound to its weights and buffers. */
interface Products extends ParameterListener {
    /** {@code y = relu(x·Wᵀ + bias)}, or without ReLU in the last layer. */
    void forward();

    /** {@code dx = dy·W}, zero where the ReLU before put out zero; nothing if the layer has no dx. */
    void backwardInput();

    /** {@code dW = pattern ⊙ (dyᵀ·x)}. */
    void backwardWeights();
}
