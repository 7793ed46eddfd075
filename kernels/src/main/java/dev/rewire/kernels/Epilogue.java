package dev.rewire.kernels;

import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an SpMM does besides multiplying: {@code Y = mask(activation(α·(β·Y + product + bias)))} with β = 0, where the old output is not
 * even read, or β = 1. Fused into the product: bias, ReLU and mask before outputs are stored, the rest while what a task has computed is in cache.
 *
 * @param accumulate whether the product is added to the output (β = 1) or overwrites it (β = 0)
 * @param bias one float per output, a 1 × outputs matrix that is read anew by each run, or null
 * @param activation what becomes of a finished sum
 * @param scale α, finite: the finished sum, with what it started from, is multiplied by it
 * @param reluMask results become zero where this is not positive: with the activations that a ReLU put out, the gradient through that
 *     ReLU. In panels, of the output's shape but not the output itself, or null
 */
public record Epilogue(
        boolean accumulate,
        @Nullable DenseMatrix bias,
        Activation activation,
        float scale,
        @Nullable PanelMatrix reluMask) {
    /** Overwrite the output with the product alone. */
    public static final Epilogue NONE = new Epilogue(false, null, Activation.NONE, 1, null);

    /**
     * Checks what can be checked without the product.
     *
     * @throws IllegalArgumentException if both an activation and reluMask are given, or the scale is not finite
     * @throws NullPointerException if the activation is null
     */
    public Epilogue {
        Objects.requireNonNull(activation, "activation: null; accepted are those of Activation, NONE for none");
        if (activation != Activation.NONE && reluMask != null) {
            throw new IllegalArgumentException("reluMask: given together with "
                    + activation.name().toLowerCase(Locale.ROOT) + "; accepted is one of them");
        }
        if (!Float.isFinite(scale)) {
            throw new IllegalArgumentException("scale: " + scale + "; accepted are finite numbers");
        }
    }

    /**
     * The same with another β.
     *
     * @param add true for β = 1
     * @return a copy
     */
    public Epilogue withAccumulate(boolean add) {
        return new Epilogue(add, bias, activation, scale, reluMask);
    }

    /**
     * The same with a bias.
     *
     * @param vector a 1 × outputs matrix
     * @return a copy
     */
    public Epilogue withBias(DenseMatrix vector) {
        return new Epilogue(accumulate, vector, activation, scale, reluMask);
    }

    /**
     * The same with a ReLU.
     *
     * @return a copy
     */
    public Epilogue withRelu() {
        return withActivation(Activation.RELU);
    }

    /**
     * The same with the gradient of a ReLU.
     *
     * @param activations what that ReLU put out
     * @return a copy
     */
    public Epilogue withReluMask(PanelMatrix activations) {
        return new Epilogue(accumulate, bias, activation, scale, activations);
    }

    /**
     * The same, added to a residual: the output holds it when the product runs (β = 1).
     *
     * @return a copy
     */
    public Epilogue withResidual() {
        return withAccumulate(true);
    }

    /**
     * The same with an activation.
     *
     * @param function what becomes of a finished sum
     * @return a copy
     */
    public Epilogue withActivation(Activation function) {
        return new Epilogue(accumulate, bias, function, scale, reluMask);
    }

    /**
     * The same with a scale.
     *
     * @param factor α, finite
     * @return a copy
     */
    public Epilogue withScale(float factor) {
        return new Epilogue(accumulate, bias, activation, factor, reluMask);
    }

    /** Whether kernels, which know ReLU and mask, leave something to do. */
    boolean isMoreThanKernels() {
        return scale != 1 || activation.compareTo(Activation.RELU) > 0;
    }
}
