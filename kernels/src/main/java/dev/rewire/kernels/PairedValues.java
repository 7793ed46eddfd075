package dev.rewire.kernels;

import dev.rewire.kernels.internal.MaskKernels;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The values of a 2:4 matrix, two of each group of four columns, sorted by which two they are: for each group the rows that keep its first and second column,
 * then those that keep its first and third … The run that first meets a mask counts how many rows keep what.
 */
final class PairedValues implements PreparedValues {
    private static final int PAIRS = MaskKernels.PAIRS;

    /** Groups of a task, even: each row has a word of their indices. */
    private static final int GROUPS_OF_TASK = 16;

    /** That a byte of indices can be. */
    private static final int CODES = 1 << Byte.SIZE;

    private final SemiStructuredMatrix w;
    private final int rows;
    private final int groups;
    private final MemorySegment memory;
    private final int[] offsets;
    private final int[] rowsOfPairs;
    private final int[][] counts;
    private final int[][] next;
    private final MemorySegment[] near;
    private final @Nullable NmPattern[] counted;
    private NmPattern pattern;

    /**
     * Makes room for the copy.
     *
     * @param arena where it comes from
     * @param w the values, 2:4
     * @param threads workers
     */
    PairedValues(KernelArena arena, SemiStructuredMatrix w, int threads) {
        this.w = w;
        pattern = w.pattern();
        rows = pattern.rows();
        groups = pattern.groups();
        memory = arena.allocate((long) pattern.elements() * Float.BYTES);
        offsets = new int[groups * PAIRS + 1];
        offsets[groups * PAIRS] = rows * groups;
        rowsOfPairs = new int[rows * groups];
        counts = new int[threads][GROUPS_OF_TASK / 2 * CODES];
        next = new int[threads][GROUPS_OF_TASK * PAIRS];
        near = new MemorySegment[threads];
        Arrays.setAll(near, worker -> arena.allocate((long) MaskKernels.ROWS_NEAR * GROUPS_OF_TASK * Long.BYTES));
        counted = new NmPattern[tasks()];
    }

    /** Sets the mask. */
    void replan(NmPattern mask) {
        pattern = mask;
    }

    /** For each pair of each group its first row, and the number of all at the end. */
    int[] offsets() {
        return offsets;
    }

    /** The rows that keep a pair, pair after pair. */
    int[] rows() {
        return rowsOfPairs;
    }

    @Override
    public MemorySegment memory() {
        return memory;
    }

    @Override
    public long heldBytes() {
        return memory.byteSize() + (long) Integer.BYTES * (offsets.length + rowsOfPairs.length);
    }

    @Override
    public int tasks() {
        return (groups + GROUPS_OF_TASK - 1) / GROUPS_OF_TASK;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // patterns are immutable, and plans follow the object, too
    public void copy(int task, int worker) {
        int first = task * GROUPS_OF_TASK;
        int end = Math.min(first + GROUPS_OF_TASK, groups);
        if (counted[task] != pattern) {
            counted[task] = null;
            count(first, end, counts[worker]);
            counted[task] = pattern;
        }
        System.arraycopy(offsets, first * PAIRS, next[worker], 0, (end - first) * PAIRS);
        Providers.active()
                .masks()
                .sortPairs(
                        pattern.codes(),
                        pattern.rowBytes(),
                        first,
                        end,
                        rows,
                        groups,
                        w.memory(),
                        next[worker],
                        rowsOfPairs,
                        memory,
                        near[worker]);
    }

    /** Counts the bytes of indices, which are of two groups each, and from them the pairs. */
    private void count(int first, int end, int[] bytes) {
        byte[] codes = pattern.codes();
        int rowBytes = pattern.rowBytes();
        int taskBytes = (end - first + 1) / 2;
        Arrays.fill(bytes, 0);
        for (int row = 0; row < rows; row++) {
            int from = row * rowBytes + first / 2;
            for (int i = 0; i < taskBytes; i++) {
                bytes[i * CODES + (codes[from + i] & 0xff)]++;
            }
        }
        for (int group = first; group < end; group++) {
            int place = group * rows;
            int[] ofGroup = new int[PAIRS];
            for (int code = 0; code < CODES; code++) {
                int count = bytes[(group - first) / 2 * CODES + code];
                if (count > 0) {
                    ofGroup[MaskKernels.pair(code >>> (group % 2 * 4))] += count;
                }
            }
            for (int pair = 0; pair < PAIRS; pair++) {
                offsets[group * PAIRS + pair] = place;
                place += ofGroup[pair];
            }
        }
    }
}
