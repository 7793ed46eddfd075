package dev.rewire.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Supplier;

/**
 * Copies single weights, which lie row by row, to where they belong column by column. For each column it keeps where the next weight goes, which after a run is behind
 * the last one: so the next run goes from the last weight to the first, and no index of weights is needed, nor these places twice. Tasks are ranges of weights, with places of
 * their own. That is a nanosecond slower for each weight than {@link ColumnGather}.
 */
final class ColumnScatter implements ColumnCopy {
    private static final int TASK_VALUES = 16 * 1024;

    /** Weights of a task for each of its places, so that these are few beside the weights. */
    private static final int VALUES_OF_PLACE = 16;

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    /** Where the places of a task stand. */
    private enum State {
        BEFORE_FIRST,
        BEHIND_LAST,
        /** Nobody knows, as a run was interrupted. */
        TORN
    }

    private final Supplier<int[]> firsts;
    private BlockPattern pattern;
    private int valuesOfTask = TASK_VALUES;
    private State[] states = {};

    // Task after task; one of the two is empty.
    private char[] narrowNext = {};
    private int[] wideNext = {};

    /**
     * Of nothing, until {@link #replan}.
     *
     * @param pattern that of the weights
     * @param firsts gives anew for each column the item that its first weight becomes
     */
    ColumnScatter(BlockPattern pattern, Supplier<int[]> firsts) {
        this.pattern = pattern;
        this.firsts = firsts;
    }

    @Override
    public void replan(BlockPattern to, Visitor visitor) {
        pattern = to;
        int cols = to.cols();
        valuesOfTask = Math.max(TASK_VALUES, Math.multiplyExact(VALUES_OF_PLACE, Math.min(cols, 1 << 24)));
        boolean isNarrow = to.blocks() <= Character.MAX_VALUE;
        narrowNext = new char[isNarrow ? tasks() * cols : 0];
        wideNext = new int[isNarrow ? 0 : tasks() * cols];
        states = new State[tasks()];
        int[] next = firsts.get();
        for (int row = 0; row < to.rows(); row++) {
            for (int block = to.rowOffset(row); block < to.rowOffset(row + 1); block++) {
                if (block % valuesOfTask == 0) {
                    begin(block / valuesOfTask, next);
                }
                int col = to.gridCol(block);
                visitor.visit(next[col]++, row, col);
            }
        }
    }

    private void begin(int task, int[] next) {
        int cols = pattern.cols();
        int first = task * cols;
        for (int col = 0; col < cols; col++) {
            if (wideNext.length > 0) {
                wideNext[first + col] = next[col];
            } else {
                narrowNext[first + col] = (char) next[col];
            }
        }
        states[task] = State.BEFORE_FIRST;
    }

    private void beginAgain(int task) {
        int[] next = firsts.get();
        for (int block = 0; block < task * valuesOfTask; block++) {
            next[pattern.gridCol(block)]++;
        }
        begin(task, next);
    }

    @Override
    public int tasks() {
        return Math.ceilDiv(pattern.blocks(), valuesOfTask);
    }

    @Override
    public void copy(int task, MemorySegment from, MemorySegment to) {
        if (states[task] == State.TORN) {
            beginAgain(task);
        }
        boolean isBackward = states[task] == State.BEHIND_LAST;
        states[task] = State.TORN; // until all is done
        int first = task * valuesOfTask;
        int end = Math.min(first + valuesOfTask, pattern.blocks());
        copy(
                pattern.narrowCols(),
                pattern.wideCols(),
                narrowNext,
                wideNext,
                task * pattern.cols(),
                isBackward ? end - 1 : first,
                end - first,
                isBackward ? -1 : 1,
                from,
                to);
        states[task] = isBackward ? State.BEFORE_FIRST : State.BEHIND_LAST;
    }

    /** Fields would be read again after each store. */
    private static void copy(
            char[] narrowCols,
            int[] wideCols,
            char[] narrowNext,
            int[] wideNext,
            int places,
            int firstBlock,
            int count,
            int step,
            MemorySegment from,
            MemorySegment to) {
        int behind = Math.min(step, 0); // going back, the place is that of the weight behind
        int block = firstBlock;
        for (int i = 0; i < count; i++) {
            int place = places + (wideCols.length == 0 ? narrowCols[block] : wideCols[block]);
            int next;
            if (wideNext.length == 0) {
                next = narrowNext[place];
                narrowNext[place] = (char) (next + step);
            } else {
                next = wideNext[place];
                wideNext[place] = next + step;
            }
            to.set(FLOAT, (long) (next + behind) * Float.BYTES, from.get(FLOAT, (long) block * Float.BYTES));
            block += step;
        }
    }

    @Override
    public long heldBytes() {
        return (long) Character.BYTES * narrowNext.length + (long) Integer.BYTES * wideNext.length;
    }
}
