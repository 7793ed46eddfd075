package dev.rewire.training.rewiring;

import java.util.Arrays;

/**
 * Selects the k best of a stream of scored positions, with room for about twice k of them.
 *
 * <p>Positions are ordered by score and, where scores are equal, by index, the lower one being better; 0 and &minus;0
 * are equal, infinities are ordinary scores. A NaN is worse than every number, so a position with that score is
 * selected only where fewer than k others were offered. This order is total: the selection does not depend on the order
 * of the stream.
 *
 * <p>Offering n positions takes O(n) time in expectation: most are turned away by one comparison, the others are
 * gathered in a buffer that a quickselect cuts back to k whenever it is full. Nothing is allocated after construction,
 * but for the result. Instances are not for sharing between threads.
 */
public final class TopK {
    private static final int LEAST_SLACK = 1024;
    private static final int GREATEST_K = Integer.MAX_VALUE / 2 - LEAST_SLACK;

    private final int k;
    private final boolean smallest;

    // A position as one long whose order is the order of selection: the score above, the inverted index below.
    private final long[] buffer;
    private int size;
    private long worstKept = Long.MIN_VALUE;
    private int pivotSeed = 1;

    private TopK(int k, boolean smallest) {
        if (k < 0 || k > GREATEST_K) {
            throw new IllegalArgumentException("k: " + k + " is out of range; accepted are 0 to " + GREATEST_K);
        }
        this.k = k;
        this.smallest = smallest;
        this.buffer = new long[k + Math.max(k, LEAST_SLACK)];
    }

    /**
     * A selection of the largest scores.
     *
     * @param k how many to select, 0 to 2<sup>30</sup> &minus; 1025
     * @return an empty selection
     * @throws IllegalArgumentException if k is out of range
     */
    public static TopK largest(int k) {
        return new TopK(k, false);
    }

    /**
     * A selection of the smallest scores.
     *
     * @param k how many to select, 0 to 2<sup>30</sup> &minus; 1025
     * @return an empty selection
     * @throws IllegalArgumentException if k is out of range
     */
    public static TopK smallest(int k) {
        return new TopK(k, true);
    }

    /**
     * Offers one position.
     *
     * @param score its score
     * @param index its index, at least 0; an index is offered at most once
     * @throws IllegalArgumentException if the index is negative
     */
    public void offer(float score, int index) {
        long position = position(score, index);
        if (position <= worstKept) {
            return;
        }
        if (index < 0) {
            throw new IllegalArgumentException("index: " + index + " is out of range; accepted are 0 and more");
        }
        if (size == buffer.length) {
            keepBest();
            if (position <= worstKept) {
                return;
            }
        }
        buffer[size++] = position;
    }

    /**
     * Offers a run of positions: {@code scores[i]} has the index {@code firstIndex + i − from}. The same as one by one,
     * but faster: most are turned away by one comparison of floats.
     *
     * @param scores where the scores are
     * @param from the first place that is offered
     * @param to the place after the last
     * @param firstIndex the index of the first, at least 0
     */
    void offer(float[] scores, int from, int to, int firstIndex) {
        float worst = worstScoreKept();
        for (int i = from; i < to; i++) {
            float better = smallest ? 0f - scores[i] : scores[i];
            // An equal score may win by its index, and a NaN is for the other method to judge.
            if (!(better < worst)) {
                offer(scores[i], firstIndex + i - from);
            }
        }
    }

    /**
     * Offers a run of magnitudes to a selection of the largest. A negative score says that its position is not offered.
     *
     * @param scores where the scores are
     * @param count how many, from the start on
     * @param firstIndex the index of the first, at least 0
     */
    void offerMagnitudes(float[] scores, int count, int firstIndex) {
        float worst = Math.max(0, worstScoreKept());
        for (int i = 0; i < count; i++) {
            // An equal score may win by its index, and a NaN is for the other method to judge.
            if (!(scores[i] < worst)) {
                offer(scores[i], firstIndex + i);
            }
        }
    }

    /** The score of the worst position kept so far, in the order where more is better; −∞ while any may come in. */
    private float worstScoreKept() {
        int ordered = (int) (worstKept >> 32);
        return ordered == Integer.MIN_VALUE
                ? Float.NEGATIVE_INFINITY
                : Float.intBitsToFloat(ordered ^ ((ordered >> 31) & Integer.MAX_VALUE));
    }

    /**
     * The positions selected so far; more may be offered afterwards.
     *
     * @return the indices of the best positions in ascending order; k of them, or all when fewer were offered
     */
    public int[] indices() {
        keepBest();
        int[] indices = new int[size];
        for (int i = 0; i < size; i++) {
            indices[i] = (int) ~buffer[i];
        }
        Arrays.sort(indices);
        return indices;
    }

    private long position(float score, int index) {
        // Subtracting from, and adding to, +0 turns -0 into +0.
        float better = smallest ? 0f - score : score + 0f;
        int bits = Float.floatToRawIntBits(better);
        int ordered = Float.isNaN(better) ? Integer.MIN_VALUE : bits ^ ((bits >> 31) & Integer.MAX_VALUE);
        return ((long) ordered << 32) | (~index & 0xFFFFFFFFL);
    }

    private void keepBest() {
        if (size <= k) {
            return;
        }
        if (k == 0) {
            worstKept = Long.MAX_VALUE;
        } else {
            moveBestToFront();
            worstKept = buffer[k - 1];
        }
        size = k;
    }

    /** Quickselect: puts the k largest positions first, the smallest of them at k - 1. */
    private void moveBestToFront() {
        int from = 0;
        int to = size - 1;
        while (from < to) {
            int middle = partition(from, to, from + pivotOffset(to - from + 1));
            if (middle == k - 1) {
                return;
            }
            if (middle > k - 1) {
                to = middle - 1;
            } else {
                from = middle + 1;
            }
        }
    }

    /**
     * Puts what is larger than the pivot before it and the rest behind, and says where it lies then. All positions differ. Each is
     * swapped, needed or not, because a branch that nobody can predict would cost more (Lomuto's scheme without branches).
     */
    private int partition(int from, int to, int pivotPlace) {
        long pivot = buffer[pivotPlace];
        buffer[pivotPlace] = buffer[to];
        int middle = from;
        for (int i = from; i < to; i++) {
            long position = buffer[i];
            buffer[i] = buffer[middle];
            buffer[middle] = position;
            middle += position > pivot ? 1 : 0;
        }
        buffer[to] = buffer[middle];
        buffer[middle] = pivot;
        return middle;
    }

    /** A scattered choice, because a fixed place would be the worst one for some order of the stream. */
    private int pivotOffset(int length) {
        pivotSeed = pivotSeed * 1664525 + 1013904223;
        return (int) (((pivotSeed & 0xFFFFFFFFL) * length) >>> 32);
    }
}
