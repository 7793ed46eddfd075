package dev.rewire.bench;

/** One who computes the product. */
interface Contender {
    /** Computes it once. */
    void run();

    /** One element of what the last run has computed: of Y or dX by sample, of dW by output. */
    float result(int row, int col);
}
