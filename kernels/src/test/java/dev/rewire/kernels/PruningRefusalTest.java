package dev.rewire.kernels;

import dev.rewire.kernels.prune.BlockPruning;
import dev.rewire.kernels.prune.NmPruning;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class PruningRefusalTest {
    private static DenseMatrix dense(int rows, int cols) {
        return DenseMatrix.allocate(Arena.ofAuto(), rows, cols);
    }

    private static DenseMatrix closed() {
        try (Arena arena = Arena.ofConfined()) {
            return DenseMatrix.allocate(arena, 4, 4);
        }
    }

    @Test
    void magnitudeRefusesToKeepMoreThanAGroup() {
        Refusal.ofArgument("n: 5 is out of range; accepted are 1 to 4", () -> NmPruning.magnitude(dense(4, 8), 5, 4));
    }

    @Test
    void magnitudeRefusesToKeepNothing() {
        Refusal.ofArgument("n: 0 ", () -> NmPruning.magnitude(dense(4, 8), 0, 4));
    }

    @Test
    void magnitudeRefusesAGroupThatIsNoPowerOfTwo() {
        Refusal.ofArgument("m: 3 ", () -> NmPruning.magnitude(dense(4, 9), 2, 3));
        Refusal.ofArgument("m: 0 ", () -> NmPruning.magnitude(dense(4, 9), 2, 0));
    }

    @Test
    void magnitudeRefusesColumnsThatTheGroupDoesNotDivide() {
        Refusal.ofArgument("cols: 10 ", () -> NmPruning.magnitude(dense(4, 10), 2, 4));
    }

    @Test
    void magnitudeRefusesAClosedMatrix() {
        Refusal.ofState("dense: its arena is closed", () -> NmPruning.magnitude(closed(), 2, 4));
    }

    @Test
    void sharedRefusesFewerThanOneRow() {
        Refusal.ofArgument("v: 0 ", () -> NmPruning.shared(dense(4, 8), 2, 4, 0));
    }

    @Test
    void sharedRefusesRowsThatVDoesNotDivide() {
        Refusal.ofArgument("dense.rows: 4 is not divisible by v = 3", () -> NmPruning.shared(dense(4, 8), 2, 4, 3));
    }

    @Test
    void transposableRefusesAGroupOver4() {
        Refusal.ofArgument("m of a transposable pattern: 8 ", () -> NmPruning.transposable(dense(8, 8), 4, 8));
    }

    @Test
    void transposableRefusesRowsThatTheGroupDoesNotDivide() {
        Refusal.ofArgument("dense.rows: 6 is not divisible by m = 4", () -> NmPruning.transposable(dense(6, 8), 2, 4));
    }

    @Test
    void transposableRefusesToKeepMoreThanAGroup() {
        Refusal.ofArgument("n: 3 ", () -> NmPruning.transposable(dense(4, 4), 3, 2));
    }

    @Test
    void transposableRefusesAClosedMatrix() {
        Refusal.ofState("dense: its arena is closed", () -> NmPruning.transposable(closed(), 2, 4));
    }

    @Test
    void blocksRefuseASideOutOfRange() {
        Refusal.ofArgument("blockRows: 0 ", () -> BlockPruning.magnitude(dense(4, 4), 0, 4, 1));
        Refusal.ofArgument("blockCols: 65 ", () -> BlockPruning.magnitude(dense(4, 4), 4, 65, 1));
    }

    @Test
    void blocksRefuseMoreThanTheGridHas() {
        Refusal.ofArgument(
                "blocks: 5 is out of range; accepted are 0 to 4", () -> BlockPruning.magnitude(dense(4, 4), 2, 2, 5));
    }

    @Test
    void blocksRefuseANegativeNumber() {
        Refusal.ofArgument("blocks: -1 ", () -> BlockPruning.magnitude(dense(4, 4), 2, 2, -1));
    }

    @Test
    void blocksRefuseAClosedMatrix() {
        Refusal.ofState("dense: its arena is closed", () -> BlockPruning.magnitude(closed(), 2, 2, 1));
    }
}
