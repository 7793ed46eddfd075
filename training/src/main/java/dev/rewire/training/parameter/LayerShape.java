package dev.rewire.training.parameter;

/**
 * The shape of a layer's weights.
 *
 * @param out the number of output features (neurons or channels), at least 1
 * @param in the number of input features (neurons or channels), at least 1
 * @param kernelHeight the height of a convolution's kernel, 1 for a linear layer
 * @param kernelWidth the width of a convolution's kernel, 1 for a linear layer
 * @param dense true if the layer is to stay dense whatever the network's sparsity
 */
public record LayerShape(int out, int in, int kernelHeight, int kernelWidth, boolean dense) {
    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if a size is below 1 or the layer has more than 2<sup>62</sup> weights
     */
    public LayerShape {
        requirePositive("out", out);
        requirePositive("in", in);
        requirePositive("kernelHeight", kernelHeight);
        requirePositive("kernelWidth", kernelWidth);
        if ((double) out * in * kernelHeight * kernelWidth > 0x1p62) {
            throw new IllegalArgumentException("layer shape: " + out + "x" + in + "x" + kernelHeight + "x" + kernelWidth
                    + " has too many weights; accepted are up to 2^62");
        }
    }

    /**
     * A linear layer that may become sparse.
     *
     * @param out the number of outputs, at least 1
     * @param in the number of inputs, at least 1
     * @return the shape out × in
     * @throws IllegalArgumentException if a size is below 1
     */
    public static LayerShape linear(int out, int in) {
        return new LayerShape(out, in, 1, 1, false);
    }

    /** {@return the same shape, marked to stay dense} */
    public LayerShape keptDense() {
        return new LayerShape(out, in, kernelHeight, kernelWidth, true);
    }

    /** {@return the number of weights of the dense layer, N<sub>l</sub>} */
    public long weights() {
        return out * columns();
    }

    /**
     * The number of blocks in the grid over the out × (in·kernelHeight·kernelWidth) matrix of the layer; the blocks at
     * the edges may reach over it.
     *
     * @param blockRows the rows of a block, at least 1
     * @param blockColumns the columns of a block, at least 1
     * @return the number of blocks of the dense layer; {@link #weights()} for blocks of 1×1
     * @throws IllegalArgumentException if a block size is below 1
     */
    public long blocks(int blockRows, int blockColumns) {
        requirePositive("blockRows", blockRows);
        requirePositive("blockColumns", blockColumns);
        return Math.ceilDiv((long) out, blockRows) * Math.ceilDiv(columns(), blockColumns);
    }

    /** {@return the columns of the matrix of the weights: in·kernelHeight·kernelWidth} */
    public long columns() {
        return (long) in * kernelHeight * kernelWidth;
    }

    private static void requirePositive(String argument, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(argument + ": " + value + " is out of range; accepted are 1 and more");
        }
    }
}
