package dev.rewire.training;

import dev.rewire.kernels.BlockNorms;
import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.DenseGradient;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Workers;
import dev.rewire.training.CounterRandom.Purpose;
import dev.rewire.training.Rewiring.Grow;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** The rewiring of one layer, and the record of the places it has tried. */
final class LayerRewiring {
    private final int number;
    private final Linear layer;
    private final Rewiring rewiring;
    private final long seed;
    private final @Nullable DenseGradient denseGradient;
    private final BitSet explored;

    /**
     * Prepares to rewire a layer.
     *
     * @param arena where scratch comes from
     * @param number the layer's, from 0
     * @param layer the layer
     * @param rewiring how
     * @param seed of random choices
     * @param workers who computes
     */
    LayerRewiring(KernelArena arena, int number, Linear layer, Rewiring rewiring, long seed, Workers workers) {
        this.number = number;
        this.layer = layer;
        this.rewiring = rewiring;
        this.seed = seed;
        BlockPattern pattern = layer.pattern();
        boolean byGradient = rewiring.grow() == Grow.LARGEST_GRADIENT && !isFull(pattern);
        denseGradient = byGradient
                ? DenseGradient.prepare(arena, pattern, layer.buffers().x().rows(), workers)
                : null;
        if (denseGradient != null) {
            // Compiles its kernels, which takes as long as hundreds of runs of them and is no cost of the first
            // rewiring.
            denseGradient.run(layer.buffers().dy(), layer.buffers().x(), (gridRow, scores) -> {});
        }
        explored = new BitSet(Cells.count(pattern));
        markExplored(Cells.of(pattern));
    }

    /** A layer without a free place has nothing to exchange. */
    private static boolean isFull(BlockPattern pattern) {
        return pattern.blocks() == Cells.count(pattern);
    }

    /**
     * Exchanges the blocks that the schedule foresees for a step. Growing by gradient reads the layer's input and the gradient of its
     * output as the step's passes left them.
     *
     * @param step number of the step, from 0
     */
    void apply(long step) {
        BlockPattern old = layer.pattern();
        int count = Math.toIntExact(rewiring.schedule().count(step, old.blocks()));
        if (count == 0 || isFull(old)) {
            return;
        }
        float[] norms = new float[old.blocks()];
        BlockNorms.l1(layer.weights(), norms);
        BlockExchange exchange = new BlockExchange(old, BlockExchange.smallest(norms, old.blocks(), count));
        int[] grown = denseGradient == null
                ? randomCells(exchange, count, step)
                : cellsOfLargestGradient(denseGradient, exchange, count);
        layer.rewire(exchange.grow(grown));
        markExplored(grown);
    }

    private int[] randomCells(BlockExchange exchange, int count, long step) {
        CounterRandom random = new CounterRandom(seed, number, step, Purpose.GROW);
        return exchange.freeCells(random.sample(exchange.free(), count));
    }

    private int[] cellsOfLargestGradient(DenseGradient gradient, BlockExchange exchange, int count) {
        TopK largest = TopK.largest(count);
        gradient.run(
                layer.buffers().dy(),
                layer.buffers().x(),
                (gridRow, scores) -> exchange.offerFree(gridRow, scores, largest));
        return largest.indices();
    }

    private void markExplored(int[] cells) {
        for (int cell : cells) {
            explored.set(cell);
        }
    }

    Linear layer() {
        return layer;
    }

    /** Number of places, stored or not. */
    int cells() {
        return Cells.count(layer.pattern());
    }

    /** The cells of all places that were ever stored; the record itself. */
    BitSet explored() {
        return explored;
    }

    /** How many weights lie at places that were ever stored, without padding. */
    long exploredWeights() {
        BlockPattern p = layer.pattern();
        long weights = 0;
        for (int cell = explored.nextSetBit(0); cell >= 0; cell = explored.nextSetBit(cell + 1)) {
            int row = cell / p.gridCols() * p.blockRows();
            int col = cell % p.gridCols() * p.blockCols();
            weights += (long) Math.min(p.blockRows(), p.rows() - row) * Math.min(p.blockCols(), p.cols() - col);
        }
        return weights;
    }
}
