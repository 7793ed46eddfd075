package dev.rewire.training;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Workers;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** Weights in blocks, of which only those of the pattern are stored; a dense layer has the full one. */
final class BlockWeights implements LayerWeights {
    private final BlockSparseMatrix weights;
    private final BlockSparseMatrix gradient;
    private final List<BlockSparseMatrix> slots = new ArrayList<>();
    private final Products products;

    /** As {@link LayerWeights#of}. */
    BlockWeights(
            KernelArena arena,
            BlockPattern pattern,
            int slotCount,
            DenseMatrix bias,
            boolean relu,
            LayerBuffers buffers,
            Engine engine,
            Workers workers) {
        weights = BlockSparseMatrix.allocate(arena, pattern);
        gradient = BlockSparseMatrix.allocate(arena, pattern);
        for (int slot = 0; slot < slotCount; slot++) {
            slots.add(BlockSparseMatrix.allocate(arena, pattern));
        }
        products = engine instanceof Engine.Dense dense
                ? new BackendProducts(dense.backend(), arena, weights, bias, gradient, relu, buffers)
                : new SparseProducts(arena, weights, bias, gradient, relu, buffers, workers);
    }

    @Override
    public void initialise(CounterRandom random) {
        BlockPattern p = weights.pattern();
        MemorySegment values = weights.values();
        for (int gridRow = 0; gridRow < p.gridRows(); gridRow++) {
            int rows = Math.min(p.blockRows(), p.rows() - gridRow * p.blockRows());
            double deviation = Math.sqrt(2.0 / Math.max(1, connections(gridRow)));
            for (int block = p.rowOffset(gridRow); block < p.rowOffset(gridRow + 1); block++) {
                int cols = colsOf(p, block);
                for (int row = 0; row < rows; row++) {
                    long first = ((long) block * p.blockRows() + row) * p.blockCols();
                    for (int col = 0; col < cols; col++) {
                        values.setAtIndex(
                                ValueLayout.JAVA_FLOAT, first + col, (float) (deviation * random.nextGaussian()));
                    }
                }
            }
        }
    }

    /** Stored connections of each output of a row of blocks. */
    private int connections(int gridRow) {
        BlockPattern p = weights.pattern();
        int count = 0;
        for (int block = p.rowOffset(gridRow); block < p.rowOffset(gridRow + 1); block++) {
            count += colsOf(p, block);
        }
        return count;
    }

    private static int colsOf(BlockPattern p, int block) {
        return Math.min(p.blockCols(), p.cols() - p.gridCol(block) * p.blockCols());
    }

    @Override
    public void update(Optimizer optimizer, long update, double rate, boolean rewires, Workers workers) {
        optimizer.update(weights, gradient, slots, update, rate, true, workers);
    }

    /** Moves to another pattern: places that both have keep weight and slots, new ones start at zero. */
    void rewire(BlockPattern next) {
        weights.rewire(next);
        gradient.rewire(next);
        for (BlockSparseMatrix slot : slots) {
            slot.rewire(next);
        }
        products.replan();
    }

    @Override
    public LayerPattern.Blocks pattern() {
        return new LayerPattern.Blocks(weights.pattern());
    }

    @Override
    public Products products() {
        return products;
    }

    @Override
    public long nonzeros() {
        long count = 0;
        BlockPattern p = weights.pattern();
        for (int gridRow = 0; gridRow < p.gridRows(); gridRow++) {
            count += (long) connections(gridRow) * Math.min(p.blockRows(), p.rows() - gridRow * p.blockRows());
        }
        return count;
    }

    @Override
    public List<MemorySegment> state() {
        List<MemorySegment> state = new ArrayList<>(List.of(weights.values()));
        slots.forEach(slot -> state.add(slot.values()));
        return state;
    }

    BlockSparseMatrix weights() {
        return weights;
    }

    BlockSparseMatrix gradient() {
        return gradient;
    }
}
