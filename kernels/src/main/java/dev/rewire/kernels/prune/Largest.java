package dev.rewire.kernels.prune;

import java.util.Arrays;

/** Selects the k largest of many scores in time that grows with their number alone: a radix selection, which moves nothing. */
final class Largest {
    private static final int DIGIT_BITS = 16;
    private static final int DIGITS = 1 << DIGIT_BITS;

    private Largest() {}

    /**
     * Marks the k largest; of equal ones the first.
     *
     * @param scores at least 0, or NaN, which is the largest; not −0
     * @param k at most the number of scores
     * @return for each score whether it is one of them
     */
    static boolean[] of(double[] scores, int k) {
        boolean[] chosen = new boolean[scores.length];
        if (k == 0) {
            return chosen;
        }
        // Digit by digit from the top: the key of the k-th largest, and how many of the keys equal to it are chosen.
        long threshold = 0;
        int equal = k;
        int[] histogram = new int[DIGITS];
        for (int shift = Long.SIZE - DIGIT_BITS; shift >= 0; shift -= DIGIT_BITS) {
            Arrays.fill(histogram, 0);
            for (double score : scores) {
                long differing = key(score) ^ threshold;
                // A shift by 64 would be one by 0.
                if (differing >>> shift >>> DIGIT_BITS == 0) {
                    histogram[(int) (differing >>> shift)]++;
                }
            }
            int digit = DIGITS - 1;
            while (histogram[digit] < equal) {
                equal -= histogram[digit--];
            }
            threshold |= (long) digit << shift;
        }
        for (int i = 0; i < chosen.length; i++) {
            long key = key(scores[i]);
            chosen[i] = key > threshold || (key == threshold && equal-- > 0);
        }
        return chosen;
    }

    /** The bits of floats that are not negative are ordered like the floats; all NaN have the same ones. */
    private static long key(double score) {
        return Double.doubleToLongBits(score);
    }
}
