package dev.rewire.kernels.prune;

/** Finds the n largest scores of each group of m. Scores are at least 0 or NaN, which is the largest. */
final class GroupSelection {
    /** Of all NaN: one more than the bits of the infinity. */
    private static final long NAN_KEY = Double.doubleToRawLongBits(Double.POSITIVE_INFINITY) + 1;

    private final int n;
    private final int m;
    private final long[] keys;
    private final int[] wins;

    GroupSelection(int n, int m) {
        this.n = n;
        this.m = m;
        keys = new long[m];
        wins = new int[m];
    }

    /** Writes a mask for each group, in which bit i stands for place i. */
    void select(double[] scores, int[] masks) {
        for (int group = 0; group < masks.length; group++) {
            masks[group] = m == 4 ? maskOf4(scores, group * 4) : mask(scores, group * m);
        }
    }

    /** Each place plays against each other, and the n with the most wins stay: no branch, for none could be predicted. */
    private int mask(double[] scores, int from) {
        for (int i = 0; i < m; i++) {
            keys[i] = key(scores[from + i]);
            wins[i] = 0;
        }
        for (int i = 0; i < m; i++) {
            for (int j = i + 1; j < m; j++) {
                int first = firstWins(keys[i], keys[j]);
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
    private int maskOf4(double[] scores, int from) {
        long a = key(scores[from]);
        long b = key(scores[from + 1]);
        long c = key(scores[from + 2]);
        long d = key(scores[from + 3]);
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

    /** The bits of floats that are not negative are ordered like the floats. */
    private static long key(double score) {
        return Math.min(Double.doubleToRawLongBits(score) & Long.MAX_VALUE, NAN_KEY);
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
