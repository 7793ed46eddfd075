package dev.rewire.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The values of a matrix of 1×1 blocks, column by column, as the backward product walks them. Where they lie in rows each would fetch a cache
 * line of its own, for every panel again; copying them once per run costs less.
 */
final class TransposedValues {
    private static final int TASK_VALUES = 16 * 1024;

    private final BlockSparseMatrix w;
    private final MemorySegment memory;

    TransposedValues(KernelArena arena, BlockSparseMatrix w) {
        this.w = w;
        memory = arena.allocate(w.memory().byteSize());
    }

    /** Whether copying pays: larger blocks use more of a line. */
    static boolean pay(BlockPattern pattern) {
        return pattern.blockRows() == 1 && pattern.blockCols() == 1;
    }

    MemorySegment memory() {
        return memory;
    }

    int tasks() {
        return (w.pattern().blocks() + TASK_VALUES - 1) / TASK_VALUES;
    }

    void copy(int task) {
        int[] order = w.pattern().transposedOrder();
        MemorySegment values = w.memory();
        int to = Math.min((task + 1) * TASK_VALUES, order.length);
        for (int item = task * TASK_VALUES; item < to; item++) {
            memory.setAtIndex(ValueLayout.JAVA_FLOAT, item, values.getAtIndex(ValueLayout.JAVA_FLOAT, order[item]));
        }
    }
}
