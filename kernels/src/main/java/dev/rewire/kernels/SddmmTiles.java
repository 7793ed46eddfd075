package dev.rewire.kernels;

import dev.rewire.kernels.internal.CacheSizes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The elements of 1×1 blocks in the order in which SDDMM computes them: tile after tile of some rows times some inputs, so that the inputs' samples stay in
 * the first-level cache from row to row. What a tile has of a row lies together in W as well: a run, of which the
 * place of its start is all that is kept.
 */
final class SddmmTiles {
    /** With 64 samples each they take half of the first-level cache. */
    private static final int INPUTS = Math.clamp(CacheSizes.L1 / 2 / (64 * Float.BYTES), 16, 128);

    /** Of a tile, on average: some calls of a kernel. */
    private static final int ELEMENTS = Math.clamp(CacheSizes.L1 / 64, 256, 1024);

    /** Elements of a run, on average, below which each row's gradient is loaded too often. */
    private static final int LEAST_RUN = 8;

    private final int inputs;
    private int rows;
    private int chunks;
    private int height = 1;
    private int[] starts = {};

    /**
     * None, until {@link #replan}.
     *
     * @param pattern one that tiles {@link #pay} for
     * @param panelsAtOnce whose samples a kernel reads before it goes on: where runs stay long enough, of fewer inputs
     */
    SddmmTiles(BlockPattern pattern, int panelsAtOnce) {
        int few = INPUTS / panelsAtOnce;
        inputs = runsAre(2 * LEAST_RUN, pattern, few) ? few : INPUTS;
    }

    /** Whether the elements are dense enough. */
    static boolean pay(BlockPattern pattern) {
        return pattern.blockRows() * pattern.blockCols() == 1
                && pattern.blocks() > 0
                && pattern.cols() > INPUTS
                && runsAre(LEAST_RUN, pattern, INPUTS);
    }

    private static boolean runsAre(int least, BlockPattern pattern, int inputs) {
        return pattern.blocks() >= (long) least * pattern.rows() * chunks(pattern, inputs);
    }

    private static int chunks(BlockPattern pattern, int inputs) {
        return (pattern.cols() + inputs - 1) / inputs;
    }

    /** Sets the pattern, which is one that they {@link #pay} for. */
    void replan(BlockPattern pattern) {
        rows = pattern.rows();
        chunks = chunks(pattern, inputs);
        height = (int) Math.max(1, (long) ELEMENTS * rows * chunks / pattern.blocks());
        if (starts.length == 0) {
            starts = new int[(chunks + 1) * rows];
        }
        for (int row = 0; row < rows; row++) {
            int block = pattern.rowOffset(row);
            for (int chunk = 0; chunk < chunks; chunk++) {
                starts[chunk * rows + row] = block;
                while (block < pattern.rowOffset(row + 1) && pattern.gridCol(block) < (chunk + 1) * inputs) {
                    block++;
                }
            }
            starts[chunks * rows + row] = block;
        }
    }

    int count() {
        return Math.ceilDiv(rows, height) * chunks;
    }

    /** For each chunk of inputs and row its first element, and the element after the last of each row. */
    int[] starts() {
        return starts;
    }

    /** Where in {@link #starts} a tile's elements of row 0 would begin. */
    int from(int tile) {
        return tile % chunks * rows;
    }

    /** Where they would end. */
    int to(int tile) {
        return from(tile) + rows;
    }

    int firstRow(int tile) {
        return tile / chunks * height;
    }

    int endRow(int tile) {
        return Math.min(firstRow(tile) + height, rows);
    }

    int firstElement(int tile) {
        return starts[from(tile) + firstRow(tile)];
    }

    int endElement(int tile) {
        return starts[to(tile) + endRow(tile) - 1];
    }

    /** Elements of the largest tile. */
    int mostElements() {
        int most = 0;
        for (int tile = 0; tile < count(); tile++) {
            int elements = 0;
            for (int row = firstRow(tile); row < endRow(tile); row++) {
                elements += starts[to(tile) + row] - starts[from(tile) + row];
            }
            most = Math.max(most, elements);
        }
        return most;
    }

    /** Brings the sums of a tile, which lie one after the other, to where the elements lie in W. */
    void store(int tile, MemorySegment sums, MemorySegment target, boolean add) {
        long at = 0;
        for (int row = firstRow(tile); row < endRow(tile); row++) {
            int first = starts[from(tile) + row];
            int count = starts[to(tile) + row] - first;
            store(sums, at, target, first, count, add);
            at += count;
        }
    }

    /** Adds what lies at the places of a tile to other values at the same places. */
    void add(int tile, MemorySegment values, MemorySegment target) {
        for (int row = firstRow(tile); row < endRow(tile); row++) {
            int first = starts[from(tile) + row];
            store(values, first, target, first, starts[to(tile) + row] - first, true);
        }
    }

    private static void store(MemorySegment from, long first, MemorySegment target, long to, int count, boolean add) {
        if (add) {
            for (int i = 0; i < count; i++) {
                float sum = target.getAtIndex(ValueLayout.JAVA_FLOAT, to + i)
                        + from.getAtIndex(ValueLayout.JAVA_FLOAT, first + i);
                target.setAtIndex(ValueLayout.JAVA_FLOAT, to + i, sum);
            }
        } else {
            MemorySegment.copy(from, first * Float.BYTES, target, to * Float.BYTES, (long) count * Float.BYTES);
        }
    }
}
