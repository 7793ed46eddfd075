package dev.rewire.training;

import dev.rewire.kernels.BlockNorms;
import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.DenseGradient;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Workers;
import dev.rewire.training.CounterRandom.Purpose;
import dev.rewire.training.Rewiring.Grow;
import org.jspecify.annotations.Nullable;

/** The rewiring of a layer in blocks. */
final class BlockRewiring extends LayerRewiring {
    private final int number;
    private final BlockWeights weights;
    private final Rewiring rewiring;
    private final long seed;
    private final @Nullable DenseGradient denseGradient;

    /** As {@link LayerRewiring#of}. */
    BlockRewiring(
            KernelArena arena,
            int number,
            Linear layer,
            BlockWeights weights,
            Rewiring rewiring,
            long seed,
            Workers workers) {
        super(layer);
        this.number = number;
        this.weights = weights;
        this.rewiring = rewiring;
        this.seed = seed;
        BlockPattern pattern = weights.weights().pattern();
        boolean byGradient = rewiring.grow() == Grow.LARGEST_GRADIENT && !isFull(pattern);
        denseGradient = byGradient
                ? DenseGradient.prepare(arena, pattern, layer.buffers().x().rows(), workers)
                : null;
        if (denseGradient != null) {
            // Compiles its kernels, which takes as long as hundreds of runs of them and is no cost of the first
            // rewiring.
            denseGradient.run(layer.buffers().dy(), layer.buffers().x(), (gridRow, scores) -> {});
        }
        layer.pattern().mark(explored());
    }

    /** A layer without a free place has nothing to exchange. */
    private static boolean isFull(BlockPattern pattern) {
        return pattern.blocks() == Cells.count(pattern);
    }

    @Override
    void apply(long step) {
        BlockPattern old = weights.weights().pattern();
        int count = Math.toIntExact(rewiring.schedule().count(step, old.blocks()));
        if (count == 0 || isFull(old)) {
            return;
        }
        float[] norms = new float[old.blocks()];
        BlockNorms.l1(weights.weights(), norms);
        BlockExchange exchange = new BlockExchange(old, BlockExchange.smallest(norms, old.blocks(), count));
        int[] grown = denseGradient == null
                ? randomCells(exchange, count, step)
                : cellsOfLargestGradient(denseGradient, exchange, count);
        weights.rewire(exchange.grow(grown));
        for (int cell : grown) {
            explored().set(cell);
        }
    }

    private int[] randomCells(BlockExchange exchange, int count, long step) {
        CounterRandom random = new CounterRandom(seed, number, step, Purpose.GROW);
        return exchange.freeCells(random.sample(exchange.free(), count));
    }

    private int[] cellsOfLargestGradient(DenseGradient gradient, BlockExchange exchange, int count) {
        TopK largest = TopK.largest(count);
        gradient.run(
                layer().buffers().dy(),
                layer().buffers().x(),
                (gridRow, scores) -> exchange.offerFree(gridRow, scores, largest));
        return largest.indices();
    }
}
