package dev.rewire.kernels;

import java.util.SplittableRandom;

/**
 * An N:M matrix to try, small enough to be printed and repeated.
 *
 * @param sharedRows rows that share their places; a random pattern may share more
 * @param seed of the pattern and the elements
 */
record NmCase(int rows, int groups, int n, int m, int sharedRows, long seed) {
    int cols() {
        return groups * m;
    }

    NmPattern pattern() {
        return pattern(0);
    }

    /** One of several patterns of the same shape. */
    NmPattern pattern(int which) {
        return NmPattern.random(rows, cols(), n, m, sharedRows, random(which));
    }

    /** A source of its own for each purpose. */
    SplittableRandom random(int purpose) {
        return new SplittableRandom(seed * 31 + purpose);
    }

    /** Zeros of either sign, ties and values that 16 bits hold exactly. */
    Grid smallIntegers(int purpose) {
        SplittableRandom random = random(purpose);
        return Grid.of(rows, cols(), (row, col) -> random.nextInt(3) == 0 ? -0f : random.nextInt(-3, 4));
    }
}
