package dev.rewire.training;

/** The three products of a layer, bound to its weights and buffers. */
interface Products {
    /** {@code y = relu(x·Wᵀ + bias)}, or without ReLU in the last layer. */
    void forward();

    /** {@code dx = dy·W}, zero where the ReLU before put out zero; nothing if the layer has no dx. */
    void backwardInput();

    /** {@code dW = pattern ⊙ (dyᵀ·x)}. */
    void backwardWeights();

    /** Is told that weights or bias have other values than at the last product; for those who multiply by a copy. */
    default void weightsChanged() {}

    /** Follows the weights and their gradient to the pattern that they have now. */
    void replan();
}
