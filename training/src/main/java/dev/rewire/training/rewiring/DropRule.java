package dev.rewire.training.rewiring;

import dev.rewire.kernels.BlockNorms;
import dev.rewire.training.parameter.BlockParameter;
import dev.rewire.training.parameter.MaskedParameter;
import dev.rewire.training.parameter.NmParameter;
import dev.rewire.training.parameter.SparseParameter;
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
     * Scores what is stored.
     *
     * @param weights values, and with them the slots of the optimiser; in blocks or N:M
     * @param scores takes a score for each stored block, row by row, or for each kept weight of N:M; of equal ones the first is dropped first, a NaN last
     */
    void score(SparseParameter weights, float[] scores);
}
