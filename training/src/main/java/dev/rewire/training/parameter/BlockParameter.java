package dev.rewire.training.parameter;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Workers;
import dev.rewire.training.random.CounterRandom;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** Weights in blocks, of which only those of the pattern are stored; a dense layer has the full one. */
public final class BlockParameter implements SparseParameter {
    private final BlockSparseMatrix values;
    private final BlockSparseMatrix gradient;
    private final List<BlockSparseMatrix> slots = new ArrayList<>();
    private ParameterListener listener = ParameterListener.NONE;

    /**
     * Weights that are zero.
     *
     * @param arena where memory comes from
     * @param pattern which blocks there are, out × in
     * @param slotCount slots of the optimiser
     */
    public BlockParameter(KernelArena arena, BlockPattern pattern, int slotCount) {
        values = BlockSparseMatrix.allocate(arena, pattern);
        gradient = BlockSparseMatrix.allocate(arena, pattern);
        for (int slot = 0; slot < slotCount; slot++) {
            slots.add(BlockSparseMatrix.allocate(arena, pattern));
        }
    }

    @Override
    public void listener(ParameterListener next) {
        listener = next;
    }

    @Override
    public void initialise(CounterRandom random, double gain) {
        BlockPattern p = values.pattern();
        MemorySegment to = values.values();
        for (int gridRow = 0; gridRow < p.gridRows(); gridRow++) {
            int rows = Math.min(p.blockRows(), p.rows() - gridRow * p.blockRows());
            double deviation = Math.sqrt(gain / Math.max(1, connections(gridRow)));
            for (int block = p.rowOffset(gridRow); block < p.rowOffset(gridRow + 1); block++) {
                int cols = colsOf(p, block);
                for (int row = 0; row < rows; row++) {
                    long first = ((long) block * p.blockRows() + row) * p.blockCols();
                    for (int col = 0; col < cols; col++) {
                        to.setAtIndex(ValueLayout.JAVA_FLOAT, first + col, (float) (deviation * random.nextGaussian()));
                    }
                }
            }
        }
    }

    /** Stored connections of each output of a row of blocks. */
    private int connections(int gridRow) {
        BlockPattern p = values.pattern();
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
    public void update(UpdateRule rule, long update, double rate, boolean rewires, Workers workers) {
        rule.update(values, gradient, slots, update, rate, true, workers);
    }

    /**
     * Moves to another pattern: places that both have keep weight and slots, new ones start at zero.
     *
     * @param next of the same shape and blocks
     */
    public void rewire(BlockPattern next) {
        values.rewire(next);
        gradient.rewire(next);
        for (BlockSparseMatrix slot : slots) {
            slot.rewire(next);
        }
        listener.rewired();
    }

    @Override
    public ParameterPattern.Blocks pattern() {
        return new ParameterPattern.Blocks(values.pattern());
    }

    @Override
    public long nonzeros() {
        long count = 0;
        BlockPattern p = values.pattern();
        for (int gridRow = 0; gridRow < p.gridRows(); gridRow++) {
            count += (long) connections(gridRow) * Math.min(p.blockRows(), p.rows() - gridRow * p.blockRows());
        }
        return count;
    }

    @Override
    public MemorySegment gradientMemory() {
        return gradient.values();
    }

    @Override
    public long bytes() {
        return (2L + slots.size()) * values.values().byteSize()
                + values.pattern().indexBytes()
                + listener.heldBytes();
    }

    @Override
    public List<MemorySegment> state() {
        List<MemorySegment> state = new ArrayList<>(List.of(values.values()));
        slots.forEach(slot -> state.add(slot.values()));
        return state;
    }

    /**
     * The weights.
     *
     * @return what is trained
     */
    public BlockSparseMatrix values() {
        return values;
    }

    /**
     * The gradient.
     *
     * @return on the pattern of the weights
     */
    public BlockSparseMatrix gradient() {
        return gradient;
    }
}
