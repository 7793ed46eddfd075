package dev.rewire.gpu;

/**
 * What else happens to a result, in the same kernel: {@code Y = activation(alpha·X·Wᵀ + beta·Y + bias)}. The library refuses some activations for
 * some types when the product is made.
 *
 * @param bias whether one value per output is added
 * @param activation what is applied at last
 */
public record GpuEpilogue(boolean bias, Activation activation) {
    /** Nothing. */
    public static final GpuEpilogue NONE = new GpuEpilogue(false, Activation.NONE);

    /** A function of every element. */
    public enum Activation {
        /** The element itself. */
        NONE,
        /** The larger of 0 and the element. */
        RELU,
        /** x·Φ(x), with Φ of the normal distribution, or the approximation of it that the library has. */
        GELU
    }
}
