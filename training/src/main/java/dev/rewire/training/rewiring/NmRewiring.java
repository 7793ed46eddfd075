package dev.rewire.training.rewiring;

import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.NmPattern;
import dev.rewire.training.parameter.Cells;
import dev.rewire.training.parameter.GradientScores;
import dev.rewire.training.parameter.LayerShape;
import dev.rewire.training.parameter.NmParameter;
import dev.rewire.training.random.CounterRandom;
import dev.rewire.training.random.CounterRandom.Purpose;
import org.jspecify.annotations.Nullable;

/** The rewiring of N:M weights: the weakest of them are dropped, and each group grows as many as it lost. */
final class NmRewiring extends ParameterRewiring {
    private final int number;
    private final NmParameter weights;
    private final Rewiring rewiring;
    private final long seed;
    private final GradientScores.@Nullable Pass gradient;

    /** As {@link ParameterRewiring#of}. */
    NmRewiring(
            KernelArena arena, int number, NmParameter weights, GradientScores scores, Rewiring rewiring, long seed) {
        super(weights);
        this.number = number;
        this.weights = weights;
        this.rewiring = rewiring;
        this.seed = seed;
        LayerShape shape = weights.pattern().shape();
        boolean byGradient = rewiring.grow().equals(GrowRule.GRADIENT);
        if (!byGradient && !rewiring.grow().equals(GrowRule.RANDOM) && !rewiring.keepsAllWeights()) {
            throw new IllegalArgumentException(
                    "grow: a rule for blocks; accepted for N:M weights are GrowRule.RANDOM and GrowRule.GRADIENT, within each group");
        }
        gradient = byGradient ? scores.prepare(arena, Cells.pattern(shape.out(), shape.in(), 1, 1, new int[0])) : null;
        if (gradient != null) {
            // Compiles its kernels, which is no cost of the first rewiring.
            gradient.run((row, scoresOfRow) -> {});
        }
        weights.pattern().mark(explored());
    }

    @Override
    public void apply(long step) {
        NmPattern old = weights.values().pattern();
        int count = Math.toIntExact(rewiring.schedule().count(step, old.elements()));
        if (count == 0 || rewiring.keepsAllWeights()) {
            return;
        }
        NmExchange exchange = new NmExchange(old, weakest(count), explored());
        if (gradient == null) {
            CounterRandom random = new CounterRandom(seed, number, step, Purpose.GROW);
            for (int row = 0; row < old.rows(); row++) {
                exchange.growRow(random);
            }
        } else {
            gradient.run((row, scores) -> exchange.growRow(scores));
        }
        weights.rewire(exchange.pattern());
    }

    /** The kept elements of the smallest scores, ascending; of equal ones those that come first. */
    private int[] weakest(int count) {
        float[] scores = new float[weights.values().pattern().elements()];
        rewiring.drop().score(weights, scores);
        return BlockExchange.smallest(scores, scores.length, count);
    }
}
