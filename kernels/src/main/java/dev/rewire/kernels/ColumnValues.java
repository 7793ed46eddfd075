package dev.rewire.kernels;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Single weights in another order, column by column, as the backward product walks them. Where they lie in rows each would fetch a cache
 * line of its own, for every panel again; copying them once per run costs less.
 */
final class ColumnValues implements PreparedValues {
    /** From so many on a product takes so long that copying, slower in less memory, is a small part of it: chosen on a busy AMD Zen 4, where at 128 samples it cost 20 %. */
    private static final int MANY_SAMPLES = 768;

    private final MemorySegment source;
    private final MemorySegment memory;
    private final boolean isOwn;
    private final ColumnCopy copy;
    private int[] offsets = {0};
    private char[] narrowRows = {};
    private int[] wideRows = {};

    /**
     * Makes room for the copy.
     *
     * @param arena where it comes from
     * @param pattern places of the weights
     * @param batch samples of the product
     * @param source the values
     * @param room where the copy is to lie, or null to take memory for it
     */
    ColumnValues(
            KernelArena arena, BlockPattern pattern, int batch, MemorySegment source, @Nullable MemorySegment room) {
        this.source = source;
        memory = room == null ? arena.allocate(source.byteSize()) : room;
        isOwn = room == null;
        copy = batch < MANY_SAMPLES ? new ColumnGather() : new ColumnScatter(pattern, () -> offsets.clone());
    }

    /** Sets the places: those of single weights. */
    void replan(BlockPattern pattern) {
        int blocks = pattern.blocks();
        boolean isNarrow = BlockPattern.areNarrow(pattern.rows());
        offsets = ColumnOrder.offsets(pattern);
        if (Math.max(narrowRows.length, wideRows.length) < blocks) {
            narrowRows = new char[isNarrow ? blocks : 0];
            wideRows = new int[isNarrow ? 0 : blocks];
        }
        copy.replan(pattern, (item, row, col) -> {
            if (isNarrow) {
                narrowRows[item] = (char) row;
            } else {
                wideRows[item] = row;
            }
        });
    }

    @Override
    public long heldBytes() {
        return (isOwn ? memory.byteSize() : 0)
                + (long) Integer.BYTES * (offsets.length + wideRows.length)
                + (long) Character.BYTES * narrowRows.length
                + copy.heldBytes();
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
        return copy.tasks();
    }

    @Override
    public void copy(int task, int worker) {
        copy.copy(task, source, memory);
    }
}
