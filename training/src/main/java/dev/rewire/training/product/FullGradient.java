package dev.rewire.training.product;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.Epilogue;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.SpmmPlan;
import dev.rewire.kernels.Workers;
import dev.rewire.training.parameter.GradientBands;
import java.lang.foreign.MemorySegment;

/**
 * The gradient of all weights of a layer, a band of rows at a time, as a forward product whose weights are dyᵀ and whose samples are the inputs:
 * {@code dWᵀ = xᵀ·dy}. Its sums run over the batch one sample after the other, in all lanes at once, so that no lanes have to be added up: 1.4 times
 * as fast as backward to the weights on a full pattern at a batch of 128.
 */
final class FullGradient implements GradientBands {
    /** As many as leave a gradient of 1024 inputs in the second-level caches of two processors. */
    private static final int ROWS_OF_BAND = 256;

    private static final int BLOCK_ROWS = 16;

    private final LayerBuffers buffers;
    private final Workers workers;
    private final BlockSparseMatrix dy;
    private final PanelMatrix x;
    private final PanelMatrix band;
    private final SpmmPlan product;

    /**
     * Prepares the product.
     *
     * @param arena where memory comes from
     * @param buffers the layer's
     * @param workers who computes
     */
    FullGradient(KernelArena arena, LayerBuffers buffers, Workers workers) {
        this.buffers = buffers;
        this.workers = workers;
        int batch = buffers.x().rows();
        int in = buffers.x().cols();
        int rows = Math.min(ROWS_OF_BAND, buffers.dy().cols());
        dy = BlockSparseMatrix.allocate(
                arena, BlockPattern.full(rows, batch, BLOCK_ROWS, buffers.dy().lanes()));
        x = PanelMatrix.allocate(arena, in, batch);
        band = PanelMatrix.allocate(arena, in, rows);
        product = SpmmPlan.forward(arena, dy, in, Layout.PANELS, Epilogue.NONE, workers);
    }

    @Override
    public void begin() {
        buffers.x().transpose(x, workers);
    }

    @Override
    public PanelMatrix band() {
        return band;
    }

    @Override
    public void computeBand(int firstRow) {
        copyOutputs(firstRow);
        product.run(x, band);
    }

    /** A block is as wide as a panel and has the samples of an output next to each other, too. */
    private void copyOutputs(int firstRow) {
        PanelMatrix from = buffers.dy();
        MemorySegment to = dy.values();
        BlockPattern blocks = dy.pattern();
        long rowBytes = (long) from.lanes() * Float.BYTES;
        int end = Math.min(firstRow + blocks.rows(), from.cols());
        long blockBytes = BLOCK_ROWS * rowBytes;
        int block = 0;
        for (int first = firstRow; first < end; first += BLOCK_ROWS) {
            long bytes = Math.min(BLOCK_ROWS, end - first) * rowBytes;
            for (int panel = 0; panel < blocks.gridCols(); panel++, block++) {
                long source = panel * from.panelStride() * Float.BYTES + first * rowBytes;
                MemorySegment.copy(from.segment(), source, to, block * blockBytes, bytes);
            }
        }
    }
}
