package dev.rewire.kernels.panel;

import dev.rewire.kernels.Activation;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.kernels.panel.ElementwisePass.Operation;
import org.jspecify.annotations.Nullable;

/**
 * What is done to each element of panels. All operands of a call have the same samples, features and lanes; what is written may be any of the operands that are
 * read, in place. Zeros come out as zeros, so padding and margins stay as they are. Bits do not depend on the workers, nor on the width of vectors.
 *
 * <p>Every method throws an {@link IllegalArgumentException} if a shape does not fit, and an {@link IllegalStateException} if an arena or the workers are closed. A call
 * allocates nothing, but for the first ones.
 */
public final class Elementwise {
    private static final Operation ADD = (kernels, of, from, to) -> kernels.add(of.a, of.b, of.y, from, to, false);
    private static final Operation ADD_RELU = (kernels, of, from, to) -> kernels.add(of.a, of.b, of.y, from, to, true);
    private static final Operation COPY_MASKED =
            (kernels, of, from, to) -> kernels.copyMasked(of.a, of.b, of.y, from, to, false);
    private static final Operation ADD_MASKED =
            (kernels, of, from, to) -> kernels.copyMasked(of.a, of.b, of.y, from, to, true);
    private static final Operation ACTIVATE =
            (kernels, of, from, to) -> kernels.activate(of.a, of.y, from, to, of.activation);
    private static final Operation ACTIVATION_GRADIENT =
            (kernels, of, from, to) -> kernels.activationGradient(of.a, of.b, of.y, from, to, of.activation);

    private Elementwise() {}

    /**
     * Adds: {@code y = a + b}, or {@code y = max(a + b, 0)}, what ends a residual block.
     *
     * @param a samples × features
     * @param b of the same shape
     * @param y of the same shape, overwritten
     * @param relu whether what is negative becomes 0
     * @param workers who computes
     */
    public static void add(PanelMatrix a, PanelMatrix b, PanelMatrix y, boolean relu, Workers workers) {
        Check.same("a", a, "y", y);
        Check.same("b", b, "y", y);
        ElementwisePass.take().run(relu ? ADD_RELU : ADD, workers, y, a, b);
    }

    /**
     * Adds a gradient to another: {@code dx += dy}, with a mask only where it is positive.
     *
     * @param dy samples × features
     * @param mask what a ReLU put out, of the same shape; null for everywhere
     * @param dx of the same shape, updated
     * @param workers who computes
     */
    public static void accumulate(PanelMatrix dy, @Nullable PanelMatrix mask, PanelMatrix dx, Workers workers) {
        if (mask == null) {
            Check.same("dy", dy, "dx", dx);
            add(dx, dy, dx, false, workers);
        } else {
            masked(dy, mask, dx, true, workers);
        }
    }

    /**
     * The gradient through a ReLU: {@code dx = dy} where the mask is positive, 0 elsewhere.
     *
     * @param dy samples × features
     * @param mask what that ReLU put out, of the same shape
     * @param dx of the same shape, overwritten
     * @param workers who computes
     */
    public static void copyMasked(PanelMatrix dy, PanelMatrix mask, PanelMatrix dx, Workers workers) {
        masked(dy, mask, dx, false, workers);
    }

    private static void masked(PanelMatrix dy, PanelMatrix mask, PanelMatrix dx, boolean add, Workers workers) {
        Check.same("dy", dy, "dx", dx);
        Check.same("mask", mask, "dx", dx);
        ElementwisePass.take().run(add ? ADD_MASKED : COPY_MASKED, workers, dx, dy, mask);
    }

    /**
     * An activation: {@code y = f(x)}, with the bits and errors of {@link Activation} in an epilogue.
     *
     * @param activation f
     * @param x samples × features
     * @param y of the same shape, overwritten
     * @param workers who computes
     */
    public static void activate(Activation activation, PanelMatrix x, PanelMatrix y, Workers workers) {
        Check.same("x", x, "y", y);
        ElementwisePass pass = ElementwisePass.take();
        pass.activation = activation;
        pass.run(ACTIVATE, workers, y, x, null);
    }

    /**
     * The gradient through an activation: {@code dx = dy·f'(x)}. For finite x the error of f' is at most 8u, u = 2⁻²⁴, to which comes the rounding of the product; NONE and
     * RELU are exact, and a ReLU lets nothing through at 0, nor where x is NaN.
     *
     * @param activation f
     * @param x what went into it, samples × features; of a ReLU what it put out will do
     * @param dy of the same shape
     * @param dx of the same shape, overwritten
     * @param workers who computes
     */
    public static void activationGradient(
            Activation activation, PanelMatrix x, PanelMatrix dy, PanelMatrix dx, Workers workers) {
        Check.same("x", x, "dx", dx);
        Check.same("dy", dy, "dx", dx);
        ElementwisePass pass = ElementwisePass.take();
        pass.activation = activation;
        pass.run(ACTIVATION_GRADIENT, workers, dx, x, dy);
    }
}
