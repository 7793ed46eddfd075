package dev.rewire.training.setting;

/**
 * N:M sparsity: of every M weights of an output that follow one another N are kept.
 *
 * @param n weights kept of each group, 1 to m − 1
 * @param m weights of a group: 2, 4, 8 or 16
 */
public record NmSparsity(int n, int m) {
    /** What is accepted, in words. */
    public static final String ACCEPTED = "N:M with M 2, 4, 8 or 16 and N from 1 to M - 1, as 2:4";

    private static final int MOST_M = 16;

    /**
     * Checks the numbers.
     *
     * @throws InvalidConfigException if one is out of range
     */
    public NmSparsity {
        boolean size = m >= 2 && m <= MOST_M && Integer.bitCount(m) == 1;
        if (!size || n < 1 || n >= m) {
            throw new InvalidConfigException("--nm", n + ":" + m, ACCEPTED);
        }
    }

    /**
     * The share of the weights that are absent.
     *
     * @return 1 − n/m
     */
    public double sparsity() {
        return 1 - (double) n / m;
    }

    @Override
    public String toString() {
        return n + ":" + m;
    }
}
