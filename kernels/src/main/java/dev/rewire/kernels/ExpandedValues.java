package dev.rewire.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Values of a matrix with the zeros between them, in the order of blocks that cover all of it. */
final class ExpandedValues implements PreparedValues {
    /** Lines of 16 places of a task, where elements are copied line by line. */
    private static final int TASK_LINES = 2048;

    private final StoredValues w;
    private final BlockPattern full;
    private final MemorySegment memory;
    private final DensePlaces places;
    private final Lines lines;
    private final boolean byLines;

    /**
     * Makes room for the copy.
     *
     * @param arena where it comes from
     * @param w the values
     * @param full the blocks that cover the matrix, 16 columns wide
     */
    ExpandedValues(KernelArena arena, StoredValues w, BlockPattern full) {
        this.w = w;
        this.full = full;
        memory = arena.allocate(full.storedElements() * Float.BYTES);
        places = new DensePlaces(full);
        lines = new Lines(full);
        byLines = Lines.fit(w.pattern()) && w.type() == ValueType.F32;
    }

    /** Sets the places. */
    void replan(BlockPattern pattern) {
        if (byLines) {
            lines.replan(pattern);
        } else {
            memory.fill((byte) 0);
            places.replan(pattern);
        }
    }

    @Override
    public MemorySegment memory() {
        return memory;
    }

    @Override
    public long heldBytes() {
        return memory.byteSize() + lines.heldBytes() + places.heldBytes();
    }

    @Override
    public int tasks() {
        return byLines ? (lines.count() + TASK_LINES - 1) / TASK_LINES : full.gridRows();
    }

    @Override
    public void copy(int task, int worker) {
        MemorySegment source = w.memory();
        if (byLines) {
            int to = Math.min((task + 1) * TASK_LINES, lines.count());
            Providers.active()
                    .elementwise()
                    .expand(source, lines.starts(), lines.masks(), task * TASK_LINES, to, memory);
            return;
        }
        int end = places.end(task);
        for (int i = places.first(task); i < end; i++) {
            memory.setAtIndex(ValueLayout.JAVA_FLOAT, places.place(i), w.type().get(source, places.element(i)));
        }
    }
}
