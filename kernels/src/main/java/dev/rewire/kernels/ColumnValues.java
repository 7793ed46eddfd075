package dev.rewire.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Single weights in another order, column by column, as the backward product walks them. Where they lie in rows each would fetch a cache
 * line of its own, for every panel again; copying them once per run costs less. Where each comes from is told in 16 bits, as the distance from the one before: in 32 it
 * would take as much memory as the weight.
 */
final class ColumnValues implements PreparedValues {
    private static final int TASK_VALUES = 16 * 1024;

    /** For a weight that lies farther away, or is the first of its column. */
    private static final char FAR = Character.MAX_VALUE;

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final MemorySegment source;
    private final MemorySegment memory;
    private final boolean isOwn;
    private int[] offsets = {0};
    private char[] narrowRows = {};
    private int[] wideRows = {};
    private char[] distances = {};

    /** The numbers of weights that are {@link #FAR}. */
    private int[] far = {};

    // For each task what was before it.
    private int[] farBefore = {};
    private int[] lastBefore = {};

    /**
     * Makes room for the copy.
     *
     * @param arena where it comes from
     * @param source the values
     * @param room where the copy is to lie, or null to take memory for it
     */
    ColumnValues(KernelArena arena, MemorySegment source, @Nullable MemorySegment room) {
        this.source = source;
        memory = room == null ? arena.allocate(source.byteSize()) : room;
        isOwn = room == null;
    }

    /** Sets the places: those of single weights. */
    void replan(BlockPattern pattern) {
        int blocks = pattern.blocks();
        boolean isNarrow = BlockPattern.areNarrow(pattern.rows());
        offsets = ColumnOrder.offsets(pattern);
        if (distances.length < blocks) {
            narrowRows = new char[isNarrow ? blocks : 0];
            wideRows = new int[isNarrow ? 0 : blocks];
            distances = new char[blocks];
        }
        int[] next = offsets.clone();
        int[] last = new int[pattern.cols()];
        Arrays.fill(last, -FAR); // nothing before the first of a column is near
        int countOfFar = 0;
        for (int row = 0; row < pattern.rows(); row++) {
            for (int block = pattern.rowOffset(row); block < pattern.rowOffset(row + 1); block++) {
                int col = pattern.gridCol(block);
                int item = next[col]++;
                if (isNarrow) {
                    narrowRows[item] = (char) row;
                } else {
                    wideRows[item] = row;
                }
                int distance = Math.min(block - last[col], FAR);
                countOfFar += distance == FAR ? 1 : 0;
                distances[item] = (char) distance;
                last[col] = block;
            }
        }
        setFar(pattern, countOfFar);
    }

    private void setFar(BlockPattern pattern, int count) {
        if (far.length < count) {
            far = new int[count];
        }
        int tasks = tasks();
        farBefore = new int[tasks];
        lastBefore = new int[tasks];
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
                    block = pattern.find(row(item), col);
                    far[found++] = block;
                }
            }
        }
    }

    @Override
    public long heldBytes() {
        return (isOwn ? memory.byteSize() : 0)
                + (long) Integer.BYTES
                        * (offsets.length + wideRows.length + far.length + farBefore.length + lastBefore.length)
                + (long) Character.BYTES * (narrowRows.length + distances.length);
    }

    private int row(int item) {
        return wideRows.length == 0 ? narrowRows[item] : wideRows[item];
    }

    /** For each column its first weight, and the number of weights at the end. */
    int[] offsets() {
        return offsets;
    }

    /** For each weight its row, if 16 bits tell which; otherwise empty. */
    char[] narrowRows() {
        return narrowRows;
    }

    /** For each weight its row, if that takes 32 bits; otherwise empty. */
    int[] wideRows() {
        return wideRows;
    }

    @Override
    public MemorySegment memory() {
        return memory;
    }

    @Override
    public int tasks() {
        return Math.ceilDiv(offsets[offsets.length - 1], TASK_VALUES);
    }

    @Override
    public void copy(int task, int worker) {
        copy(
                distances,
                task * TASK_VALUES,
                Math.min((task + 1) * TASK_VALUES, offsets[offsets.length - 1]),
                lastBefore[task],
                far,
                farBefore[task],
                source,
                memory);
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
}
