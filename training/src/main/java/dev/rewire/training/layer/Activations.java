package dev.rewire.training.layer;

import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.kernels.panel.Elementwise;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What lies between two layers: the outputs of one, the inputs of the next, and the gradient of the loss, which goes the other way.
 *
 * @param shape of a sample
 * @param values a batch
 * @param gradient of the loss with respect to the values, of the same size; where they are rectified, with respect to what went into the ReLU. Null if nobody asks for it, as
 *     for the input of a network
 * @param rectified whether the values are what a ReLU put out and the gradient is wanted before it: whoever writes the gradient writes 0 where the value is not positive
 */
public record Activations(
        Shape shape, PanelMatrix values, @Nullable PanelMatrix gradient, boolean rectified) {
    /**
     * What the gradient has to be 0 by.
     *
     * @return the values if they are rectified, null if the gradient is written as it is
     */
    public @Nullable PanelMatrix mask() {
        return rectified ? values : null;
    }

    /**
     * The gradient of activations that somebody asks it of.
     *
     * @return where it is
     * @throws NullPointerException if nobody does
     */
    public PanelMatrix wantedGradient() {
        return Objects.requireNonNull(gradient, "gradient: null; accepted are activations whose gradient is computed");
    }

    /**
     * Makes a gradient that was written everywhere 0 where it has to be.
     *
     * @param workers who computes
     */
    public void maskGradient(Workers workers) {
        if (rectified && gradient != null) {
            Elementwise.copyMasked(gradient, values, gradient, workers);
        }
    }
}
