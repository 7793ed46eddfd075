package dev.rewire.training.parameter;

import org.jspecify.annotations.Nullable;

/**
 * A parameter of a network.
 *
 * @param name in the network, as {@code stage1.conv2.weight}
 * @param parameter its values
 * @param scores what growing by gradient asks; null for parameters that are never sparse
 */
public record NamedParameter(
        String name, Parameter parameter, @Nullable GradientScores scores) {}
