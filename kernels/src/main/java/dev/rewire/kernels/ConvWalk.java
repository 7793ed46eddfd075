package dev.rewire.kernels;

import dev.rewire.kernels.internal.SpmmIndex;
import java.util.Arrays;

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
    static ConvWalk forward(ConvShape shape, BlockPattern weights) {
        int[] inputs = weights.colIndices();
        for (int item = 0; item < inputs.length; item++) {
            inputs[item] = shape.windowFeature(inputs[item] * weights.blockCols());
        }
        int[] offsets = weights.offsets();
        FeatureMap in = shape.input();
        FeatureMap out = shape.output();
        return new ConvWalk(
                SpmmIndex.ofBlocks(offsets, inputs, new int[0], offsets, 1),
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
    static ConvWalk backward(ConvShape shape, BlockPattern weights, ColumnOrder byColumns, int firstRow, int firstCol) {
        int stride = shape.stride();
        FeatureMap in = shape.input();
        FeatureMap out = shape.output();
        int tapRows = Math.ceilDiv(Math.max(0, shape.kernelHeight() - firstRow), stride);
        int tapCols = Math.ceilDiv(Math.max(0, shape.kernelWidth() - firstCol), stride);
        int row = Math.floorMod(firstRow - shape.padding(), stride);
        int col = Math.floorMod(firstCol - shape.padding(), stride);
        // Of the taps the last one meets the first window.
        int outRow = (row + shape.padding() - firstRow) / stride - Math.max(0, tapRows - 1);
        int outCol = (col + shape.padding() - firstCol) / stride - Math.max(0, tapCols - 1);
        return new ConvWalk(
                backwardIndex(shape, weights, byColumns, firstRow, firstCol, tapRows, tapCols),
                Math.max(0, Math.ceilDiv(in.height() - row, stride)),
                Math.max(0, Math.ceilDiv(in.width() - col, stride)),
                out.start(outRow, outCol),
                out.rowFeatures(),
                out.channels(),
                in.start(row, col),
                stride * in.rowFeatures(),
                stride * in.channels());
    }

    /** A group is a column of blocks of one tap, whose items are those of all taps. */
    private static SpmmIndex backwardIndex(
            ConvShape shape,
            BlockPattern weights,
            ColumnOrder byColumns,
            int firstRow,
            int firstCol,
            int tapRows,
            int tapCols) {
        int groups = shape.input().channels() / weights.blockCols();
        int[] columns = byColumns.offsets();
        int[] rows = byColumns.rows();
        int[] order = byColumns.blocks();
        int[] offsets = new int[groups + 1];
        int[] inputs = new int[rows.length];
        int[] blocks = new int[rows.length];
        int item = 0;
        for (int group = 0; group < groups; group++) {
            for (int u = tapRows - 1; u >= 0; u--) {
                for (int v = tapCols - 1; v >= 0; v--) {
                    int tap = (firstRow + u * shape.stride()) * shape.kernelWidth() + firstCol + v * shape.stride();
                    int from = (tapRows - 1 - u) * shape.output().rowFeatures()
                            + (tapCols - 1 - v) * shape.output().channels();
                    int column = tap * groups + group;
                    for (int i = columns[column]; i < columns[column + 1]; i++, item++) {
                        inputs[item] = from + rows[i] * weights.blockRows();
                        blocks[item] = order[i];
                    }
                }
            }
            offsets[group + 1] = item;
        }
        return SpmmIndex.ofBlocks(offsets, Arrays.copyOf(inputs, item), Arrays.copyOf(blocks, item), offsets, 1);
    }
}
