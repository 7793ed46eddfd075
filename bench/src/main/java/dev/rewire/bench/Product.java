package dev.rewire.bench;

/** The three products of a sparse layer with weights W, outputs × inputs, and a batch along the rows of X and Y. */
public enum Product {
    /** {@code Y = X·Wᵀ}. */
    FORWARD("forward"),
    /** {@code dX = dY·W}. */
    BACKWARD_INPUT("backward-input"),
    /** {@code dW = pattern ⊙ (dYᵀ·X)}. */
    BACKWARD_WEIGHT("backward-weight");

    private final String option;

    Product(String option) {
        this.option = option;
    }

    /** The name on the command line and in reports. */
    @Override
    public String toString() {
        return option;
    }
}
