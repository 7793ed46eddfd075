package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.prune.NmPruning;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

class TransposablePruningTest {
    /** For each "m n" which of all 2^(m·m) masks have n bits in each row and each column. */
    private static final Map<String, int[]> LEGAL = new HashMap<>();

    static {
        for (int m = 2; m <= 4; m += 2) {
            for (int n = 1; n <= m; n++) {
                int side = m;
                int kept = n;
                LEGAL.put(
                        m + " " + n,
                        IntStream.range(0, 1 << (m * m))
                                .filter(mask -> isLegal(mask, kept, side))
                                .toArray());
            }
        }
    }

    private TestMemory memory;

    @BeforeTry
    void open() {
        memory = TestMemory.open();
    }

    @AfterTry
    void free() {
        memory.close();
    }

    @Provide
    Arbitrary<NmCase> tiles() {
        return Arbitraries.of(2, 4)
                .flatMap(m -> Combinators.combine(
                                Arbitraries.integers().between(0, 3),
                                Arbitraries.integers().between(0, 4),
                                Arbitraries.integers().between(1, m),
                                Arbitraries.longs())
                        .as((tileRows, groups, n, seed) -> new NmCase(tileRows * m, groups, n, m, 1, seed)));
    }

    private NmPattern prune(NmCase problem, Grid grid) {
        return NmPruning.transposable(grid.rowMajor(memory, 1, 2), problem.n(), problem.m());
    }

    @Property(tries = 200)
    void patternsAreTransposableWhateverTheValues(@ForAll("tiles") NmCase problem) {
        assertTrue(prune(problem, PruningCase.specialValues(problem)).isTransposable());
    }

    @Property(tries = 200)
    void noMaskOfATileKeepsMore(@ForAll("tiles") NmCase problem) {
        Grid grid = problem.smallIntegers(1);
        NmPattern pattern = prune(problem, grid);
        double best = 0;
        for (int row = 0; row < problem.rows(); row += problem.m()) {
            for (int group = 0; group < problem.groups(); group++) {
                best += best(problem, grid, row, group * problem.m());
            }
        }
        assertEquals(best, PruningCase.kept(pattern, grid));
    }

    @Property(tries = 200)
    void keepsAtLeastWhatGreedyKeeps(@ForAll("tiles") NmCase problem) {
        Grid grid = Values.UNIFORM.steadyGrid(problem.rows(), problem.cols(), problem.random(1));
        double greedy = 0;
        for (int row = 0; row < problem.rows(); row += problem.m()) {
            for (int group = 0; group < problem.groups(); group++) {
                greedy += greedy(problem, grid, row, group * problem.m());
            }
        }
        assertTrue(PruningCase.kept(prune(problem, grid), grid) >= greedy * (1 - 0x1p-40));
    }

    /** Which of equal masks it is depends on where the zeros are, so only what is kept can be equal. */
    @Property(tries = 100)
    void theTransposedMatrixKeepsAsMuch(@ForAll("tiles") NmCase problem) {
        Grid grid = problem.smallIntegers(1);
        assertEquals(
                PruningCase.kept(prune(problem, grid), grid),
                PruningCase.kept(prune(problem, grid.transposed()), grid.transposed()));
    }

    @Example
    void ofEqualMasksItIsTheOneWithTheLowerIndicesInTheFirstRowThatDiffers() {
        NmPattern expected = NmPattern.of(4, 4, 2, 4, new int[] {0, 1, 0, 1, 2, 3, 2, 3});
        DenseMatrix ones = Grid.filled(4, 4, -1).rowMajor(memory);
        assertEquals(expected, NmPruning.transposable(ones, 2, 4));
    }

    @Example
    void whereGreedyFailsTheSumDecides() {
        // Greedy takes the 3 and must then take the 0.
        Grid grid = Grid.of(2, 2, (row, col) -> row + col == 0 ? 3 : row + col == 1 ? 2 : 0);
        assertEquals(NmPattern.of(2, 2, 1, 2, new int[] {1, 0}), NmPruning.transposable(grid.rowMajor(memory), 1, 2));
    }

    @Example
    void anInfinityCountsMoreThanAnySumOfNumbers() {
        assertEquals(3, columnKept(Float.MAX_VALUE, Float.NEGATIVE_INFINITY));
    }

    @Example
    void aNaNCountsMoreThanAnySumOfInfinities() {
        assertEquals(3, columnKept(Float.POSITIVE_INFINITY, Float.NaN));
    }

    /** Of 1:4, which column the first row keeps: everything is {@code most} but one element, that has to be kept. */
    private int columnKept(float most, float one) {
        Grid grid = Grid.of(4, 4, (row, col) -> row == 0 && col == 3 ? one : row == 0 || col == 3 ? most : 1);
        return NmPruning.transposable(grid.rowMajor(memory), 1, 4).index(0, 0, 0);
    }

    /** The most that any legal mask keeps of a tile. */
    private static double best(NmCase problem, Grid grid, int fromRow, int fromCol) {
        int m = problem.m();
        double best = 0;
        for (int mask : LEGAL.get(m + " " + problem.n())) {
            double sum = 0;
            for (int i = 0; i < m * m; i++) {
                sum += ((mask >>> i) & 1) * Math.abs(grid.at(fromRow + i / m, fromCol + i % m));
            }
            best = Math.max(best, sum);
        }
        return best;
    }

    private static boolean isLegal(int mask, int n, int m) {
        int[] ofRow = new int[m];
        int[] ofCol = new int[m];
        for (int i = 0; i < m * m; i++) {
            ofRow[i / m] += (mask >>> i) & 1;
            ofCol[i % m] += (mask >>> i) & 1;
        }
        return Arrays.stream(ofRow).allMatch(kept -> kept == n)
                && Arrays.stream(ofCol).allMatch(kept -> kept == n);
    }

    /**
     * From the largest on, whatever its row and its column have room for. Sometimes room is left at the end only where an element is kept
     * already: then one fewer is kept, which is no mask, and may even be more than any mask keeps.
     */
    private static double greedy(NmCase problem, Grid grid, int fromRow, int fromCol) {
        int m = problem.m();
        int[] ofRow = new int[m];
        int[] ofCol = new int[m];
        Comparator<Integer> byMagnitude =
                Comparator.comparingDouble(i -> -Math.abs(grid.at(fromRow + i / m, fromCol + i % m)));
        double sum = 0;
        int kept = 0;
        for (int i : IntStream.range(0, m * m).boxed().sorted(byMagnitude).toList()) {
            if (ofRow[i / m] < problem.n() && ofCol[i % m] < problem.n()) {
                ofRow[i / m]++;
                ofCol[i % m]++;
                kept++;
                sum += Math.abs(grid.at(fromRow + i / m, fromCol + i % m));
            }
        }
        return kept == m * problem.n() ? sum : 0;
    }
}
