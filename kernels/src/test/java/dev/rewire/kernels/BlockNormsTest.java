package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

class BlockNormsTest {
    private TestMemory memory;

    @BeforeTry
    void open() {
        memory = TestMemory.open();
    }

    @AfterTry
    void free() {
        memory.close();
    }

    @Property(tries = 100)
    void normIsTheSumOfTheMagnitudesOfABlock(@ForAll(supplier = Problems.Any.class) Problem problem) {
        BlockPattern pattern = problem.pattern();
        Grid weights = problem.values().alternatingGrid(problem.rows(), problem.cols(), problem.random(1));
        BlockSparseMatrix matrix = BlockSparseMatrix.fromDense(memory.kernels(), weights.rowMajor(memory), pattern);
        float[] norms = new float[pattern.blocks()];
        BlockNorms.l1(matrix, norms);

        Oracle oracle = new Oracle(1, pattern.blocks());
        for (int row = 0; row < problem.rows(); row++) {
            for (int col = 0; col < problem.cols(); col++) {
                int block = pattern.find(row / problem.blockRows(), col / problem.blockCols());
                if (block >= 0) {
                    oracle.add(0, block, Math.abs(weights.at(row, col)));
                }
            }
        }
        oracle.assertWithinBound(Grid.of(1, norms.length, (row, block) -> norms[block]));
    }

    @Example
    void moreBlocksThanOneCopyHoldsAreAllMeasured() {
        BlockSparseMatrix matrix = BlockSparseMatrix.fromDense(
                memory.kernels(), Grid.filled(200, 300, -2).rowMajor(memory), BlockPattern.full(200, 300, 4, 4));
        float[] norms = new float[50 * 75];
        BlockNorms.l1(matrix, norms);
        for (int block = 0; block < norms.length; block++) {
            assertEquals(32, norms[block], "block " + block);
        }
    }

    @Example
    void theNormOfABlockWithNaNIsNaN() {
        BlockSparseMatrix matrix = BlockSparseMatrix.fromDense(
                memory.kernels(),
                Grid.of(4, 4, (row, col) -> row == 1 && col == 3 ? Float.NaN : 1)
                        .rowMajor(memory),
                BlockPattern.full(4, 4, 4, 4));
        float[] norms = new float[1];
        BlockNorms.l1(matrix, norms);
        assertTrue(Float.isNaN(norms[0]));
    }

    @Example
    void whatLiesBehindTheNormsIsUntouched() {
        BlockSparseMatrix matrix = BlockSparseMatrix.allocate(memory.kernels(), BlockPattern.full(4, 4, 4, 4));
        float[] norms = {7, 7, 7};
        BlockNorms.l1(matrix, norms);
        assertArrayEquals(new float[] {0, 7, 7}, norms);
    }

    @Example
    void refusesAnArrayThatIsTooShort() {
        BlockSparseMatrix matrix = BlockSparseMatrix.allocate(memory.kernels(), BlockPattern.full(8, 4, 4, 4));
        Refusal.ofArgument("norms.length: 1 ", () -> BlockNorms.l1(matrix, new float[1]));
    }

    @Example
    void refusesAClosedMatrix() {
        KernelArena closed = KernelArena.open();
        BlockSparseMatrix matrix = BlockSparseMatrix.allocate(closed, BlockPattern.full(8, 4, 4, 4));
        closed.close();
        Refusal.ofState("matrix: its arena is closed", () -> BlockNorms.l1(matrix, new float[2]));
    }
}
