package dev.rewire.training;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.Epilogue;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.SpmmPlan;
import dev.rewire.kernels.Workers;
import java.lang.foreign.MemorySegment;

/**
 * The gradient of all weights, row-major, as a forward product whose weights are dyᵀ and whose samples are the inputs: {@code dW = dyᵀ·x}. Its sums run over
 * the batch one sample after the other, in all lanes at once, so that no lanes have to be added up: 1.35 times as fast as backward to the weights on a full
 * pattern at a batch of 128, with both operands copied.
 */
final class FullGradient implements WeightGradient {
    private static final int BLOCK_ROWS = 16;

    private final LayerBuffers buffers;
    private final Workers workers;
    private final BlockSparseMatrix dy;
    private final DenseMatrix x;
    private final DenseMatrix gradient;
    private final SpmmPlan product;

    /**
     * Prepares the product.
     *
     * @param arena where memory comes from
     * @param buffers the layer's
     * @param gradient out × in, overwritten by each run
     * @param workers who computes
     */
    FullGradient(KernelArena arena, LayerBuffers buffers, DenseMatrix gradient, Workers workers) {
        this.buffers = buffers;
        this.workers = workers;
        this.gradient = gradient;
        int batch = buffers.x().rows();
        int lanes = buffers.dy().lanes();
        dy = BlockSparseMatrix.allocate(arena, BlockPattern.full(gradient.rows(), batch, BLOCK_ROWS, lanes));
        x = DenseMatrix.allocate(arena, batch, gradient.cols());
        product =
                SpmmPlan.forward(arena, dy, gradient.cols(), Layout.FEATURE_MAJOR, Epilogue.NONE, workers);
    }

    @Override
    public void run() {
        copyOutputs();
        buffers.x().unpack(x, workers);
        product.run(x, gradient);
    }

    /** A block is as wide as a panel and has the samples of an output next to each other, too. */
    private void copyOutputs() {
        PanelMatrix from = buffers.dy();
        MemorySegment to = dy.values();
        BlockPattern blocks = dy.pattern();
        long rowBytes = (long) from.lanes() * Float.BYTES;
        for (int first = 0, block = 0; first < from.cols(); first += BLOCK_ROWS) {
            long bytes = Math.min(BLOCK_ROWS, from.cols() - first) * rowBytes;
            for (int panel = 0; panel < blocks.gridCols(); panel++, block++) {
                long source = panel * from.panelStride() * Float.BYTES + first * rowBytes;
                MemorySegment.copy(from.segment(), source, to, block * BLOCK_ROWS * rowBytes, bytes);
            }
        }
    }
}
