package dev.rewire.kernels;

import dev.rewire.kernels.internal.CacheSizes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The elements of 1×1 blocks in the order in which SDDMM computes them: tile after tile of some rows times some inputs, so that the inputs' samples stay in
 * the first-level cache from row to row. What a tile has of a row lies together in W as well: a run.
 */
final class SddmmTiles {
    /** With 64 samples each they take half of the first-level cache. */
    private static final int INPUTS = Math.clamp(CacheSizes.L1 / 2 / (64 * Float.BYTES), 16, 128);

    /** Of a tile, on average: some calls of a kernel. */
    private static final int ELEMENTS = Math.clamp(CacheSizes.L1 / 64, 256, 1024);

    /** Elements of a run, on average, below which each row's gradient is loaded too often. */
    private static final int LEAST_RUN = 8;

    private final int inputs;
    private int[] rows = new int[0];
    private int[] cols = new int[0];
    private int[] runStarts = new int[1];
    private int[] runTargets = new int[0];
    private int[] tileStarts = new int[1];
    private int tiles;

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
        int chunks = chunks(pattern, inputs);
        int blocks = pattern.blocks();
        int height = (int) Math.max(1, (long) ELEMENTS * pattern.rows() * chunks / blocks);
        int bands = (pattern.rows() + height - 1) / height;
        rows = new int[blocks];
        cols = new int[blocks];
        runStarts = new int[pattern.rows() * chunks + 1];
        runTargets = new int[pattern.rows() * chunks];
        tileStarts = new int[bands * chunks + 1];
        tiles = 0;
        int[] next = new int[height];
        int element = 0;
        int run = 0;
        for (int first = 0; first < pattern.rows(); first += height) {
            int end = Math.min(first + height, pattern.rows());
            for (int row = first; row < end; row++) {
                next[row - first] = pattern.rowOffset(row);
            }
            for (int chunk = 1; chunk <= chunks; chunk++) {
                for (int row = first; row < end; row++) {
                    int block = next[row - first];
                    runTargets[run] = block;
                    while (block < pattern.rowOffset(row + 1) && pattern.gridCol(block) < chunk * inputs) {
                        rows[element] = row;
                        cols[element++] = pattern.gridCol(block++);
                    }
                    next[row - first] = block;
                    runStarts[++run] = element;
                }
                tileStarts[++tiles] = run;
            }
        }
    }

    int count() {
        return tiles;
    }

    /** The row of each element, in order. */
    int[] rows() {
        return rows;
    }

    /** The input of each element, in order. */
    int[] cols() {
        return cols;
    }

    int firstElement(int tile) {
        return runStarts[tileStarts[tile]];
    }

    /** Brings the sums of a tile to where the elements lie in W. */
    void store(int tile, MemorySegment sums, MemorySegment target, boolean add) {
        for (int run = tileStarts[tile]; run < tileStarts[tile + 1]; run++) {
            int from = runStarts[run];
            int to = runTargets[run];
            int count = runStarts[run + 1] - from;
            if (add) {
                for (int i = 0; i < count; i++) {
                    float sum = target.getAtIndex(ValueLayout.JAVA_FLOAT, to + i)
                            + sums.getAtIndex(ValueLayout.JAVA_FLOAT, from + i);
                    target.setAtIndex(ValueLayout.JAVA_FLOAT, to + i, sum);
                }
            } else {
                MemorySegment.copy(
                        sums, (long) from * Float.BYTES, target, (long) to * Float.BYTES, (long) count * Float.BYTES);
            }
        }
    }
}
