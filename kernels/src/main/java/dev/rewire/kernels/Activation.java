package dev.rewire.kernels;

/**
 * What an {@link Epilogue} makes of a finished sum x. The error bounds hold for finite x; u = 2⁻²⁴. They come from polynomials of additions, multiplications
 * and divisions in a fixed order, so that each x gives the same bits with vectors of any width, without vectors, and before and after the JIT.
 */
public enum Activation {
    /** x itself. */
    NONE,
    /** {@code max(x, 0)}, exactly; NaN stays. */
    RELU,
    /**
     * {@code x·Φ(x)}, Φ being the normal distribution function (Hendrycks and Gimpel, 2016), with an error of at most 8u·|x|. The error function is that of
     * Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26.
     */
    GELU,
    /** {@code x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³)))}, with an error of at most 8u·|x|. */
    GELU_TANH,
    /** {@code x/(1 + exp(−x))}, also known as swish, with an error of at most 8u·|x|. */
    SILU
}
