package dev.rewire.kernels;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

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

    /**
     * One of several patterns that keep N of M along columns too, for rows that M divides: tiles of M×M squares, permuted. Rows and columns
     * share their places as far as N allows.
     */
    NmPattern transposablePattern(int which) {
        SplittableRandom random = random(which);
        int side = Math.min(Integer.lowestOneBit(n), Integer.highestOneBit(sharedRows));
        List<Integer> squares =
                new ArrayList<>(IntStream.range(0, m / side).boxed().toList());
        NmPatternBuilder pattern = NmPattern.builder(rows, cols(), n, m);
        for (int tileRow = 0; tileRow < rows / m; tileRow++) {
            int[][] masks = new int[m][groups];
            for (int group = 0; group < groups; group++) {
                Collections.shuffle(squares, random);
                List<Integer> ofRows = List.copyOf(squares);
                Collections.shuffle(squares, random);
                for (int row = 0; row < m; row++) {
                    for (int col = 0; col < m; col++) {
                        int distance = Math.floorMod(squares.get(col / side) - ofRows.get(row / side), squares.size());
                        masks[row][group] |= distance < n / side ? 1 << col : 0;
                    }
                }
            }
            for (int[] ofRow : masks) {
                pattern.addRow(ofRow);
            }
        }
        return pattern.build();
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
