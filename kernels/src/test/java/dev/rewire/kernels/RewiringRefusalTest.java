package dev.rewire.kernels;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RewiringRefusalTest {
    private final KernelArena arena = KernelArena.open();
    private final BlockSparseMatrix matrix = BlockSparseMatrix.allocate(arena, BlockPattern.full(8, 12, 2, 3));

    @AfterEach
    void free() {
        arena.close();
    }

    @Test
    void refusesOtherRows() {
        Refusal.ofArgument("next.rows: 7 ", () -> matrix.rewire(BlockPattern.full(7, 12, 2, 3)));
    }

    @Test
    void refusesOtherColumns() {
        Refusal.ofArgument("next.cols: 11 ", () -> matrix.rewire(BlockPattern.full(8, 11, 2, 3)));
    }

    @Test
    void refusesOtherBlockRows() {
        Refusal.ofArgument("next.blockRows: 4 ", () -> matrix.rewire(BlockPattern.full(8, 12, 4, 3)));
    }

    @Test
    void refusesOtherBlockColumns() {
        Refusal.ofArgument("next.blockCols: 6 ", () -> matrix.rewire(BlockPattern.full(8, 12, 2, 6)));
    }

    @Test
    void refusesAClosedMatrix() {
        KernelArena closed = KernelArena.open();
        BlockSparseMatrix gone = BlockSparseMatrix.allocate(closed, BlockPattern.full(8, 12, 2, 3));
        closed.close();
        Refusal.ofState("matrix: ", () -> gone.rewire(BlockPattern.full(8, 12, 2, 3)));
    }
}
