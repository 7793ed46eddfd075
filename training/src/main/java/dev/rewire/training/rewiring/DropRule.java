package dev.rewire.training.rewiring;

import dev.rewire.kernels.BlockNorms;
import dev.rewire.training.parameter.BlockParameter;
import dev.rewire.training.parameter.MaskedParameter;
import dev.rewire.training.parameter.NmParameter;
import dev.rewire.training.parameter.SparseParameter;
import dev.rewire.training.random.CounterRandom;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Which weights a rewiring drops: those of the smallest scores. */
@FunctionalInterface
public interface DropRule {
    /** The L1 norm of a block, or the magnitude of a single weight: the rule of SET and RigL. */
    DropRule MAGNITUDE = (weights, scores) -> {
        switch (weights) {
            case BlockParameter blocks -> BlockNorms.l1(blocks.values(), scores);
            case NmParameter nm -> {
                MemorySegment values = nm.values().values();
                for (int i = 0; i < scores.length; i++) {
                    scores[i] = Math.abs(values.getAtIndex(ValueLayout.JAVA_FLOAT, i));
                }
            }
            case MaskedParameter _ -> throw new IllegalStateException("weights under a mask are never dropped");
        }
    };

    /**
     * By chance, what matters less being likelier: the soft removal of Cannistraci-Hebb training (CHTs; Zhang et al., "Brain network science modelling of sparse neural networks", 2025). A weight matters as
     * |w|/Σ|row| + |w|/Σ|column|, the sums being those of its output and its input. It is dropped in proportion to that to the power −T, without replacement; T rises from 1 to 3 with the rewirings. Links that
     * lead to, or come from, neurons that are then without others are dropped, too ({@link #dropsDeadLinks}). For single weights.
     */
    DropRule SOFT = new DropRule() {
        @Override
        public void score(SparseParameter weights, float[] scores) {
            SoftDrop.importance(weights, scores);
        }

        @Override
        public void score(SparseParameter weights, float[] scores, Moment moment) {
            SoftDrop.draw(weights, scores, moment);
        }

        @Override
        public boolean dropsDeadLinks() {
            return true;
        }
    };

    /**
     * Chance and time, for rules that hang on them.
     *
     * @param random numbers that belong to this choice: a function of the seed, the weights and the step
     * @param progress how far the rewirings have come, 0 at the first, below 1
     */
    record Moment(CounterRandom random, double progress) {}

    /**
     * Scores what is stored, at a moment. Only rules that hang on it have more to do than to {@link #score(SparseParameter, float[]) score}.
     *
     * @param weights as there
     * @param scores as there
     * @param moment when
     */
    default void score(SparseParameter weights, float[] scores, Moment moment) {
        score(weights, scores);
    }

    /**
     * Whether links of dead neurons are dropped, too: of those without inputs the links to the next layer, of those without outputs the links from the layer before, and so on. The weights have to be those of
     * layers that follow one another.
     *
     * @return whether
     */
    default boolean dropsDeadLinks() {
        return false;
    }

    /**
     * Scores what is stored.
     *
     * @param weights values, and with them the slots of the optimiser; in blocks or N:M
     * @param scores takes a score for each stored block, row by row, or for each kept weight of N:M; of equal ones the first is dropped first, a NaN last
     */
    void score(SparseParameter weights, float[] scores);
}
