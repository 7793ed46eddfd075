package dev.rewire.kernels;

import dev.rewire.kernels.internal.ElementwiseKernels;
import dev.rewire.kernels.internal.WorkerTask;
import dev.rewire.kernels.internal.scalar.Idle;
import java.lang.foreign.MemorySegment;

/** {@link Updates#sumOverBatch}, some features in each task; used again by later calls, so that only first ones allocate. */
final class BatchSums implements WorkerTask {
    private static final int FEATURES_OF_TASK = 64;
    private static final Idle<BatchSums> IDLE = new Idle<>(BatchSums::new);

    private final ElementwiseKernels kernels = Providers.active().elementwise();
    private MemorySegment dy = MemorySegment.NULL;
    private MemorySegment sums = MemorySegment.NULL;
    private long panelStride;
    private int panels;
    private int lanes;
    private int features;

    private BatchSums() {}

    static void run(PanelMatrix dy, DenseMatrix sums, Workers workers) {
        BatchSums pass = IDLE.take();
        StackRoom.reserve();
        dy.arena().acquire("dy");
        try {
            // Not before it is known to be alive: freed memory may have been given to the sums.
            Check.apart("sums", sums, "dy", dy.segment(), dy.segment().byteSize());
            pass.dy = dy.segment();
            pass.sums = sums.segment();
            pass.panelStride = dy.panelStride() * Float.BYTES;
            pass.panels = dy.panels();
            pass.lanes = dy.lanes();
            pass.features = dy.cols();
            workers.run(Math.ceilDiv(dy.cols(), FEATURES_OF_TASK), pass);
        } finally {
            dy.arena().release();
            pass.dy = MemorySegment.NULL;
            pass.sums = MemorySegment.NULL;
            IDLE.give(pass);
        }
    }

    @Override
    public void run(int task, int worker) {
        int from = task * FEATURES_OF_TASK;
        int to = Math.min(from + FEATURES_OF_TASK, features);
        kernels.sumOverBatch(dy, panelStride, panels, lanes, from, to, sums);
    }
}
