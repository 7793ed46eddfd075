package dev.rewire.training.rewiring;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.KernelArena;
import dev.rewire.training.parameter.BlockParameter;
import dev.rewire.training.parameter.Cells;
import dev.rewire.training.parameter.GradientScores;
import dev.rewire.training.random.CounterRandom;
import dev.rewire.training.random.CounterRandom.Purpose;
import java.util.Arrays;
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
        boolean byGradient = rewiring.grow().usesGradient() && !isFull(pattern);
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
        if (count == 0 || isFull(old) || rewiring.keepsAllWeights()) {
            return;
        }
        float[] scores = new float[old.blocks()];
        rewiring.drop().score(weights, scores);
        BlockExchange exchange = new BlockExchange(old, BlockExchange.smallest(scores, old.blocks(), count));
        CounterRandom random = new CounterRandom(seed, number, step, Purpose.GROW);
        int[] grown = rewiring.grow().choose(new FreePlaces(exchange, gradient, random), count);
        weights.rewire(exchange.grow(checked(grown, count, exchange)));
        for (int cell : grown) {
            explored().set(cell);
        }
    }

    /** A rule may be anybody's. */
    private static int[] checked(int[] grown, int count, BlockExchange exchange) {
        int[] cells = grown.clone();
        Arrays.sort(cells);
        for (int i = 0; i < cells.length; i++) {
            boolean inside = cells[i] >= 0 && cells[i] < Cells.count(exchange.old());
            if (!inside || !exchange.isFree(cells[i]) || (i > 0 && cells[i] == cells[i - 1])) {
                throw new IllegalStateException(
                        "the grow rule chose cell " + cells[i] + (inside && exchange.isFree(cells[i]) ? " twice" : "")
                                + "; accepted are free places, each once");
            }
        }
        if (cells.length != count) {
            throw new IllegalStateException("the grow rule chose " + cells.length + " places; accepted are " + count
                    + ", as many as were dropped");
        }
        return cells;
    }
}
