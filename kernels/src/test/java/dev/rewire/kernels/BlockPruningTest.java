package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rewire.kernels.prune.BlockPruning;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

class BlockPruningTest {
    private TestMemory memory;

    @BeforeTry
    void open() {
        memory = TestMemory.open();
    }

    @AfterTry
    void free() {
        memory.close();
    }

    /** Small integers, so that norms are exact and many are equal. */
    @Property(tries = 200)
    void keepsTheFirstBlocksOfASort(@ForAll(supplier = Problems.OfIntegers.class) Problem problem) {
        Grid grid = problem.values().steadyGrid(problem.rows(), problem.cols(), problem.random(1));
        int gridCols = Math.ceilDiv(problem.cols(), problem.blockCols());
        double[] norms = new double[Math.ceilDiv(problem.rows(), problem.blockRows()) * gridCols];
        for (int row = 0; row < problem.rows(); row++) {
            for (int col = 0; col < problem.cols(); col++) {
                norms[row / problem.blockRows() * gridCols + col / problem.blockCols()] += Math.abs(grid.at(row, col));
            }
        }
        int blocks = norms.length * problem.percent() / 100;
        Set<Integer> expected = IntStream.range(0, norms.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer cell) -> -norms[cell])
                        .thenComparingInt(cell -> cell))
                .limit(blocks)
                .collect(Collectors.toSet());

        BlockPattern pattern = BlockPruning.magnitude(
                grid.rowMajor(memory, problem.offset(), problem.gap()),
                problem.blockRows(),
                problem.blockCols(),
                blocks);
        assertEquals(blocks, pattern.blocks());
        for (int cell = 0; cell < norms.length; cell++) {
            assertEquals(expected.contains(cell), pattern.find(cell / gridCols, cell % gridCols) >= 0, "cell " + cell);
        }
    }

    @Example
    void ofEqualBlocksTheFirstAreKept() {
        assertEquals(
                BlockPattern.of(4, 6, 2, 2, new int[] {0, 3, 4}, new int[] {0, 1, 2, 0}),
                BlockPruning.magnitude(Grid.filled(4, 6, -1).rowMajor(memory), 2, 2, 4));
    }

    @Example
    void aNaNIsLargerThanAnInfinity() {
        Grid grid = Grid.of(2, 4, (row, col) -> row == 1 && col == 3 ? Float.NaN : Float.POSITIVE_INFINITY);
        assertEquals(
                BlockPattern.of(2, 4, 2, 2, new int[] {0, 1}, new int[] {1}),
                BlockPruning.magnitude(grid.rowMajor(memory), 2, 2, 1));
    }

    @Example
    void blocksOfOneElementAreUnstructured() {
        Grid grid = Grid.of(2, 3, (row, col) -> row == 0 ? col : -col);
        assertEquals(
                BlockPattern.of(2, 3, 1, 1, new int[] {0, 2, 3}, new int[] {1, 2, 2}),
                BlockPruning.magnitude(grid.rowMajor(memory), 1, 1, 3));
    }
}
