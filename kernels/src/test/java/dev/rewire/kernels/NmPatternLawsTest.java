package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.prune.NmPruning;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class NmPatternLawsTest {
    private static boolean[][] kept(NmPattern pattern) {
        boolean[][] kept = new boolean[pattern.rows()][pattern.cols()];
        for (int row = 0; row < pattern.rows(); row++) {
            for (int group = 0; group < pattern.groups(); group++) {
                for (int k = 0; k < pattern.n(); k++) {
                    kept[row][group * pattern.m() + pattern.index(row, group, k)] = true;
                }
            }
        }
        return kept;
    }

    private static int[] indices(NmPattern pattern) {
        int[] indices = new int[pattern.elements()];
        for (int i = 0; i < indices.length; i++) {
            int inRow = i % pattern.rowElements();
            indices[i] = pattern.index(i / pattern.rowElements(), inRow / pattern.n(), inRow % pattern.n());
        }
        return indices;
    }

    @Property(tries = 200)
    void indicesOfAPatternMakeIt(@ForAll(supplier = NmCases.class) NmCase problem) {
        NmPattern pattern = problem.pattern();
        assertEquals(pattern, NmPattern.of(problem.rows(), problem.cols(), problem.n(), problem.m(), indices(pattern)));
    }

    @Property(tries = 200)
    void bytesOfAPatternMakeIt(@ForAll(supplier = NmCases.class) NmCase problem) {
        NmPattern pattern = problem.pattern();
        assertEquals(pattern.rows() * pattern.rowBytes(), pattern.packed().length);
        assertEquals(
                pattern,
                NmPattern.ofPacked(problem.rows(), problem.cols(), problem.n(), problem.m(), pattern.packed()));
    }

    @Property(tries = 200)
    void everyGroupOfARandomPatternKeepsN(@ForAll(supplier = NmCases.class) NmCase problem) {
        NmPattern pattern = problem.pattern();
        boolean[][] kept = kept(pattern);
        for (int row = 0; row < problem.rows(); row++) {
            for (int group = 0; group < problem.groups(); group++) {
                int count = 0;
                for (int place = 0; place < problem.m(); place++) {
                    count += kept[row][group * problem.m() + place] ? 1 : 0;
                }
                assertEquals(problem.n(), count, "row " + row + ", group " + group);
            }
        }
    }

    @Property(tries = 200)
    void findAgreesWithIndex(@ForAll(supplier = NmCases.class) NmCase problem) {
        NmPattern pattern = problem.pattern();
        boolean[][] kept = kept(pattern);
        for (int row = 0; row < problem.rows(); row++) {
            for (int col = 0; col < problem.cols(); col++) {
                int k = pattern.find(row, col);
                assertEquals(kept[row][col], k >= 0);
                if (k >= 0) {
                    assertEquals(col % problem.m(), pattern.index(row, col / problem.m(), k));
                }
            }
        }
    }

    @Property(tries = 300)
    void sharedRowsIsTheLargestPowerOfTwoThatAllRowsShare(@ForAll(supplier = NmCases.class) NmCase problem) {
        NmPattern pattern = problem.pattern();
        boolean[][] kept = kept(pattern);
        int expected = 1;
        for (int count = 2; count <= NmPattern.MAX_SHARED_ROWS; count *= 2) {
            boolean shared = problem.rows() > 0 && problem.rows() % count == 0;
            for (int row = 0; row < problem.rows() && shared; row++) {
                shared = Arrays.equals(kept[row], kept[row / count * count]);
            }
            expected = shared ? count : expected;
        }
        assertEquals(expected, pattern.sharedRows());
    }

    /** Of random patterns hardly one is transposable, so the pruning makes some. */
    @Property(tries = 200)
    void transposedKeepsTheMirroredElements(
            @ForAll @IntRange(max = 5) int tileRows,
            @ForAll @IntRange(max = 5) int groups,
            @ForAll @IntRange(min = 1, max = 4) int n,
            @ForAll long seed) {
        NmCase problem = new NmCase(4 * tileRows, groups, n, 4, 1, seed);
        try (TestMemory memory = TestMemory.open()) {
            NmPattern pattern = NmPruning.transposable(problem.smallIntegers(1).rowMajor(memory), n, 4);
            NmPattern transposed = pattern.transpose();
            boolean[][] kept = kept(pattern);
            boolean[][] mirrored = kept(transposed);
            for (int row = 0; row < problem.rows(); row++) {
                for (int col = 0; col < problem.cols(); col++) {
                    assertEquals(kept[row][col], mirrored[col][row]);
                }
            }
            assertEquals(pattern, transposed.transpose());
        }
    }

    @Property(tries = 300)
    void isTransposableWhenEachColumnKeepsNOfMRows(@ForAll(supplier = NmCases.class) NmCase problem) {
        boolean expected = problem.rows() % problem.m() == 0;
        boolean[][] kept = kept(problem.pattern());
        for (int row = 0; row + problem.m() <= problem.rows(); row += problem.m()) {
            for (int col = 0; col < problem.cols(); col++) {
                int count = 0;
                for (int i = 0; i < problem.m(); i++) {
                    count += kept[row + i][col] ? 1 : 0;
                }
                expected &= count == problem.n();
            }
        }
        assertEquals(expected, problem.pattern().isTransposable());
    }

    @Property(tries = 100)
    void theFullPatternIsTransposable(
            @ForAll @IntRange(max = 3) int tileRows, @ForAll @IntRange(max = 3) int groups, @ForAll long seed) {
        assertTrue(new NmCase(8 * tileRows, groups, 8, 8, 1, seed).pattern().isTransposable());
    }
}
