package dev.rewire.training.rewiring;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.KernelArena;
import dev.rewire.training.parameter.BlockParameter;
import dev.rewire.training.parameter.Cells;
import dev.rewire.training.parameter.GradientScores;
import dev.rewire.training.random.CounterRandom;
import dev.rewire.training.random.CounterRandom.Purpose;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rewiring of weights in blocks: what is dropped, then what grows, so that layers may agree on both in between. */
final class BlockRewiring extends ParameterRewiring {
    private final int number;
    private final BlockParameter weights;
    private final Rewiring rewiring;
    private final long seed;
    private final @Nullable GradientMemory memory;
    private final GradientScores.@Nullable Pass gradient;
    private final @Nullable SampledGradient sampled;

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
        GrowRule grow = rewiring.grow();
        boolean rewires = !isFull() && !rewiring.keepsAllWeights();
        GrowRule.Memory over = grow.memory();
        memory = rewires && over != null ? new GradientMemory(arena, pattern, scores, over) : null;
        gradient = memory != null ? memory : rewires && grow.usesGradient() ? scores.prepare(arena, pattern) : null;
        if (gradient != null && memory == null) {
            // Compiles its kernels, which takes as long as hundreds of runs of them and is no cost of the first
            // rewiring.
            gradient.run((gridRow, scoresOfRow) -> {});
        }
        double share = grow.sampledShare() == 0
                ? 0
                : Math.max(grow.sampledShare(), rewiring.schedule().alpha());
        int most = (int) Math.min(share * pattern.blocks(), Cells.count(pattern));
        sampled = rewires && most > 0 ? new SampledGradient(arena, pattern, scores, most) : null;
        weights.pattern().mark(explored());
    }

    /** {@return whether there is no free place, and so nothing to exchange} */
    boolean isFull() {
        BlockPattern pattern = weights.values().pattern();
        return pattern.blocks() == Cells.count(pattern);
    }

    BlockParameter weights() {
        return weights;
    }

    @Override
    void observe() {
        if (memory != null) {
            memory.add();
        }
    }

    @Override
    public List<MemorySegment> state() {
        return memory == null ? List.of() : memory.state();
    }

    @Override
    public long bytes() {
        return memory == null ? 0 : memory.bytes();
    }

    /** {@return the mean score of what is stored, of a rule with a memory} */
    double meanScore() {
        return memory == null ? 0 : memory.scoreOf(weights.values().pattern()) / Math.max(1, weights.nonzeros());
    }

    @Override
    public void apply(long step) {
        int[] dropped = drop(step);
        grow(step, dropped, dropped.length);
    }

    /**
     * Chooses what is dropped.
     *
     * @param step number of the step, from 0
     * @return numbers of blocks, ascending; none if nothing is exchanged
     */
    int[] drop(long step) {
        BlockPattern old = weights.values().pattern();
        int count = Math.toIntExact(rewiring.schedule().count(step, old.blocks()));
        if (!rewiring.grow().regrows()) {
            count = Math.min(count, Cells.count(old) - old.blocks());
        }
        if (count == 0 || isFull() || rewiring.keepsAllWeights()) {
            return new int[0];
        }
        float[] scores = new float[old.blocks()];
        CounterRandom random = new CounterRandom(seed, number, step, Purpose.DROP);
        double progress = rewiring.schedule().progress(step);
        rewiring.drop().score(weights, scores, new DropRule.Moment(random, progress));
        return BlockExchange.smallest(scores, old.blocks(), count);
    }

    /**
     * Grows.
     *
     * @param step number of the step, from 0
     * @param dropped numbers of blocks, ascending
     * @param count how many grow, at most as many as are free
     */
    void grow(long step, int[] dropped, int count) {
        if (dropped.length == 0 && count == 0) {
            return;
        }
        GrowRule rule = rewiring.grow();
        BlockExchange exchange = new BlockExchange(weights.values().pattern(), dropped, rule.regrows());
        CounterRandom random = new CounterRandom(seed, number, step, Purpose.GROW);
        int[] grown = rule.choose(new FreePlaces(exchange, gradient, sampled, random), count);
        weights.rewire(exchange.grow(checked(grown, count, exchange)));
        for (int cell : grown) {
            explored().set(cell);
        }
        if (memory != null) {
            memory.served();
        }
    }

    /** A rule may be anybody's. */
    private static int[] checked(int[] grown, int count, BlockExchange exchange) {
        int[] cells = grown.clone();
        Arrays.sort(cells);
        int next = 0;
        for (int i = 0; i < cells.length; i++) {
            next = exchange.nextTaken(next, cells[i]);
            boolean inside = cells[i] >= 0 && cells[i] < Cells.count(exchange.old());
            boolean free = inside && !exchange.isTaken(next, cells[i]);
            if (!free || (i > 0 && cells[i] == cells[i - 1])) {
                throw new IllegalStateException("the grow rule chose cell " + cells[i] + (free ? " twice" : "")
                        + "; accepted are free places, each once");
            }
        }
        if (cells.length != count) {
            throw new IllegalStateException("the grow rule chose " + cells.length + " places; accepted are " + count
                    + ", as many as it is asked for");
        }
        return cells;
    }
}
