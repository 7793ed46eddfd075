package dev.rewire.kernels;

/** Where single elements lie in blocks of 16 columns that cover the matrix: for each row of a block its first element, and a bit for each place that has one. */
final class Lines {
    /** Places of a line. */
    static final int PLACES = 16;

    private final BlockPattern full;
    private int[] starts = new int[0];
    private short[] masks = new short[0];

    /**
     * None, until {@link #replan}.
     *
     * @param full the blocks that cover the matrix, 16 columns wide
     */
    Lines(BlockPattern full) {
        this.full = full;
    }

    /** Whether elements follow each other row by row, so that those of a line do. */
    static boolean fit(BlockPattern pattern) {
        return pattern.blockRows() * pattern.blockCols() == 1;
    }

    /** Sets the elements. */
    void replan(BlockPattern pattern) {
        if (starts.length == 0) {
            starts = new int[full.blocks() * full.blockRows()];
            masks = new short[starts.length];
        }
        for (int row = 0; row < pattern.rows(); row++) {
            int element = pattern.rowOffset(row);
            int end = pattern.rowOffset(row + 1);
            int line = row / full.blockRows() * full.gridCols() * full.blockRows() + row % full.blockRows();
            for (int col = 0; col < pattern.cols(); col += PLACES, line += full.blockRows()) {
                starts[line] = element;
                int mask = 0;
                for (; element < end && pattern.gridCol(element) < col + PLACES; element++) {
                    mask |= 1 << (pattern.gridCol(element) - col);
                }
                masks[line] = (short) mask;
            }
        }
    }

    int count() {
        return starts.length;
    }

    /** The first element of each line, or of a later one. */
    int[] starts() {
        return starts;
    }

    short[] masks() {
        return masks;
    }
}
