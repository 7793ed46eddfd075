package dev.rewire.training.parameter;

/**
 * Weights between the inputs and outputs of a layer, which may be sparse.
 *
 * @param name in the network, as {@code stage1.conv2.weight}
 * @param shape their shape
 * @param uses how often a sample multiplies by each
 */
public record WeightSpec(String name, LayerShape shape, long uses) {}
