package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.prune.NmPruning;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

class SharedPruningTest {
    private TestMemory memory;

    @BeforeTry
    void open() {
        memory = TestMemory.open();
    }

    @AfterTry
    void free() {
        memory.close();
    }

    @Property(tries = 200)
    void byOneRowIsPruningByMagnitude(@ForAll(supplier = NmCases.class) NmCase problem) {
        DenseMatrix dense = PruningCase.specialValues(problem).rowMajor(memory);
        assertEquals(
                NmPruning.magnitude(dense, problem.n(), problem.m()),
                NmPruning.shared(dense, problem.n(), problem.m(), 1));
    }

    @Property(tries = 300)
    void keepsThePlacesWithTheLargestSums(
            @ForAll(supplier = NmCases.class) NmCase shape,
            @ForAll @IntRange(min = 1, max = 5) int v,
            @ForAll boolean special) {
        NmCase problem = new NmCase(shape.rows() / v * v, shape.groups(), shape.n(), shape.m(), 1, shape.seed());
        Grid grid = special ? PruningCase.specialValues(problem) : problem.smallIntegers(1);
        NmPattern pattern = NmPruning.shared(grid.rowMajor(memory, 0, 1), problem.n(), problem.m(), v);
        for (int row = 0; row < problem.rows(); row++) {
            for (int group = 0; group < problem.groups(); group++) {
                double[] sums = new double[problem.m()];
                for (int i = 0; i < v; i++) {
                    for (int place = 0; place < problem.m(); place++) {
                        sums[place] += Math.abs(grid.at(row / v * v + i, group * problem.m() + place));
                    }
                }
                assertEquals(PruningCase.largest(sums, problem.n()), PruningCase.mask(pattern, row, group));
            }
        }
    }

    @Property(tries = 100)
    void patternsKnowThatTheirRowsShare(@ForAll(supplier = NmCases.class) NmCase shape) {
        NmCase problem = new NmCase(4 * shape.rows() + 4, shape.groups(), shape.n(), shape.m(), 1, shape.seed());
        NmPattern pattern = NmPruning.shared(problem.smallIntegers(1).rowMajor(memory), problem.n(), problem.m(), 4);
        assertTrue(pattern.sharedRows() >= 4);
    }

    /** Sums of floats would be infinite, and equal. */
    @Example
    void sumsOfLargeNumbersStayFinite() {
        Grid grid = Grid.of(2, 2, (row, col) -> row * 2 + col == 0 ? Float.MAX_VALUE / 2 : Float.MAX_VALUE);
        assertEquals(NmPattern.of(2, 2, 1, 2, new int[] {1, 1}), NmPruning.shared(grid.rowMajor(memory), 1, 2, 2));
    }
}
