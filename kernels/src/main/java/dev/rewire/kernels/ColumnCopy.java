package dev.rewire.kernels;

import java.lang.foreign.MemorySegment;

/** A way to copy single weights, which lie row by row, into an order of their columns. */
sealed interface ColumnCopy permits ColumnGather, ColumnScatter {
    /** What is told of each weight. */
    interface Visitor {
        void visit(int item, int row, int col);
    }

    /**
     * Sets the pattern.
     *
     * @param pattern one of single weights
     * @param visitor is told which item each weight becomes
     */
    void replan(BlockPattern pattern, Visitor visitor);

    /** Into how many tasks the copying is cut. */
    int tasks();

    /** Does one of them. */
    void copy(int task, MemorySegment from, MemorySegment to);

    /** Bytes of what tells where weights belong. */
    long heldBytes();
}
