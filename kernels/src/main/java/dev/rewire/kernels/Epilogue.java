package dev.rewire.kernels;

import org.jspecify.annotations.Nullable;

/**
 * What an SpMM does besides multiplying: {@code Y = mask(relu(β·Y + product + bias))} with β = 0, where the old output is not even read, or
 * β = 1. Fused into the product, so that outputs are touched once.
 *
 * @param accumulate whether the product is added to the output (β = 1) or overwrites it (β = 0)
 * @param bias one float per output, a 1 × outputs matrix that is read anew by each run, or null
 * @param relu whether negative results become zero; NaN stays
 * @param reluMask results become zero where this is not positive: with the activations that a ReLU put out, the gradient through that
 *     ReLU. In panels, of the output's shape but not the output itself, or null
 */
public record Epilogue(
        boolean accumulate,
        @Nullable DenseMatrix bias,
        boolean relu,
        @Nullable PanelMatrix reluMask) {
    /** Overwrite the output with the product alone. */
    public static final Epilogue NONE = new Epilogue(false, null, false, null);

    /**
     * Checks what can be checked without the product.
     *
     * @throws IllegalArgumentException if both relu and reluMask are given
     */
    public Epilogue {
        if (relu && reluMask != null) {
            throw new IllegalArgumentException("reluMask: given together with relu; accepted is one of them");
        }
    }

    /**
     * The same with another β.
     *
     * @param add true for β = 1
     * @return a copy
     */
    public Epilogue withAccumulate(boolean add) {
        return new Epilogue(add, bias, relu, reluMask);
    }

    /**
     * The same with a bias.
     *
     * @param vector a 1 × outputs matrix
     * @return a copy
     */
    public Epilogue withBias(DenseMatrix vector) {
        return new Epilogue(accumulate, vector, relu, reluMask);
    }

    /**
     * The same with a ReLU.
     *
     * @return a copy
     */
    public Epilogue withRelu() {
        return new Epilogue(accumulate, bias, true, reluMask);
    }

    /**
     * The same with the gradient of a ReLU.
     *
     * @param activations what that ReLU put out
     * @return a copy
     */
    public Epilogue withReluMask(PanelMatrix activations) {
        return new Epilogue(accumulate, bias, relu, activations);
    }
}
