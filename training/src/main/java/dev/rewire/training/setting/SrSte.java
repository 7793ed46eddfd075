package dev.rewire.training.setting;

/**
 * The settings of SR-STE, the sparse-refined straight-through estimator: all weights are kept and trained, products see the N of each M that are
 * largest, the gradient passes to all of them ("straight through"), and {@code decay·w} is added to that of the weights that are masked, which
 * keeps the mask from swinging.
 *
 * <p>Sources: Zhou et al., "Learning N:M fine-grained structured sparse neural networks from scratch", 2021; Hubara et al., "Accelerated sparse neural
 * training", 2021, for transposable masks; Hu et al., "Accelerating transformer pre-training with 2:4 sparsity", 2024, for choosing those seldom.
 *
 * @param decay λ, at least 0
 * @param transposable whether masks are N:M along rows and along columns, so that both products with the weights run on N:M
 * @param maskInterval steps from one choice of the mask to the next, at least 1
 */
public record SrSte(double decay, boolean transposable, int maskInterval) {
    /** λ of Zhou et al., and a mask that follows the weights at each step. */
    public static final SrSte DEFAULT = new SrSte(2e-4, false, 1);

    /** How often transposable masks are chosen unless something else is asked for. */
    public static final int TRANSPOSABLE_INTERVAL = 40;

    /**
     * Checks the numbers.
     *
     * @throws InvalidConfigException if one is out of range
     */
    public SrSte {
        if (!(decay >= 0 && decay < Double.POSITIVE_INFINITY)) {
            throw new InvalidConfigException("--sr-ste-decay", decay, "finite numbers from 0");
        }
        if (maskInterval < 1) {
            throw new InvalidConfigException("--mask-interval", maskInterval, "integers from 1");
        }
    }
}
