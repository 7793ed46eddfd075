package dev.rewire.training.layer;

import dev.rewire.training.setting.InvalidConfigException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A layer of a network, described: immutable, without memory or threads. Binding it makes a {@link BoundLayer}.
 *
 * <p>Layers of one's own implement both. They have to know that
 *
 * <ul>
 *   <li>the gradient of the input is null in the first layer of a network; those of parameters are wanted there, too;
 *   <li>where the input is {@linkplain Activations#rectified rectified}, what is written as its gradient is 0 wherever its value is 0: {@link Activations#maskGradient} at the end
 *       of the backward pass sees to that;
 *   <li>what lies behind the last sample of a batch and in the margin of images is 0 in values and gradients, and stays so;
 *   <li>memory comes from the binding when the layer is bound, so that a step allocates nothing.
 * </ul>
 *
 * <p>A layer that is made of others, as {@link dev.rewire.training.layer.sequence.SelfAttention}, makes a {@link Sequential} of them for the shape that comes in, and passes {@link #outline} and {@link #bind} on to it.
 */
public interface Layer {
    /**
     * Declares the weights, and what comes of an input.
     *
     * @param outline takes weights and other wishes
     * @param input what comes in
     * @return what comes out
     * @throws InvalidConfigException if the layer cannot take such an input
     */
    Shape outline(Outline outline, Shape input);

    /**
     * Makes a layer that runs. It takes from the binding the weights that it has declared, in the same order.
     *
     * @param binding memory, threads and parameters
     * @param input what it reads, and where it writes the gradient
     * @return the layer
     */
    BoundLayer bind(Binding binding, Activations input);

    /**
     * Makes a layer that runs with a ReLU behind it.
     *
     * @param binding memory, threads and parameters
     * @param input what it reads, and where it writes the gradient
     * @return the layer, whose output is rectified, or null if a ReLU is no part of what it computes: then it is computed after it
     */
    default @Nullable BoundLayer bindRectified(Binding binding, Activations input) {
        return null;
    }

    /**
     * What it is called among its siblings, before a number.
     *
     * @return its type in lower case
     */
    default String kind() {
        return getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }
}
