package dev.rewire.training.rewiring;

import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.NmPatternBuilder;
import dev.rewire.training.random.CounterRandom;
import java.util.BitSet;

/**
 * One exchange of weights of an N:M pattern: some are dropped, and each group grows as many as it lost among the places that are then free. Rows
 * are grown from the first to the last.
 */
final class NmExchange {
    private final NmPattern old;
    private final int[] dropped;
    private final BitSet explored;
    private final NmPatternBuilder next;
    private final int[] masks;
    private final int[] lost;
    private int row;
    private int drop;

    /**
     * Drops weights.
     *
     * @param old the pattern
     * @param dropped numbers of kept elements, row by row, ascending and distinct
     * @param explored where the places that grow are marked
     */
    NmExchange(NmPattern old, int[] dropped, BitSet explored) {
        this.old = old;
        this.dropped = dropped;
        this.explored = explored;
        next = NmPattern.builder(old.rows(), old.cols(), old.n(), old.m());
        masks = new int[old.groups()];
        lost = new int[old.groups()];
    }

    /** The places of a group as bits, bit i for place i. */
    static int mask(NmPattern pattern, int row, int group) {
        int mask = 0;
        for (int k = 0; k < pattern.n(); k++) {
            mask |= 1 << pattern.index(row, group, k);
        }
        return mask;
    }

    /** Grows the next row at random, each choice of a group being equally likely. */
    void growRow(CounterRandom random) {
        dropFromRow();
        for (int group = 0; group < masks.length; group++) {
            // Selection sampling: Knuth, The Art of Computer Programming, volume 2, algorithm S.
            int free = free(group);
            int count = Integer.bitCount(free);
            for (int rest = free; lost[group] > 0; rest &= rest - 1) {
                if (random.nextInt(count--) < lost[group]) {
                    grow(group, Integer.numberOfTrailingZeros(rest));
                }
            }
        }
        endRow();
    }

    /**
     * Grows the next row where scores are largest; of equal ones at the first place, and at a NaN last.
     *
     * @param scores at least 0 or NaN, for each column
     */
    void growRow(float[] scores) {
        dropFromRow();
        for (int group = 0; group < masks.length; group++) {
            int first = group * old.m();
            while (lost[group] > 0) {
                int best = -1;
                float most = Float.NEGATIVE_INFINITY;
                for (int rest = free(group); rest != 0; rest &= rest - 1) {
                    int place = Integer.numberOfTrailingZeros(rest);
                    float score = scores[first + place];
                    if (best < 0 || score > most) {
                        best = place;
                        most = Float.isNaN(score) ? Float.NEGATIVE_INFINITY : score;
                    }
                }
                grow(group, best);
            }
        }
        endRow();
    }

    private void dropFromRow() {
        int n = old.n();
        for (int group = 0; group < masks.length; group++) {
            masks[group] = mask(old, row, group);
            int end = (row * masks.length + group + 1) * n;
            int before = drop;
            for (; drop < dropped.length && dropped[drop] < end; drop++) {
                masks[group] &= ~(1 << old.index(row, group, dropped[drop] % n));
            }
            lost[group] = drop - before;
        }
    }

    private int free(int group) {
        return ~masks[group] & ((1 << old.m()) - 1);
    }

    private void grow(int group, int place) {
        masks[group] |= 1 << place;
        lost[group]--;
        explored.set(row * old.cols() + group * old.m() + place);
    }

    private void endRow() {
        next.addRow(masks);
        row++;
    }

    /** The pattern of the survivors and the grown, when all rows are grown. */
    NmPattern pattern() {
        return next.build();
    }
}
