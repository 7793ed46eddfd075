package dev.rewire.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The values of a matrix in another order, column by column, as the backward product walks them. Where they lie in rows each would fetch a cache
 * line of its own, for every panel again; copying them once per run costs less.
 */
final class OrderedValues implements PreparedValues {
    private static final int TASK_VALUES = 16 * 1024;

    private final MemorySegment source;
    private final MemorySegment memory;
    private int[] order;
    private int count;

    /**
     * Makes room for the copy.
     *
     * @param arena where it comes from
     * @param source the values
     */
    OrderedValues(KernelArena arena, MemorySegment source) {
        this.source = source;
        memory = arena.allocate(source.byteSize());
        order = new int[0];
    }

    /**
     * Sets the order.
     *
     * @param order for each value of the copy its number in the source
     * @param count how many values
     */
    void replan(int[] order, int count) {
        this.order = order;
        this.count = count;
    }

    @Override
    public MemorySegment memory() {
        return memory;
    }

    @Override
    public long heldBytes() {
        return memory.byteSize() + (long) order.length * Integer.BYTES;
    }

    @Override
    public int tasks() {
        return (count + TASK_VALUES - 1) / TASK_VALUES;
    }

    @Override
    public void copy(int task, int worker) {
        int to = Math.min((task + 1) * TASK_VALUES, count);
        for (int item = task * TASK_VALUES; item < to; item++) {
            memory.setAtIndex(ValueLayout.JAVA_FLOAT, item, source.getAtIndex(ValueLayout.JAVA_FLOAT, order[item]));
        }
    }
}
