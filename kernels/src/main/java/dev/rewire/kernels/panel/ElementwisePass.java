package dev.rewire.kernels.panel;

import dev.rewire.kernels.Activation;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.kernels.internal.PanelKernels;
import dev.rewire.kernels.internal.WorkerTask;
import dev.rewire.kernels.internal.scalar.Idle;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** An element-wise loop over panels, some features of a panel in each task; used again by later calls, so that only first ones allocate. */
final class ElementwisePass implements WorkerTask {
    private static final int FLOATS_OF_TASK = 32 * 1024;
    private static final Idle<ElementwisePass> IDLE = new Idle<>(ElementwisePass::new);

    /** What is done to floats {@code from} to {@code to} of the operands. */
    interface Operation {
        void run(PanelKernels kernels, ElementwisePass operands, long from, long to);
    }

    private Operation operation = (kernels, operands, from, to) -> {};

    MemorySegment a = MemorySegment.NULL;
    MemorySegment b = MemorySegment.NULL;
    MemorySegment y = MemorySegment.NULL;
    Activation activation = Activation.NONE;
    int lanes;

    // Of dropout.
    long key;
    int threshold;
    float scale;

    private final PanelKernels kernels = Runs.RUNS.kernels().panels();
    private long panelStride;
    private int features;
    private int featuresOfTask;
    private int tasksOfPanel;

    private ElementwisePass() {}

    /** One that no other call has. */
    static ElementwisePass take() {
        return IDLE.take();
    }

    /** Runs, and gives it back. All operands have the shape of y. */
    void run(Operation of, Workers workers, PanelMatrix y, PanelMatrix a, @Nullable PanelMatrix b) {
        operation = of;
        this.y = y.segment();
        this.a = a.segment();
        this.b = b == null ? MemorySegment.NULL : b.segment();
        lanes = y.lanes();
        panelStride = y.panelStride();
        features = y.cols();
        featuresOfTask = FLOATS_OF_TASK / lanes;
        tasksOfPanel = Math.ceilDiv(features, featuresOfTask);
        try {
            Runs.RUNS.run(workers, y.panels() * tasksOfPanel, this, y, a, b, null);
        } finally {
            this.y = MemorySegment.NULL;
            this.a = MemorySegment.NULL;
            this.b = MemorySegment.NULL;
            IDLE.give(this);
        }
    }

    @Override
    public void run(int task, int worker) {
        int feature = firstFeature(task);
        long from = task / tasksOfPanel * panelStride + (long) feature * lanes;
        int count = Math.min(featuresOfTask, features - feature);
        operation.run(kernels, this, from, from + (long) count * lanes);
    }

    private int firstFeature(int task) {
        return task % tasksOfPanel * featuresOfTask;
    }

    /** The panel that a float lies in. */
    int panel(long from) {
        return (int) (from / panelStride);
    }

    /** The feature that a float is of. */
    int feature(long from) {
        return (int) (from % panelStride / lanes);
    }
}
