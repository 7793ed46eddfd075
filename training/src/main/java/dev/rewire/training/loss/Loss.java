package dev.rewire.training.loss;

/**
 * What a network's output is to become: a number to make small, and its gradient. A loss has the output, and room for what it is compared with; it is a mean over the
 * predictions of a batch: one for each sample, or each token.
 */
public interface Loss {
    /**
     * Computes the loss of the first samples, leaving the gradient alone.
     *
     * @param samples how many, at most the batch
     */
    void measure(int samples);

    /** Computes the loss of the whole batch, and its gradient with respect to the output. */
    void differentiate();

    /** {@return the sum of the losses of the predictions of the last call} */
    double lossSum();

    /** {@return how many predictions the last call was about} */
    long predictions();

    /** {@return how many of these named the right class; 0 if predictions are no classes} */
    long correct();

    /** {@return whether predictions are classes} */
    boolean classifies();
}
