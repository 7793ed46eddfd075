package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.prune.NmPruning;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

class SameElementsTest {
    private TestMemory memory;

    @BeforeTry
    void open() {
        memory = TestMemory.open();
    }

    @AfterTry
    void free() {
        memory.close();
    }

    private SemiStructuredMatrix matrix(Grid grid, NmPattern pattern, ValueType type) {
        return SemiStructuredMatrix.fromDense(memory.kernels(), grid.rowMajor(memory), pattern, type);
    }

    private SemiStructuredMatrix row(int n, int m, ValueType type, float... elements) {
        Grid grid = Grid.of(1, elements.length, (row, col) -> elements[col]);
        return SemiStructuredMatrix.fromDense(memory.kernels(), grid.rowMajor(memory), n, m)
                .convert(memory.kernels(), type);
    }

    @Property(tries = 100)
    void aMatrixHasItsOwnElements(@ForAll(supplier = NmCases.class) NmCase problem, @ForAll ValueType type) {
        SemiStructuredMatrix matrix = matrix(
                Grid.of(problem.rows(), problem.cols(), (row, col) -> col % 3 == 0 ? Float.NaN : col),
                problem.pattern(),
                type);
        assertTrue(matrix.hasSameElements(matrix));
    }

    @Property(tries = 200)
    void isSymmetric(@ForAll(supplier = NmCases.class) NmCase problem) {
        SemiStructuredMatrix a = matrix(problem.smallIntegers(1), problem.pattern(0), ValueType.F32);
        SemiStructuredMatrix b = matrix(problem.smallIntegers(1), problem.pattern(1), ValueType.F16);
        assertEquals(a.hasSameElements(b), b.hasSameElements(a));
    }

    @Property(tries = 200)
    void oneElementThatDiffersIsFound(@ForAll(supplier = NmCases.class) NmCase problem, @ForAll ValueType type) {
        Assume.that(problem.rows() > 0 && problem.groups() > 0);
        NmPattern pattern = problem.pattern();
        Grid grid = problem.smallIntegers(1);
        SemiStructuredMatrix before = matrix(grid, pattern, type);
        int row = problem.random(2).nextInt(problem.rows());
        int group = problem.random(3).nextInt(problem.groups());
        int col = group * problem.m() + pattern.index(row, group, problem.n() - 1);
        grid.set(row, col, grid.at(row, col) + 1);
        assertFalse(before.hasSameElements(matrix(grid, pattern, type)));
    }

    @Example
    void typesDoNotCount() {
        assertTrue(row(2, 4, ValueType.F32, 1, 0, 0, 2).hasSameElements(row(2, 4, ValueType.BF16, 1, 0, 0, 2)));
    }

    @Example
    void groupsDoNotCount() {
        assertTrue(row(1, 2, ValueType.F32, 1, 0, 0, 2).hasSameElements(row(2, 4, ValueType.F32, 1, 0, 0, 2)));
    }

    @Example
    void signsOfZerosDoNotCount() {
        assertTrue(row(2, 2, ValueType.F32, 0f, -0f).hasSameElements(row(2, 2, ValueType.F32, -0f, 0f)));
    }

    @Example
    void aNaNIsNoNumber() {
        assertFalse(row(2, 2, ValueType.F32, Float.NaN, 1).hasSameElements(row(2, 2, ValueType.F32, 1, 1)));
        assertFalse(row(2, 2, ValueType.F32, 1, 1).hasSameElements(row(2, 2, ValueType.F32, Float.NaN, 1)));
    }

    @Example
    void otherShapesAreNotTheSame() {
        assertFalse(row(1, 2, ValueType.F32, 0, 0).hasSameElements(row(1, 2, ValueType.F32, 0, 0, 0, 0)));
        NmPattern one = NmPattern.of(1, 2, 1, 2, new int[] {0});
        NmPattern two = NmPattern.of(2, 2, 1, 2, new int[] {0, 0});
        assertFalse(
                matrix(new Grid(1, 2), one, ValueType.F32).hasSameElements(matrix(new Grid(2, 2), two, ValueType.F32)));
    }

    @Property(tries = 100)
    void theTransposedMatrixHasTheMirroredElements(
            @ForAll @IntRange(max = 4) int tileRows,
            @ForAll @IntRange(max = 4) int groups,
            @ForAll @IntRange(min = 1, max = 4) int n,
            @ForAll ValueType type,
            @ForAll long seed) {
        NmCase problem = new NmCase(4 * tileRows, groups, n, 4, 1, seed);
        Grid grid = problem.smallIntegers(1);
        SemiStructuredMatrix matrix = matrix(grid, NmPruning.transposable(grid.rowMajor(memory), n, 4), type);
        SemiStructuredMatrix transposed = matrix.transpose(memory.kernels());
        assertEquals(type, transposed.type());
        for (int row = 0; row < problem.rows(); row++) {
            for (int col = 0; col < problem.cols(); col++) {
                assertEquals(matrix.get(row, col), transposed.get(col, row));
            }
        }
    }
}
