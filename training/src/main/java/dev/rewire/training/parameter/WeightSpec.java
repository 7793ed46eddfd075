package dev.rewire.training.parameter;

/**
 * Weights between the inputs and outputs of a layer, which may be sparse.
 *
 * @param name in the network, as {@code stage1.conv2.weight}
 * @param shape their shape
 * @param uses how often a sample multiplies by each
 * @param tap columns that belong together, so that no block may reach over a multiple of them: the input channels of a convolution; 0 where blocks lie anywhere
 */
public record WeightSpec(String name, LayerShape shape, long uses, int tap) {
    /**
     * Weights whose blocks may lie anywhere.
     *
     * @param name in the network
     * @param shape their shape
     * @param uses how often a sample multiplies by each
     */
    public WeightSpec(String name, LayerShape shape, long uses) {
        this(name, shape, uses, 0);
    }

    /**
     * The widest block that fits.
     *
     * @param cols columns that are wished for, at least 1
     * @return as many or fewer, so that they divide a tap
     */
    public int blockCols(int cols) {
        return tap == 0 ? cols : widest(tap, cols);
    }

    /**
     * The widest block that lies inside a tap.
     *
     * @param tap columns of the tap, at least 1
     * @param cols columns that are wished for, at least 1
     * @return the largest divisor of the tap that is no larger
     */
    public static int widest(int tap, int cols) {
        int width = Math.min(cols, tap);
        while (tap % width != 0) {
            width--;
        }
        return width;
    }
}
