package dev.rewire.bench;

/** What has been computed. */
@FunctionalInterface
public interface Result {
    /**
     * One element.
     *
     * @param row of Y or dX a sample, of dW an output
     * @param col of Y an output, of dX or dW an input
     * @return its value
     */
    float result(int row, int col);
}
