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

    /** Sums a tile over some panels; the sums are written, or added to those of panels before. */
    void multiply(
            int tile, int firstPanel, int panels, PanelMatrix dy, PanelMatrix x, MemorySegment sums, boolean add) {
        (add ? addingKernel : kernel)
                .run(
                        order.rows(),
                        order.cols(),
                        order.firstRow(tile),
                        order.endOfSquares(tile),
                        order.firstRow(tile + 1),
                        firstPanel,
                        panels,
                        dy.segment(),
                        dy.panelStride() * Float.BYTES,
                        x.segment(),
                        x.panelStride() * Float.BYTES,
                        sums);
    }
}
