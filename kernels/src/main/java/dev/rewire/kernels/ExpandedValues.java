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
    private final boolean byLines;
    private int[] starts = new int[0];
    private short[] masks = new short[0];

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
        BlockPattern pattern = w.pattern();
        byLines = pattern.blockRows() * pattern.blockCols() == 1 && w.type() == ValueType.F32;
    }

    /** Sets the places. */
    void replan(BlockPattern pattern) {
        if (byLines) {
            lines(pattern);
        } else {
            memory.fill((byte) 0);
            places.replan(pattern);
        }
    }

    /** Single elements follow each other row by row, and so do those of a line. */
    private void lines(BlockPattern pattern) {
        if (starts.length == 0) {
            starts = new int[full.blocks() * full.blockRows()];
            masks = new short[starts.length];
        }
        for (int row = 0; row < pattern.rows(); row++) {
            int element = pattern.rowOffset(row);
            int end = pattern.rowOffset(row + 1);
            int line = row / full.blockRows() * full.gridCols() * full.blockRows() + row % full.blockRows();
            for (int col = 0; col < pattern.cols(); col += full.blockCols(), line += full.blockRows()) {
                starts[line] = element;
                int mask = 0;
                for (; element < end && pattern.gridCol(element) < col + full.blockCols(); element++) {
                    mask |= 1 << (pattern.gridCol(element) - col);
                }
                masks[line] = (short) mask;
            }
        }
    }

    @Override
    public MemorySegment memory() {
        return memory;
    }

    @Override
    public int tasks() {
        return byLines ? (starts.length + TASK_LINES - 1) / TASK_LINES : places.tasks();
    }

    @Override
    public void copy(int task, int worker) {
        MemorySegment source = w.memory();
        if (byLines) {
            int to = Math.min((task + 1) * TASK_LINES, starts.length);
            Providers.active().elementwise().expand(source, starts, masks, task * TASK_LINES, to, memory);
            return;
        }
        int end = places.end(task);
        for (int i = places.first(task); i < end; i++) {
            memory.setAtIndex(ValueLayout.JAVA_FLOAT, places.place(i), w.type().get(source, places.element(i)));
        }
    }
}
