package dev.rewire.training.parameter;

/** Who multiplies by a parameter, and is told what it has to follow. */
public interface ParameterListener {
    /** Listens to nothing. */
    ParameterListener NONE = () -> {};

    /** The values have another pattern. */
    void rewired();

    /** {@return bytes that it holds to find the weights: indices of its own, and copies of values} */
    default long heldBytes() {
        return 0;
    }

    /** Values have changed on the same pattern; of those who multiply by a copy. */
    default void valuesChanged() {}
}
