package dev.rewire.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The gradient of all places, and from it those that are stored. */
final class DenseSddmm {
    private final BlockSparseMatrix all;
    private final SddmmPlan plan;
    private final DensePlaces places;

    DenseSddmm(KernelArena arena, BlockPattern pattern, int batch, Layout layout, Workers workers) {
        int block = ExpandedWeights.BLOCK;
        all = BlockSparseMatrix.allocate(arena, BlockPattern.full(pattern.rows(), pattern.cols(), block, block));
        places = new DensePlaces(all.pattern());
        plan = SddmmPlan.backwardWeight(arena, all, batch, layout, false, workers, PlanChoice.STORED);
    }

    /** Sets the places that are stored. */
    void replan(BlockPattern pattern) {
        places.replan(pattern);
    }

    void run(PanelMatrix dy, PanelMatrix x) {
        plan.run(dy, x);
    }

    void run(DenseMatrix dy, DenseMatrix x) {
        plan.run(dy, x);
    }

    int tasks() {
        return places.tasks();
    }

    /** Brings stored places to the values of dW, but for what lies outside of the matrix. */
    void store(int task, MemorySegment target, boolean add) {
        MemorySegment source = all.memory();
        int end = places.end(task);
        for (int i = places.first(task); i < end; i++) {
            float sum = source.getAtIndex(ValueLayout.JAVA_FLOAT, places.place(i));
            if (add) {
                sum += target.getAtIndex(ValueLayout.JAVA_FLOAT, places.element(i));
            }
            target.setAtIndex(ValueLayout.JAVA_FLOAT, places.element(i), sum);
        }
    }
}
