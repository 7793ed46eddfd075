package dev.rewire.training.layer;

import dev.rewire.kernels.PanelMatrix;
import org.jspecify.annotations.Nullable;

/**
 * The activations and gradients between which a layer stands; neighbours share them.
 *
 * @param x input, batch × in; where {@code dx} is given, what the ReLU of the layer before put out
 * @param y output, batch × out
 * @param dy gradient of the loss with respect to what the layer sums up, before its ReLU; batch × out
 * @param dx the same for the layer before, batch × in; null in the first layer, which passes no gradient on
 */
public record LayerBuffers(
        PanelMatrix x,
        PanelMatrix y,
        PanelMatrix dy,
        @Nullable PanelMatrix dx) {}
