package dev.rewire.training.parameter;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Workers;
import dev.rewire.training.random.CounterRandom;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Weights in blocks, of which only those of the pattern are stored; a dense layer has the full one. */
public final class BlockParameter implements SparseParameter {
    private final BlockSparseMatrix values;
    private final BlockSparseMatrix gradient;
    private final List<BlockSparseMatrix> slots = new ArrayList<>();
    private final int most;
    private ParameterListener listener = ParameterListener.NONE;

    /**
     * Weights that are zero.
     *
     * @param arena where memory comes from
     * @param pattern which blocks there are, out × in
     * @param slotCount slots of the optimiser
     */
    public BlockParameter(KernelArena arena, BlockPattern pattern, int slotCount) {
        this(arena, new ParameterPattern.Blocks(pattern), slotCount);
    }

    /**
     * Weights that are zero.
     *
     * @param arena where memory comes from
     * @param pattern which blocks there are, out × in, and how many there may be
     * @param slotCount slots of the optimiser
     */
    public BlockParameter(KernelArena arena, ParameterPattern.Blocks pattern, int slotCount) {
        most = pattern.most();
        values = allocate(arena, pattern);
        gradient = allocate(arena, pattern);
        for (int slot = 0; slot < slotCount; slot++) {
            slots.add(allocate(arena, pattern));
        }
    }

    /** A matrix has room for the blocks that it is made with. */
    private static BlockSparseMatrix allocate(KernelArena arena, ParameterPattern.Blocks blocks) {
        BlockPattern p = blocks.pattern();
        if (blocks.most() == p.blocks()) {
            return BlockSparseMatrix.allocate(arena, p);
        }
        int[] first = new int[blocks.most()];
        Arrays.setAll(first, i -> i);
        BlockSparseMatrix matrix = BlockSparseMatrix.allocate(
                arena, Cells.pattern(p.rows(), p.cols(), p.blockRows(), p.blockCols(), first));
        matrix.rewire(p);
        return matrix;
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
     * @param next of the same shape, of at most {@link #mostBlocks} blocks of the same size
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
        return new ParameterPattern.Blocks(values.pattern(), most);
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
        return (2L + slots.size())
                        * most
                        * values.pattern().blockRows()
                        * values.pattern().blockCols()
                        * Float.BYTES
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
     * How many blocks there may be.
     *
     * @return at least as many as there are
     */
    public int mostBlocks() {
        return most;
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
