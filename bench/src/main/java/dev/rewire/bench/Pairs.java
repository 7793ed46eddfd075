package dev.rewire.bench;

import java.util.Arrays;

/**
 * Who is faster, from runs that were timed in the same rounds. A pair shares what the machine did at its moment, so that the sign test asks little of it: were
 * both equally fast, either would win a pair as often. The number of pairs does not depend on who wins. That another process would see the same is beyond it.
 *
 * @param pairs how many there were
 * @param won by the first
 * @param lost by the first; the rest were ties
 * @param ratio the median of the first's time over the second's
 */
public record Pairs(int pairs, int won, int lost, double ratio) {
    /** Confidence of a winner, as a share. */
    public static final double CONFIDENCE = 0.95;

    /** The outcome. */
    public enum Winner {
        /** The first, with confidence. */
        FIRST,
        /** The second, with confidence. */
        SECOND,
        /** Nobody. */
        NONE
    }

    /**
     * Of times.
     *
     * @param first of the first, at least one
     * @param second of the second, as many, in the same rounds
     * @return what they say
     */
    public static Pairs of(long[] first, long[] second) {
        int won = 0;
        int lost = 0;
        double[] ratios = new double[first.length];
        for (int i = 0; i < first.length; i++) {
            won += first[i] < second[i] ? 1 : 0;
            lost += first[i] > second[i] ? 1 : 0;
            ratios[i] = (double) Math.max(1, first[i]) / Math.max(1, second[i]);
        }
        Arrays.sort(ratios);
        int middle = ratios.length / 2;
        double ratio = ratios.length % 2 == 1 ? ratios[middle] : Math.sqrt(ratios[middle - 1] * ratios[middle]);
        return new Pairs(first.length, won, lost, ratio);
    }

    /**
     * The sign test.
     *
     * @return how often two that are equally fast come out as far apart, or farther: 0 to 1
     */
    public double p() {
        int decided = won + lost;
        int fewer = Math.min(won, lost);
        // In logarithms: 2⁻ⁿ of a thousand pairs is no number any more.
        double logTerm = -decided * Math.log(2);
        double sum = Math.exp(logTerm);
        for (int k = 1; k <= fewer; k++) {
            logTerm += Math.log((double) (decided - k + 1) / k);
            sum += Math.exp(logTerm);
        }
        return Math.min(1, 2 * sum);
    }

    /**
     * Who is faster.
     *
     * @return whoever won more pairs, if that is no accident with {@link #CONFIDENCE}
     */
    public Winner winner() {
        if (p() > 1 - CONFIDENCE) {
            return Winner.NONE;
        }
        return won > lost ? Winner.FIRST : Winner.SECOND;
    }
}
