package dev.rewire.kernels.internal.scalar;

import java.util.Arrays;

/** Finds the n largest scores of each group of m. A score is at least 0 or NaN, which is the largest, and stands for itself by its {@link #key}. */
public final class GroupSelection {
    /** Of all NaN: one more than the bits of the infinity. */
    private static final long NAN_KEY = Double.doubleToRawLongBits(Double.POSITIVE_INFINITY) + 1;

    private static final int FLOAT_NAN_KEY = Float.floatToRawIntBits(Float.POSITIVE_INFINITY) + 1;

    private final int n;
    private final int m;
    private final int[] wins;

    /**
     * For one thread.
     *
     * @param n scores kept of each group
     * @param m scores of a group
     */
    public GroupSelection(int n, int m) {
        this.n = n;
        this.m = m;
        wins = new int[m];
    }

    /** The bits of floats that are not negative are ordered like the floats. */
    public static long key(double score) {
        return Math.min(Double.doubleToRawLongBits(score) & Long.MAX_VALUE, NAN_KEY);
    }

    /** The same for a single float, whose keys are to be compared with each other only. */
    public static long key(float score) {
        return Math.min(Float.floatToRawIntBits(score) & Integer.MAX_VALUE, FLOAT_NAN_KEY);
    }

    /**
     * Sets the bits of what stays, as masks of rows have them.
     *
     * @param keys of the scores of a row
     * @param mask overwritten
     */
    public void select(long[] keys, long[] mask) {
        Arrays.fill(mask, 0);
        for (int from = 0; from < keys.length; from += m) {
            long bits = m == 4 ? maskOf4(keys, from) : mask(keys, from);
            mask[from / Long.SIZE] |= bits << from;
        }
    }

    /** Each place plays against each other, and the n with the most wins stay: no branch, for none could be predicted. */
    private long mask(long[] keys, int from) {
        Arrays.fill(wins, 0);
        for (int i = 0; i < m; i++) {
            for (int j = i + 1; j < m; j++) {
                int first = firstWins(keys[from + i], keys[from + j]);
                wins[i] += first;
                wins[j] += 1 - first;
            }
        }
        int mask = 0;
        for (int i = 0; i < m; i++) {
            mask |= stays(wins[i]) << i;
        }
        return mask;
    }

    /** The same in registers: 2:4 is chosen anew in each step of training. */
    private long maskOf4(long[] keys, int from) {
        long a = keys[from];
        long b = keys[from + 1];
        long c = keys[from + 2];
        long d = keys[from + 3];
        int ab = firstWins(a, b);
        int ac = firstWins(a, c);
        int ad = firstWins(a, d);
        int bc = firstWins(b, c);
        int bd = firstWins(b, d);
        int cd = firstWins(c, d);
        return stays(ab + ac + ad)
                | stays(1 - ab + bc + bd) << 1
                | stays(2 - ac - bc + cd) << 2
                | stays(3 - ad - bd - cd) << 3;
    }

    /** 1 or 0. The lower index wins a tie, but for zeros. */
    private static int firstWins(long first, long second) {
        return (int) ((Math.max(second, 1) - 1 - first) >>> 63);
    }

    /** 1 or 0. */
    private int stays(int won) {
        return (m - n - 1 - won) >>> 31;
    }
}
