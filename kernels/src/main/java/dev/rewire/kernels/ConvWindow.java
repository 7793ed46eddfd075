package dev.rewire.kernels;

/**
 * Where in an image the inputs of a convolution's weights lie, counted from where the window begins. Columns of blocks that follow each other do so in the image,
 * too, up to the end of a row of the window. Each run of a product finds the inputs anew, in memory that all plans of its workers share: beside the many positions at
 * which they are walked that is little work, and kept for every layer they would take as much memory as the pattern.
 *
 * @param rows for each 2^shift columns what is added to {@code column · width}
 * @param shift no more columns than are in one row of the window
 * @param width columns of a block
 */
@SuppressWarnings("ArrayRecordComponent") // of a plan, which shares it with nobody
record ConvWindow(int[] rows, int shift, int width) {
    static ConvWindow of(ConvShape shape, BlockPattern weights) {
        int width = weights.blockCols();
        int shift = Integer.numberOfTrailingZeros(
                shape.kernelWidth() * shape.input().channels() / width);
        int[] rows = new int[Math.ceilDiv(weights.gridCols(), 1 << shift)];
        for (int run = 0; run < rows.length; run++) {
            int col = (run << shift) * width;
            rows[run] = shape.windowFeature(col) - col;
        }
        return new ConvWindow(rows, shift, width);
    }

    /** The first input of a column of blocks. */
    int input(int column) {
        return column * width + rows[column >>> shift];
    }

    /** The first input of each block. */
    void write(BlockPattern pattern, char[] to) {
        for (int block = 0; block < pattern.blocks(); block++) {
            to[block] = (char) input(pattern.gridCol(block));
        }
    }

    /** The first row and the first input of each block. */
    void write(BlockPattern pattern, int[] rowStarts, int[] inputs) {
        for (int row = 0; row < pattern.gridRows(); row++) {
            for (int block = pattern.rowOffset(row); block < pattern.rowOffset(row + 1); block++) {
                rowStarts[block] = row * pattern.blockRows();
                inputs[block] = input(pattern.gridCol(block));
            }
        }
    }

    long heldBytes() {
        return (long) Integer.BYTES * rows.length;
    }
}
