package dev.rewire.training.rewiring.topology;

import dev.rewire.kernels.BlockPattern;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Links of neurons that have no inputs, or no outputs, any more, in layers that follow one another. */
public final class DeadLinks {
    private DeadLinks() {}

    /**
     * Adds them to what is dropped, and those of neurons that are dead thereby.
     *
     * @param patterns single weights, the outputs of each being the inputs of the next; null for a layer that keeps all its links, whatever is dead
     * @param gone of each pattern the numbers of its dropped links; takes more
     */
    public static void addTo(@Nullable BlockPattern[] patterns, BitSet[] gone) {
        boolean changed = true;
        while (changed) {
            changed = false;
            for (int l = 0; l + 1 < patterns.length; l++) {
                BlockPattern before = patterns[l];
                BlockPattern after = patterns[l + 1];
                if (before != null && after != null) {
                    changed |= dropBetween(before, gone[l], after, gone[l + 1]);
                }
            }
        }
    }

    private static boolean dropBetween(BlockPattern before, BitSet goneBefore, BlockPattern after, BitSet goneAfter) {
        BitSet reached = new BitSet();
        BitSet used = new BitSet();
        for (int row = 0; row < before.rows(); row++) {
            int end = before.rowOffset(row + 1);
            reached.set(row, goneBefore.nextClearBit(before.rowOffset(row)) < end);
        }
        for (int link = goneAfter.nextClearBit(0); link < after.blocks(); link = goneAfter.nextClearBit(link + 1)) {
            used.set(after.gridCol(link));
        }
        int count = goneBefore.cardinality() + goneAfter.cardinality();
        for (int row = 0; row < before.rows(); row++) {
            if (!used.get(row)) {
                goneBefore.set(before.rowOffset(row), before.rowOffset(row + 1));
            }
        }
        for (int link = 0; link < after.blocks(); link++) {
            if (!reached.get(after.gridCol(link))) {
                goneAfter.set(link);
            }
        }
        return goneBefore.cardinality() + goneAfter.cardinality() > count;
    }
}
