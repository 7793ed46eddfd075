package dev.rewire.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Values of a matrix with the zeros between them, in the order of blocks that cover all of it. The zeros are written once for a pattern, the values by each run. */
final class ExpandedValues implements PreparedValues {
    private static final int TASK_VALUES = 16 * 1024;

    /** The target of what lies outside of the matrix, in blocks at its edge. */
    static final int NOWHERE = -1;

    private final StoredValues w;
    private final MemorySegment memory;
    private int[] targets = new int[0];
    private int count;

    /**
     * Makes room for the copy.
     *
     * @param arena where it comes from
     * @param w the values
     * @param full the blocks that cover the matrix
     */
    ExpandedValues(KernelArena arena, StoredValues w, BlockPattern full) {
        this.w = w;
        memory = arena.allocate(full.storedElements() * Float.BYTES);
    }

    /** Sets the places. */
    void replan(BlockPattern pattern, BlockPattern full) {
        memory.fill((byte) 0);
        if (targets.length < pattern.storedElements()) {
            targets = new int[Math.toIntExact(pattern.storedElements())];
        }
        count = places(pattern, full, targets);
    }

    /**
     * Where stored elements lie among blocks that are all there.
     *
     * @param pattern of what is stored
     * @param full the pattern of all
     * @param places for each stored element its number among all, or {@link #NOWHERE}
     * @return how many are stored
     */
    static int places(BlockPattern pattern, BlockPattern full, int[] places) {
        int height = full.blockRows();
        int width = full.blockCols();
        int element = 0;
        for (int gridRow = 0; gridRow < pattern.gridRows(); gridRow++) {
            for (int block = pattern.rowOffset(gridRow); block < pattern.rowOffset(gridRow + 1); block++) {
                int firstCol = pattern.gridCol(block) * pattern.blockCols();
                for (int i = 0; i < pattern.blockRows(); i++) {
                    int row = gridRow * pattern.blockRows() + i;
                    for (int j = 0; j < pattern.blockCols(); j++) {
                        int col = firstCol + j;
                        int inFull = row / height * full.gridCols() + col / width;
                        places[element++] = row < pattern.rows() && col < pattern.cols()
                                ? (inFull * height + row % height) * width + col % width
                                : NOWHERE;
                    }
                }
            }
        }
        return element;
    }

    @Override
    public MemorySegment memory() {
        return memory;
    }

    @Override
    public int tasks() {
        return (count + TASK_VALUES - 1) / TASK_VALUES;
    }

    @Override
    public void copy(int task, int worker) {
        int to = Math.min((task + 1) * TASK_VALUES, count);
        MemorySegment source = w.memory();
        for (int i = task * TASK_VALUES; i < to; i++) {
            int target = targets[i];
            if (target != NOWHERE) {
                float value = w.type() == ValueType.F32
                        ? source.getAtIndex(ValueLayout.JAVA_FLOAT, i)
                        : w.type().get(source, i);
                memory.setAtIndex(ValueLayout.JAVA_FLOAT, target, value);
            }
        }
    }
}
