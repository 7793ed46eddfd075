package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** L1 norms of stored blocks. */
class BlockNormsTest {
    @Property(tries = 100)
    void exactOnSmallIntegers(@ForAll(supplier = Problems.OfIntegers.class) Problem problem) {
        Grid values = problem.values().alternatingGrid(problem.rows(), problem.cols(), problem.random(1));
        try (TestMemory memory = TestMemory.open()) {
            BlockPattern p = problem.pattern();
            BlockSparseMatrix matrix = BlockSparseMatrix.fromDense(memory.kernels(), values.rowMajor(memory), p);
            float[] norms = new float[p.blocks()];

            BlockNorms.l1(matrix, norms);

            for (int gridRow = 0; gridRow < p.gridRows(); gridRow++) {
                for (int block = p.rowOffset(gridRow); block < p.rowOffset(gridRow + 1); block++) {
                    assertEquals(norm(values, p, gridRow, p.gridCol(block)), norms[block], "block " + block);
                }
            }
        }
    }

    private static float norm(Grid values, BlockPattern p, int gridRow, int gridCol) {
        float sum = 0;
        for (int row = gridRow * p.blockRows(); row < Math.min((gridRow + 1) * p.blockRows(), p.rows()); row++) {
            for (int col = gridCol * p.blockCols(); col < Math.min((gridCol + 1) * p.blockCols(), p.cols()); col++) {
                sum += Math.abs(values.at(row, col));
            }
        }
        return sum;
    }

    @Example
    void anArrayThatIsTooShortIsNamed() {
        try (KernelArena arena = KernelArena.open()) {
            BlockSparseMatrix matrix = BlockSparseMatrix.allocate(arena, BlockPattern.full(4, 4, 2, 2));

            String message = assertThrows(IllegalArgumentException.class, () -> BlockNorms.l1(matrix, new float[3]))
                    .getMessage();

            assertTrue(message.startsWith("norms.length: 3"), message);
        }
    }

    @Example
    void aClosedMatrixIsRefused() {
        KernelArena arena = KernelArena.open();
        BlockSparseMatrix matrix = BlockSparseMatrix.allocate(arena, BlockPattern.full(4, 4, 2, 2));
        arena.close();

        assertThrows(IllegalStateException.class, () -> BlockNorms.l1(matrix, new float[4]));
    }
}
