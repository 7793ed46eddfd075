package dev.rewire.kernels;

import dev.rewire.kernels.internal.SpmmIndex;

/**
 * Positions of a convolution that share an index: the kernel of a sparse product runs at each of them on the same weights, from another feature on. Forward that
 * are all positions of the output; backward to the input, those whose windows meet it at the same taps: with a stride of s there are s·s such classes.
 *
 * @param index which inputs each group of outputs has, counted from {@code input}
 * @param rows of positions
 * @param cols positions of a row
 * @param input feature of the input for the first position
 * @param inputRow features from a row to the next
 * @param inputCol features from a position to the next
 * @param output feature where the outputs of the first position begin
 * @param outputRow features from a row to the next
 * @param outputCol features from a position to the next
 */
record ConvWalk(
        SpmmIndex index,
        int rows,
        int cols,
        int input,
        int inputRow,
        int inputCol,
        int output,
        int outputRow,
        int outputCol) {
    /** All positions of the output. */
    static ConvWalk forward(ConvShape shape, SpmmIndex index) {
        FeatureMap in = shape.input();
        FeatureMap out = shape.output();
        return new ConvWalk(
                index,
                out.height(),
                out.width(),
                in.start(-shape.padding(), -shape.padding()),
                shape.stride() * in.rowFeatures(),
                shape.stride() * in.channels(),
                out.start(0, 0),
                out.rowFeatures(),
                out.channels());
    }

    /**
     * Positions of the input of which tap (i, j) is in a window if i is {@code firstRow}, and j {@code firstCol}, or a multiple of the stride more. Input row r is met
     * there by output row (r + padding − i) / stride.
     */
    static ConvWalk backward(ConvShape shape, SpmmIndex index, int firstRow, int firstCol) {
        int stride = shape.stride();
        FeatureMap in = shape.input();
        FeatureMap out = shape.output();
        int row = Math.floorMod(firstRow - shape.padding(), stride);
        int col = Math.floorMod(firstCol - shape.padding(), stride);
        // Of the taps the last one meets the first window.
        int outRow = (row + shape.padding() - firstRow) / stride - Math.max(0, shape.tapRows(firstRow) - 1);
        int outCol = (col + shape.padding() - firstCol) / stride - Math.max(0, shape.tapCols(firstCol) - 1);
        return new ConvWalk(
                index,
                Math.max(0, Math.ceilDiv(in.height() - row, stride)),
                Math.max(0, Math.ceilDiv(in.width() - col, stride)),
                out.start(outRow, outCol),
                out.rowFeatures(),
                out.channels(),
                in.start(row, col),
                stride * in.rowFeatures(),
                stride * in.channels());
    }
}
