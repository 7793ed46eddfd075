package dev.rewire.kernels;

import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Matrices to prune, and the order of magnitudes that pruning goes by, as plain as can be. */
final class PruningCase {
    private static final float[] SPECIAL = {
        0f,
        -0f,
        Float.MIN_VALUE,
        -Float.MIN_VALUE,
        1e-40f,
        1f,
        -1f,
        2f,
        Float.MAX_VALUE,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        Float.NaN,
        Float.intBitsToFloat(0xffc0dead)
    };

    private PruningCase() {}

    static Grid specialValues(NmCase problem) {
        SplittableRandom random = problem.random(5);
        return Grid.of(problem.rows(), problem.cols(), (row, col) -> SPECIAL[random.nextInt(SPECIAL.length)]);
    }

    /** The mask of the n largest scores: NaN first, of equal ones the lower index, but of zeros the higher. */
    static int largest(double[] scores, int n) {
        Comparator<Integer> byScore =
                Comparator.comparingDouble((Integer place) -> scores[place]).reversed();
        return IntStream.range(0, scores.length)
                .boxed()
                .sorted(byScore.thenComparingInt(place -> scores[place] == 0 ? -place : place))
                .limit(n)
                .mapToInt(place -> 1 << place)
                .sum();
    }

    static int mask(NmPattern pattern, int row, int group) {
        int mask = 0;
        for (int k = 0; k < pattern.n(); k++) {
            mask |= 1 << pattern.index(row, group, k);
        }
        return mask;
    }

    /** The sum of the magnitudes that a pattern keeps. */
    static double kept(NmPattern pattern, Grid grid) {
        double sum = 0;
        for (int row = 0; row < grid.rows(); row++) {
            for (int col = 0; col < grid.cols(); col++) {
                sum += pattern.find(row, col) < 0 ? 0 : Math.abs(grid.at(row, col));
            }
        }
        return sum;
    }
}
