package dev.rewire.kernels;

/**
 * A convolution over two dimensions: output (row, col) sums over a window of the input that begins at (stride·row − padding, stride·col − padding). Its weights
 * are a matrix, output channels × (kernelHeight·kernelWidth·input channels): column {@code (i·kernelWidth + j)·channels + c} is the weight of channel c at place
 * (i, j) of the window, its tap.
 *
 * @param input the images
 * @param output what comes of them; its height is {@code (input height + 2·padding − kernelHeight) / stride + 1}, rounded down, its width alike
 * @param kernelHeight rows of the window, at least 1
 * @param kernelWidth columns of the window, at least 1
 * @param stride rows and columns from one window to the next, at least 1
 * @param padding rows and columns of zeros that windows reach into, at most the input's margin
 */
public record ConvShape(
        FeatureMap input, FeatureMap output, int kernelHeight, int kernelWidth, int stride, int padding) {
    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if a size is out of range or does not fit
     */
    public ConvShape {
        Check.range("padding", padding, 0, input.halo());
        Check.range("kernelHeight", kernelHeight, 1, input.height() + 2L * padding);
        Check.range("kernelWidth", kernelWidth, 1, input.width() + 2L * padding);
        Check.range("stride", stride, 1, Integer.MAX_VALUE);
        Check.range("weights", (long) kernelHeight * kernelWidth * input.channels(), 1, Integer.MAX_VALUE / 2);
        Check.equal(
                "output.height", output.height(), windows(input.height(), kernelHeight, stride, padding), "windows");
        Check.equal("output.width", output.width(), windows(input.width(), kernelWidth, stride, padding), "windows");
    }

    /**
     * The convolution of an input.
     *
     * @param input the images
     * @param channels of the output
     * @param kernelHeight rows of the window
     * @param kernelWidth columns of the window
     * @param stride from one window to the next
     * @param padding zeros that windows reach into
     * @param halo margin of the output
     * @return its shape
     * @throws IllegalArgumentException if a size is out of range or does not fit
     */
    public static ConvShape of(
            FeatureMap input, int channels, int kernelHeight, int kernelWidth, int stride, int padding, int halo) {
        Check.range("stride", stride, 1, Integer.MAX_VALUE);
        Check.range("kernelHeight", kernelHeight, 1, input.height() + 2L * padding);
        Check.range("kernelWidth", kernelWidth, 1, input.width() + 2L * padding);
        FeatureMap output = new FeatureMap(
                windows(input.height(), kernelHeight, stride, padding),
                windows(input.width(), kernelWidth, stride, padding),
                channels,
                halo);
        return new ConvShape(input, output, kernelHeight, kernelWidth, stride, padding);
    }

    private static int windows(int size, int kernel, int stride, int padding) {
        return Math.toIntExact((size + 2L * padding - kernel) / stride + 1);
    }

    /**
     * Columns of the weights.
     *
     * @return kernelHeight·kernelWidth·input channels
     */
    public int weightCols() {
        return kernelHeight * kernelWidth * input.channels();
    }

    /**
     * The margin that the gradient of the output needs for the product backward to the input.
     *
     * @return at least 0; below that of the output the product is refused
     */
    public int backwardHalo() {
        return Math.max(
                backwardHalo(input.height(), output.height(), kernelHeight),
                backwardHalo(input.width(), output.width(), kernelWidth));
    }

    /** Windows that an input would have if there were no first and no last one. */
    private int backwardHalo(int in, int out, int kernel) {
        int before = Math.ceilDiv(kernel - 1 - padding, stride);
        int after = (in - 1 + padding) / stride - (out - 1);
        return Math.max(0, Math.max(before, after));
    }

    /** The feature of the first input of a column, counted from where its window begins. */
    int windowFeature(int weightCol) {
        int tap = weightCol / input.channels();
        return tap / kernelWidth * input.rowFeatures()
                + tap % kernelWidth * input.channels()
                + weightCol % input.channels();
    }

    /** Whether 16 bits tell the inputs of a window. */
    boolean isWindowNarrow() {
        return areNarrow(input);
    }

    /** Whether 16 bits tell the outputs that an input is met by. */
    boolean isBackwardWindowNarrow() {
        return areNarrow(output);
    }

    private boolean areNarrow(FeatureMap map) {
        long features = (kernelHeight - 1L) * map.rowFeatures() + (long) kernelWidth * map.channels();
        return features <= Character.MAX_VALUE;
    }

    /** Rows of taps that are {@code first} or a multiple of the stride more. */
    int tapRows(int first) {
        return Math.ceilDiv(Math.max(0, kernelHeight - first), stride);
    }

    /** Columns of taps that are {@code first} or a multiple of the stride more. */
    int tapCols(int first) {
        return Math.ceilDiv(Math.max(0, kernelWidth - first), stride);
    }

    /** Refuses weights that are no weights of this, or whose blocks reach over the edge of a tap. */
    void check(BlockPattern weights) {
        Check.equal("w.rows", weights.rows(), output.channels(), "channels of the output");
        Check.equal("w.cols", weights.cols(), weightCols(), "weights of a window, from " + this);
        if (input.channels() % weights.blockCols() != 0) {
            throw new IllegalArgumentException("w: blocks of " + weights.blockCols()
                    + " columns reach over the edge of a tap; accepted are divisors of the " + input.channels()
                    + " channels");
        }
    }

    @Override
    public String toString() {
        return kernelHeight + "×" + kernelWidth + " convolution of " + input + " to " + output + ", stride " + stride
                + ", padding " + padding;
    }
}
