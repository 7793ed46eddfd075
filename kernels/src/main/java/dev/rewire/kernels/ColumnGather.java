package dev.rewire.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Copies single weights column by column. Where each comes from is told in 16 bits, as the distance from the one before: in 32 it would take as much memory as the
 * weight.
 */
final class ColumnGather implements ColumnCopy {
    private static final int TASK_VALUES = 16 * 1024;

    /** For a weight that lies farther away, or is the first of its column. */
    private static final char FAR = Character.MAX_VALUE;

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private int count;
    private char[] distances = {};

    /** The numbers of weights that are {@link #FAR}. */
    private int[] far = {};

    // For each task what was before it.
    private int[] farBefore = {};
    private int[] lastBefore = {};

    @Override
    public void replan(BlockPattern pattern, Visitor visitor) {
        count = pattern.blocks();
        if (distances.length < count) {
            distances = new char[count];
        }
        int[] offsets = ColumnOrder.offsets(pattern);
        int[] next = offsets.clone();
        int[] last = new int[pattern.cols()];
        int[] rows = new int[count];
        Arrays.fill(last, -FAR); // nothing before the first of a column is near
        int countOfFar = 0;
        for (int row = 0; row < pattern.rows(); row++) {
            for (int block = pattern.rowOffset(row); block < pattern.rowOffset(row + 1); block++) {
                int col = pattern.gridCol(block);
                int item = next[col]++;
                visitor.visit(item, row, col);
                rows[item] = row;
                int distance = Math.min(block - last[col], FAR);
                countOfFar += distance == FAR ? 1 : 0;
                distances[item] = (char) distance;
                last[col] = block;
            }
        }
        setFar(pattern, offsets, rows, countOfFar);
    }

    private void setFar(BlockPattern pattern, int[] offsets, int[] rows, int countOfFar) {
        if (far.length < countOfFar) {
            far = new int[countOfFar];
        }
        farBefore = new int[tasks()];
        lastBefore = new int[tasks()];
        int found = 0;
        int block = 0;
        for (int col = 0; col < pattern.cols(); col++) {
            for (int item = offsets[col]; item < offsets[col + 1]; item++) {
                if (item % TASK_VALUES == 0) {
                    farBefore[item / TASK_VALUES] = found;
                    lastBefore[item / TASK_VALUES] = block;
                }
                block += distances[item];
                if (distances[item] == FAR) {
                    block = pattern.find(rows[item], col);
                    far[found++] = block;
                }
            }
        }
    }

    @Override
    public int tasks() {
        return Math.ceilDiv(count, TASK_VALUES);
    }

    @Override
    public void copy(int task, MemorySegment from, MemorySegment to) {
        copy(
                distances,
                task * TASK_VALUES,
                Math.min((task + 1) * TASK_VALUES, count),
                lastBefore[task],
                far,
                farBefore[task],
                from,
                to);
    }

    /** Fields would be read again after each store. */
    private static void copy(
            char[] distances,
            int first,
            int end,
            int before,
            int[] far,
            int farBefore,
            MemorySegment from,
            MemorySegment to) {
        int block = before;
        int nextFar = farBefore;
        for (int item = first; item < end; item++) {
            char distance = distances[item];
            if (distance == FAR) {
                block = far[nextFar++];
            } else {
                block += distance;
            }
            to.set(FLOAT, (long) item * Float.BYTES, from.get(FLOAT, (long) block * Float.BYTES));
        }
    }

    @Override
    public long heldBytes() {
        return (long) Integer.BYTES * (far.length + farBefore.length + lastBefore.length)
                + (long) Character.BYTES * distances.length;
    }
}
