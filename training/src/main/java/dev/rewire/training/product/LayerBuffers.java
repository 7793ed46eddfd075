package dev.rewire.training.product;

import dev.rewire.kernels.Epilogue;
import dev.rewire.kernels.PanelMatrix;
import org.jspecify.annotations.Nullable;

/**
 * The activations and gradients between which a layer stands; neighbours share them.
 *
 * @param x input, batch × in
 * @param y output, batch × out
 * @param dy gradient of the loss with respect to what the layer sums up, before its ReLU; batch × out
 * @param dx the same for the layer before, batch × in; null in the first layer, which passes no gradient on
 * @param rectified whether x is what a ReLU put out, so that dx is 0 where x is not positive
 */
public record LayerBuffers(
        PanelMatrix x,
        PanelMatrix y,
        PanelMatrix dy,
        @Nullable PanelMatrix dx,
        boolean rectified) {
    /** What happens to dx beside the product. */
    Epilogue backwardEnd() {
        return rectified ? Epilogue.NONE.withReluMask(x) : Epilogue.NONE;
    }
}
