package dev.rewire.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The gradient of all places, and from it those that are stored. */
final class DenseSddmm {
    private static final int TASK_VALUES = 16 * 1024;

    private final BlockSparseMatrix all;
    private final SddmmPlan plan;
    private int[] places = new int[0];
    private int count;

    DenseSddmm(KernelArena arena, BlockPattern pattern, int batch, Layout layout, Workers workers) {
        int block = ExpandedWeights.BLOCK;
        all = BlockSparseMatrix.allocate(arena, BlockPattern.full(pattern.rows(), pattern.cols(), block, block));
        plan = SddmmPlan.backwardWeight(arena, all, batch, layout, false, workers, PlanChoice.STORED);
    }

    /** Sets the places that are stored. */
    void replan(BlockPattern pattern) {
        if (places.length < pattern.storedElements()) {
            places = new int[Math.toIntExact(pattern.storedElements())];
        }
        count = ExpandedValues.places(pattern, all.pattern(), places);
    }

    void run(PanelMatrix dy, PanelMatrix x) {
        plan.run(dy, x);
    }

    void run(DenseMatrix dy, DenseMatrix x) {
        plan.run(dy, x);
    }

    int tasks() {
        return (count + TASK_VALUES - 1) / TASK_VALUES;
    }

    /** Brings stored places to the values of dW; what lies outside of the matrix is zero. */
    void store(int task, MemorySegment target, boolean add) {
        MemorySegment source = all.memory();
        int to = Math.min((task + 1) * TASK_VALUES, count);
        for (int i = task * TASK_VALUES; i < to; i++) {
            int place = places[i];
            float sum = place == ExpandedValues.NOWHERE ? 0 : source.getAtIndex(ValueLayout.JAVA_FLOAT, place);
            if (add) {
                sum += target.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            }
            target.setAtIndex(ValueLayout.JAVA_FLOAT, i, sum);
        }
    }
}
