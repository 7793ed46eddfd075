package dev.rewire.kernels.panel;

import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.kernels.internal.DropoutHash;

/**
 * Dropout (Srivastava et al. 2014), inverted: what is kept is divided by 1 − rate. Which elements are kept is a function of seed, step, sample and feature alone, so that the
 * way back computes the same mask anew, for any workers, width of vectors and lanes: SplitMix64's finaliser (Steele et al. 2014) makes a word of seed, step and feature, and
 * Wellons' lowbias32 (2018) 32 bits of that and the sample, the upper 24 of which are compared with 1 − rate, rounded to a multiple of 2⁻²⁴.
 */
public final class Dropout {
    private static final ElementwisePass.Operation DROP = (kernels, of, from, to) -> kernels.drop(
            of.a,
            of.y,
            from,
            of.feature(from),
            (int) ((to - from) / of.lanes),
            of.lanes,
            of.panel(from) * of.lanes,
            of.key,
            of.threshold,
            of.scale);

    private Dropout() {}

    /**
     * Forward {@code y = x·kept/(1 − rate)}, and backward, of gradients, the same with the same seed and step. Zeros stay zeros.
     *
     * @param x samples × features
     * @param y of the same shape, overwritten; may be x
     * @param rate share of elements that become 0, 0 to below 1
     * @param seed of this layer
     * @param step of the training
     * @param workers who computes
     * @throws IllegalArgumentException if the rate is out of range or a shape does not fit
     * @throws IllegalStateException if an arena or the workers are closed
     */
    public static void apply(PanelMatrix x, PanelMatrix y, float rate, long seed, long step, Workers workers) {
        Check.same("x", x, "y", y);
        if (!(rate >= 0 && rate < 1)) {
            throw new IllegalArgumentException(
                    "rate: " + rate + " is out of range; accepted are numbers from 0 to below 1");
        }
        ElementwisePass pass = ElementwisePass.take();
        pass.key = DropoutHash.key(seed, step);
        pass.threshold = DropoutHash.threshold(rate);
        pass.scale = (float) (1 / (1.0 - rate));
        pass.run(DROP, workers, y, x, null);
    }
}
