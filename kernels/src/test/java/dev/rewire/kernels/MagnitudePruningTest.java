package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rewire.kernels.prune.NmPruning;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

class MagnitudePruningTest {
    private TestMemory memory;

    @BeforeTry
    void open() {
        memory = TestMemory.open();
    }

    @AfterTry
    void free() {
        memory.close();
    }

    @Property(tries = 300)
    void keepsTheLargestOfEachGroupInAnyMixOfValues(@ForAll(supplier = NmCases.class) NmCase problem) {
        Grid grid = PruningCase.specialValues(problem);
        NmPattern pattern = NmPruning.magnitude(grid.rowMajor(memory, 1, 3), problem.n(), problem.m());
        for (int row = 0; row < problem.rows(); row++) {
            for (int group = 0; group < problem.groups(); group++) {
                double[] magnitudes = new double[problem.m()];
                for (int place = 0; place < problem.m(); place++) {
                    magnitudes[place] = Math.abs(grid.at(row, group * problem.m() + place));
                }
                assertEquals(PruningCase.largest(magnitudes, problem.n()), PruningCase.mask(pattern, row, group));
            }
        }
    }

    @Property(tries = 200)
    void aPrunedMatrixIsCanonical(@ForAll(supplier = NmCases.class) NmCase problem) {
        SemiStructuredMatrix matrix = SemiStructuredMatrix.fromDense(
                memory.kernels(), problem.smallIntegers(1).rowMajor(memory), problem.n(), problem.m());
        assertEquals(matrix.canonical(memory.kernels()).pattern(), matrix.pattern());
    }

    @Property(tries = 200)
    void pruningAPrunedMatrixChangesNothing(@ForAll(supplier = NmCases.class) NmCase problem) {
        NmPattern pattern = NmPruning.magnitude(problem.smallIntegers(1).rowMajor(memory), problem.n(), problem.m());
        SemiStructuredMatrix matrix = SemiStructuredMatrix.fromDense(
                memory.kernels(), problem.smallIntegers(1).rowMajor(memory), pattern, ValueType.F32);
        DenseMatrix dense = new Grid(problem.rows(), problem.cols()).rowMajor(memory);
        matrix.toDense(dense);
        assertEquals(pattern, NmPruning.magnitude(dense, problem.n(), problem.m()));
    }

    @Example
    void ofEqualOnesTheLowerIndexIsKept() {
        assertEquals(0b0011, twoOfFour(1, -1, 1, -1));
        assertEquals(0b1010, twoOfFour(1, 2, 1, 2));
        assertEquals(0b0101, twoOfFour(1, 0, 2, 1));
    }

    @Example
    void zerosOfEitherSignFillUpFromTheEnd() {
        assertEquals(0b1100, twoOfFour(0, -0f, 0, -0f));
        assertEquals(0b1001, twoOfFour(1, -0f, 0, 0));
        assertEquals(0b1100, twoOfFour(0, 0, -0f, 1));
    }

    @Example
    void aSubnormalIsLargerThanZero() {
        assertEquals(0b1001, twoOfFour(Float.MIN_VALUE, 0, 0, 0));
        assertEquals(0b0011, twoOfFour(Float.MIN_VALUE, -Float.MIN_VALUE, 0, 0));
    }

    @Example
    void aNaNIsLargerThanAnInfinity() {
        assertEquals(0b1010, twoOfFour(Float.POSITIVE_INFINITY, Float.NaN, Float.NEGATIVE_INFINITY, Float.NaN));
    }

    @Example
    void ofNaNsTheLowerIndexIsKeptWhateverTheirPayload() {
        assertEquals(0b0011, twoOfFour(Float.intBitsToFloat(0x7f800001), Float.NaN, Float.intBitsToFloat(-1), 9));
    }

    private int twoOfFour(float... group) {
        NmPattern pattern =
                NmPruning.magnitude(Grid.of(1, 4, (row, col) -> group[col]).rowMajor(memory), 2, 4);
        return PruningCase.mask(pattern, 0, 0);
    }
}
