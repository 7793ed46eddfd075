package dev.rewire.kernels;

import dev.rewire.kernels.internal.KernelProvider;
import dev.rewire.kernels.internal.SquareSddmmKernel;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * SDDMM of single elements in squares.
 *
 * @param order the squares
 * @param kernel writes sums
 * @param addingKernel adds to them
 */
record SddmmSquares(SquareOrder order, SquareSddmmKernel kernel, SquareSddmmKernel addingKernel) {
    /** For panels of so many lanes and samples; null where squares do not pay. */
    static @Nullable SddmmSquares of(BlockPattern pattern, int lanes, int samples) {
        SquareOrder order = SquareOrder.of(pattern);
        if (order == null) {
            return null;
        }
        KernelProvider provider = Providers.active();
        SquareSddmmKernel kernel = provider.squareSddmm(lanes, samples, false);
        SquareSddmmKernel addingKernel = provider.squareSddmm(lanes, samples, true);
        return kernel == null || addingKernel == null ? null : new SddmmSquares(order, kernel, addingKernel);
    }

    /** Computes the tiles of a task over some panels, and after the last of the batch brings them to where they belong. */
    void run(
            int task,
            int tasks,
            boolean isFirst,
            boolean isLast,
            int panels,
            PanelMatrix gradient,
            PanelMatrix input,
            MemorySegment sums,
            MemorySegment target,
            boolean accumulate) {
        int end = (int) ((task + 1L) * order.count() / tasks);
        for (int panel = 0; panel < panels; panel += SquareOrder.PANELS) {
            int some = Math.min(SquareOrder.PANELS, panels - panel);
            for (int tile = (int) ((long) task * order.count() / tasks); tile < end; tile++) {
                (isFirst && panel == 0 ? kernel : addingKernel)
                        .run(
                                order.rows(),
                                order.cols(),
                                order.firstRow(tile),
                                order.endOfSquares(tile),
                                order.firstRow(tile + 1),
                                panel,
                                some,
                                gradient.segment(),
                                gradient.panelStride() * Float.BYTES,
                                input.segment(),
                                input.panelStride() * Float.BYTES,
                                sums);
                if (isLast && panel + some == panels) {
                    order.store(tile, sums, target, accumulate);
                }
            }
        }
    }
}
