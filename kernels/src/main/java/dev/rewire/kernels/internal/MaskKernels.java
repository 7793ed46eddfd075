package dev.rewire.kernels.internal;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Loops over rows of floats in native segments of any arena, and N:M masks of them. What is copied (kept floats, blocks) goes to kernel memory. The mask of a row is a bit for each column: that of column c is
 * bit c % 64 of word c / 64, and is set if the column is kept. All providers choose the same masks.
 */
public interface MaskKernels {
    /** Rows that are sorted together. */
    int ROWS_NEAR = 64;

    /** Pairs that two of four columns can be. */
    int PAIRS = 6;

    /** The number of a pair of columns, of 01, 02, 03, 12, 13 and 23, for the two indices of a group of 2:4 in the lowest four bits. */
    static int pair(int code) {
        int first = code & 3;
        int second = (code >>> 2) & 3;
        return first == 0 ? second - 1 : first + second;
    }

    /** Words of the mask of a row. */
    static int words(int cols) {
        return (cols + Long.SIZE - 1) / Long.SIZE;
    }

    /** Keeps of each group the n floats of the largest magnitude, as {@code NmPruning.magnitude} says. */
    void largest(MemorySegment floats, long offset, int n, int m, int cols, long[] mask);

    /** {@link #largest} and {@link #copy}. */
    default void copyLargest(
            MemorySegment from,
            long offset,
            int n,
            int m,
            int cols,
            long[] mask,
            MemorySegment kept,
            long keptOffset,
            @Nullable MemorySegment blocks,
            long blocksOffset,
            int blockCols,
            long blockBytes) {
        largest(from, offset, n, m, cols, mask);
        copy(from, offset, cols, mask, kept, keptOffset, blocks, blocksOffset, blockCols, blockBytes);
    }

    /** {@link #gather}, and {@link #spread} where there are blocks. */
    default void copy(
            MemorySegment from,
            long offset,
            int cols,
            long[] mask,
            MemorySegment kept,
            long keptOffset,
            @Nullable MemorySegment blocks,
            long blocksOffset,
            int blockCols,
            long blockBytes) {
        gather(from, offset, cols, mask, kept, keptOffset);
        if (blocks != null) {
            spread(from, offset, cols, mask, blocks, blocksOffset, blockCols, blockBytes);
        }
    }

    /** Keeps the best transposable mask of each tile of m rows, as {@code NmPruning.transposable} says. */
    void tiles(MemorySegment floats, long offset, long rowBytes, int n, int m, int cols, long[][] masks);

    /**
     * Writes a row of gradients with {@code decay·w} added where the mask keeps nothing.
     *
     * @param gradients as they lie in a row of blocks, or of panels
     * @param blockCols columns of a block
     * @param blockBytes from a block to the next
     * @param target a row, which may be that of the gradients
     */
    void decay(
            MemorySegment gradients,
            long gradientsOffset,
            int blockCols,
            long blockBytes,
            MemorySegment weights,
            long offset,
            int cols,
            long[] mask,
            float decay,
            MemorySegment target,
            long targetOffset);

    /**
     * A step of {@link ElementwiseKernels#sgd} on a row of weights, after {@code maskedDecay·w} is added to the gradients where the mask keeps nothing.
     *
     * @param gradients kernel memory, as they lie in a row of panels
     * @param blockCols columns of a panel
     * @param blockBytes from a panel to the next
     * @param velocity at the same offset as the weights
     */
    void sgd(
            MemorySegment gradients,
            long gradientsOffset,
            int blockCols,
            long blockBytes,
            MemorySegment weights,
            MemorySegment velocity,
            long offset,
            int cols,
            long[] mask,
            float maskedDecay,
            float rate,
            float momentum,
            boolean nesterov,
            float decay);

    /** Writes what the mask keeps, next to each other, and nothing behind it. */
    void gather(MemorySegment from, long offset, int cols, long[] mask, MemorySegment kept, long keptOffset);

    /**
     * Writes a row with zeros where the mask keeps nothing, as it lies in a row of blocks.
     *
     * @param blockCols columns of a block
     * @param blockBytes from a block to the next
     */
    void spread(
            MemorySegment from,
            long offset,
            int cols,
            long[] mask,
            MemorySegment blocks,
            long blocksOffset,
            int blockCols,
            long blockBytes);

    /**
     * Writes what transposable masks keep of the columns of m rows: n rows, whose k-th has of each column the k-th that is kept, as they lie in a row of
     * blocks.
     *
     * @param masks of the m rows
     * @param rowBytes from row to row of the source
     * @param blockCols columns of a block, next to each other
     * @param blockBytes from a block to the next
     */
    void gatherColumns(
            MemorySegment from,
            long offset,
            long rowBytes,
            int n,
            int cols,
            long[][] masks,
            MemorySegment blocks,
            long blocksOffset,
            int blockCols,
            long blockBytes);

    /**
     * Brings the values of some groups of 2:4 to where the next of their pair belongs, row by row, and notes the rows.
     *
     * @param codes packed indices, {@code rowBytes} a row
     * @param first an even number
     * @param groups of a row
     * @param values kernel memory, two a group
     * @param next for each pair of each group from the first on, where its next values go; counted on
     * @param rowsOfPairs for each two values their row
     * @param sorted kernel memory, two values after the other
     * @param near kernel memory, for the values of {@link #ROWS_NEAR} rows
     */
    void sortPairs(
            byte[] codes,
            int rowBytes,
            int first,
            int end,
            int rows,
            int groups,
            MemorySegment values,
            int[] next,
            int[] rowsOfPairs,
            MemorySegment sorted,
            MemorySegment near);
}
