package dev.rewire.training.product;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.ConvGradient;
import dev.rewire.kernels.ConvShape;
import dev.rewire.kernels.DenseGradient;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Workers;
import dev.rewire.training.parameter.WeightSpec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** The gradient of all weights of a convolution, stored or not, and the L1 norms of its blocks. */
final class FullConvGradient {
    /** What the kernels like best, where it lies inside a tap. */
    static final int BLOCK = 16;

    private final BlockPattern grid;
    private final LayerBuffers buffers;
    private final BlockSparseMatrix gradient;
    private final ConvGradient product;
    private final float[] norms;

    FullConvGradient(KernelArena arena, ConvShape shape, BlockPattern grid, LayerBuffers buffers, Workers workers) {
        this.grid = grid;
        this.buffers = buffers;
        int width = WeightSpec.widest(shape.input().channels(), BLOCK);
        gradient = BlockSparseMatrix.allocate(
                arena, BlockPattern.full(grid.rows(), grid.cols(), Math.min(BLOCK, grid.rows()), width));
        product = ConvGradient.prepare(arena, gradient, shape, buffers.x().rows(), false, workers);
        norms = new float[grid.gridCols()];
    }

    void score(DenseGradient.RowSink rows) {
        product.run(buffers.dy(), buffers.x());
        for (int gridRow = 0; gridRow < grid.gridRows(); gridRow++) {
            Arrays.fill(norms, 0);
            int end = Math.min(grid.rows(), (gridRow + 1) * grid.blockRows());
            for (int row = gridRow * grid.blockRows(); row < end; row++) {
                addRow(row);
            }
            rows.accept(gridRow, norms);
        }
    }

    private void addRow(int row) {
        BlockPattern full = gradient.pattern();
        MemorySegment values = gradient.values();
        int width = full.blockCols();
        long blockFloats = (long) full.blockRows() * width;
        long first =
                (long) row / full.blockRows() * full.gridCols() * blockFloats + (long) row % full.blockRows() * width;
        for (int col = 0; col < grid.cols(); col++) {
            float value = values.getAtIndex(ValueLayout.JAVA_FLOAT, first + col / width * blockFloats + col % width);
            norms[col / grid.blockCols()] += Math.abs(value);
        }
    }
}
