package dev.rewire.kernels;

import dev.rewire.kernels.internal.ElementwiseKernels;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Where elements of blocks of one row lie in blocks of 16 columns that cover the matrix: for each row of a block its first element, and a bit for each place that has one.
 * Blocks of several rows count as if their rows followed each other.
 */
final class Lines {
    /** Places of a line. */
    static final int PLACES = 16;

    private static final int SELECTOR_BITS = 4;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT;

    private final BlockPattern full;
    private int[] starts = new int[0];
    private short[] masks = new short[0];

    private final boolean hasSelectors;

    /** As {@link ElementwiseKernels#compressWhole} takes them. */
    private final MemorySegment selectors;

    private int[] wholeBlocks = new int[0];

    private Lines(BlockPattern full, boolean hasSelectors, MemorySegment selectors) {
        this.full = full;
        this.hasSelectors = hasSelectors;
        this.selectors = selectors;
    }

    /**
     * None, until {@link #replan}.
     *
     * @param full the blocks that cover the matrix, 16 columns wide
     */
    Lines(BlockPattern full) {
        this(full, false, MemorySegment.NULL);
    }

    /** The same, to be compressed as whole vectors. */
    static Lines withSelectors(BlockPattern full, KernelArena arena) {
        long lines = (long) full.blocks() * full.blockRows();
        return new Lines(
                full, true, arena.allocate(lines / ElementwiseKernels.LINES * ElementwiseKernels.SELECTOR_BYTES));
    }

    /** Whether elements follow each other row by row, so that those of a line do. */
    static boolean fit(BlockPattern pattern) {
        return pattern.blockRows() == 1;
    }

    /** Sets the elements. */
    void replan(BlockPattern pattern) {
        if (starts.length == 0) {
            starts = new int[full.blocks() * full.blockRows()];
            masks = new short[starts.length];
        }
        for (int row = 0; row < pattern.gridRows() && pattern.cols() > 0; row++) {
            replanRow(
                    pattern, row, row / full.blockRows() * full.gridCols() * full.blockRows() + row % full.blockRows());
        }
        if (hasSelectors) {
            setSelectors();
            setWholeBlocks(pattern);
        }
    }

    private void replanRow(BlockPattern pattern, int row, int firstLine) {
        int width = pattern.blockRows() * pattern.blockCols();
        int endOfRow = pattern.blockRows() == 1 ? pattern.cols() : pattern.gridCols() * width;
        int line = firstLine;
        int endOfLine = PLACES;
        int mask = 0;
        starts[line] = pattern.rowOffset(row) * width;
        for (int block = pattern.rowOffset(row); block < pattern.rowOffset(row + 1); block++) {
            int firstCol = pattern.gridCol(block) * width;
            // The last block may reach over the edge.
            int endCol = Math.min(firstCol + width, endOfRow);
            for (int col = firstCol; col < endCol; col++) {
                for (; col >= endOfLine; endOfLine += PLACES, mask = 0) {
                    masks[line] = (short) mask;
                    line += full.blockRows();
                    starts[line] = block * width + col - firstCol;
                }
                mask |= 1 << (col - endOfLine + PLACES);
            }
        }
        masks[line] = (short) mask;
        for (; endOfLine < endOfRow; endOfLine += PLACES) {
            line += full.blockRows();
            starts[line] = pattern.rowOffset(row + 1) * width;
            masks[line] = 0;
        }
    }

    private void setSelectors() {
        selectors.fill((byte) 0);
        for (int line = 0; line < masks.length; line++) {
            long at = (long) line / ElementwiseKernels.LINES * ElementwiseKernels.SELECTOR_BYTES;
            int shift = line % ElementwiseKernels.LINES * SELECTOR_BITS;
            for (int left = masks[line] & 0xffff; left != 0; left &= left - 1, at += Short.BYTES) {
                int selector = Integer.numberOfTrailingZeros(left) << shift;
                selectors.set(SHORT, at, (short) (selectors.get(SHORT, at) | selector));
            }
        }
    }

    private void setWholeBlocks(BlockPattern pattern) {
        wholeBlocks = new int[full.gridRows()];
        for (int band = 0; band < wholeBlocks.length; band++) {
            int block = 0;
            while (block < full.gridCols() && areWhole(pattern, band, block)) {
                block++;
            }
            wholeBlocks[band] = block;
        }
    }

    /** Whether all lines of a block begin 16 elements and more before the end of their row. */
    private boolean areWhole(BlockPattern pattern, int band, int block) {
        int line = (band * full.gridCols() + block) * full.blockRows();
        int row = band * full.blockRows();
        for (int i = 0; i < full.blockRows(); i++) {
            if (row + i >= pattern.rows()
                    || starts[line + i] + PLACES > pattern.rowOffset(row + i + 1) * pattern.blockCols()) {
                return false;
            }
        }
        return true;
    }

    /** How many blocks of a row of blocks, from the left, have lines that may be written as whole vectors before those to their right. */
    int wholeBlocks(int band) {
        return hasSelectors ? wholeBlocks[band] : 0;
    }

    MemorySegment selectors() {
        return selectors;
    }

    long heldBytes() {
        return (long) Integer.BYTES * (starts.length + wholeBlocks.length)
                + (long) Short.BYTES * masks.length
                + selectors.byteSize();
    }

    int count() {
        return starts.length;
    }

    /** Lines of a row. */
    int ofRow() {
        return full.gridCols();
    }

    /** The first element of each line, or of a later one. */
    int[] starts() {
        return starts;
    }

    short[] masks() {
        return masks;
    }
}
