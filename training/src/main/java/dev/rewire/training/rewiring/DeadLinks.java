package dev.rewire.training.rewiring;

import dev.rewire.kernels.BlockPattern;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** Links of neurons that have no inputs, or no outputs, any more, in layers that follow one another. */
final class DeadLinks {
    private DeadLinks() {}

    /**
     * Adds them to what is dropped, and those of neurons that are dead thereby. What is stored wholly keeps all links.
     *
     * @param layers single weights, the outputs of each being the inputs of the next
     * @param dropped of each the numbers of its dropped links, ascending; replaced by more
     */
    static void addTo(List<BlockRewiring> layers, List<int[]> dropped) {
        BlockPattern[] patterns = new BlockPattern[layers.size()];
        BitSet[] gone = new BitSet[layers.size()];
        for (int l = 0; l < patterns.length; l++) {
            BitSet of = new BitSet();
            Arrays.stream(dropped.get(l)).forEach(of::set);
            gone[l] = of;
            patterns[l] = layers.get(l).isFull()
                    ? null
                    : layers.get(l).weights().values().pattern();
        }
        if (Arrays.stream(gone).allMatch(BitSet::isEmpty)) {
            return; // nothing is exchanged at this step
        }
        addTo(patterns, gone);
        for (int l = 0; l < patterns.length; l++) {
            dropped.set(l, gone[l].stream().toArray());
        }
    }

    /** The same of patterns, null where all is stored. */
    static void addTo(BlockPattern[] patterns, BitSet[] gone) {
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
