package dev.rewire.training.rewiring.watch;

/**
 * What a rewiring did to some weights, and how they stand after it. Weights are counted without the padding of blocks.
 *
 * @param name in the network, as {@code stage1.conv2.weight}
 * @param stored weights that the products see
 * @param dropped of those before, how many are gone
 * @param grown how many are new
 * @param explorationRate R<sub>s</sub>, the share of all places that ever had a weight
 * @param deadOutputs rows of the matrix of weights without a weight
 * @param deadInputs columns without one; of a convolution a column is a channel at a place of the kernel
 * @param weightNorm root of the sum of squares of the weights after it
 * @param gradientNorm that of the gradient of the weights stored before it, at the last step that updated them, before clipping; its square is the gradient flow. NaN where
 *     there was no such step in this process, or the gradient is never in one piece, as that of weights under a mask
 */
public record RewiredWeights(
        String name,
        long stored,
        long dropped,
        long grown,
        double explorationRate,
        int deadOutputs,
        int deadInputs,
        double weightNorm,
        double gradientNorm) {}
