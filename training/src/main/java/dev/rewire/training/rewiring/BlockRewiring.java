package dev.rewire.training.rewiring;

import dev.rewire.kernels.BlockNorms;
import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.KernelArena;
import dev.rewire.training.parameter.BlockParameter;
import dev.rewire.training.parameter.Cells;
import dev.rewire.training.parameter.GradientScores;
import dev.rewire.training.random.CounterRandom;
import dev.rewire.training.random.CounterRandom.Purpose;
import dev.rewire.training.rewiring.Rewiring.Grow;
import org.jspecify.annotations.Nullable;

/** The rewiring of weights in blocks. */
final class BlockRewiring extends ParameterRewiring {
    private final int number;
    private final BlockParameter weights;
    private final Rewiring rewiring;
    private final long seed;
    private final GradientScores.@Nullable Pass gradient;

    /** As {@link ParameterRewiring#of}. */
    BlockRewiring(
            KernelArena arena,
            int number,
            BlockParameter weights,
            GradientScores scores,
            Rewiring rewiring,
            long seed) {
        super(weights);
        this.number = number;
        this.weights = weights;
        this.rewiring = rewiring;
        this.seed = seed;
        BlockPattern pattern = weights.values().pattern();
        boolean byGradient = rewiring.grow() == Grow.LARGEST_GRADIENT && !isFull(pattern);
        gradient = byGradient ? scores.prepare(arena, pattern) : null;
        if (gradient != null) {
            // Compiles its kernels, which takes as long as hundreds of runs of them and is no cost of the first
            // rewiring.
            gradient.run((gridRow, scoresOfRow) -> {});
        }
        weights.pattern().mark(explored());
    }

    /** A parameter without a free place has nothing to exchange. */
    private static boolean isFull(BlockPattern pattern) {
        return pattern.blocks() == Cells.count(pattern);
    }

    @Override
    public void apply(long step) {
        BlockPattern old = weights.values().pattern();
        int count = Math.toIntExact(rewiring.schedule().count(step, old.blocks()));
        if (count == 0 || isFull(old)) {
            return;
        }
        float[] norms = new float[old.blocks()];
        BlockNorms.l1(weights.values(), norms);
        BlockExchange exchange = new BlockExchange(old, BlockExchange.smallest(norms, old.blocks(), count));
        int[] grown = gradient == null
                ? randomCells(exchange, count, step)
                : cellsOfLargestGradient(gradient, exchange, count);
        weights.rewire(exchange.grow(grown));
        for (int cell : grown) {
            explored().set(cell);
        }
    }

    private int[] randomCells(BlockExchange exchange, int count, long step) {
        CounterRandom random = new CounterRandom(seed, number, step, Purpose.GROW);
        return exchange.freeCells(random.sample(exchange.free(), count));
    }

    private static int[] cellsOfLargestGradient(GradientScores.Pass gradient, BlockExchange exchange, int count) {
        TopK largest = TopK.largest(count);
        gradient.run((gridRow, scores) -> exchange.offerFree(gridRow, scores, largest));
        return largest.indices();
    }
}
