package dev.rewire.training.rewiring.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rewire.kernels.NmPattern;
import dev.rewire.training.parameter.Cells;
import dev.rewire.training.parameter.ParameterPattern;
import org.junit.jupiter.api.Test;

/** What a change of a pattern comes to, by hand. */
class PatternChangeTest {
    /** Row 0 loses column 1 and gains 2, row 2 loses all, rows 1 and 2 are empty, and nobody reads columns 1 and 3. */
    @Test
    void singleWeights() {
        assertEquals(
                new PatternChange(2, 1, 2, 2),
                PatternChange.of(blocks(4, 4, 1, 0, 1, 8, 12), blocks(4, 4, 1, 0, 2, 12)));
    }

    /** The grid of 2×2 blocks over 3×5 has blocks of 2×2, 2×2, 2×1 above blocks of 1×2, 1×2, 1×1. */
    @Test
    void paddingOfBlocksAtTheEdgeDoesNotCount() {
        // The last blocks of both rows go; 1 and 3 come.
        assertEquals(
                new PatternChange(2 + 1, 4 + 2, 0, 1),
                PatternChange.of(blocks(3, 5, 2, 0, 2, 4, 5), blocks(3, 5, 2, 0, 1, 3, 4)));
    }

    @Test
    void aDeadColumnOfBlocksAtTheEdgeIsAsWideAsTheMatrix() {
        assertEquals(
                1,
                PatternChange.of(blocks(3, 5, 2, 0, 1), blocks(3, 5, 2, 0, 1)).deadInputs());
    }

    @Test
    void aDeadRowOfBlocksAtTheEdgeIsAsHighAsTheMatrix() {
        assertEquals(
                1,
                PatternChange.of(blocks(3, 5, 2, 0, 1), blocks(3, 5, 2, 0, 1)).deadOutputs());
    }

    /** The first group of the first output exchanges one, the second of the second both; nobody reads input 3, 4 and 5. */
    @Test
    void ofGroupsAsManyGoAsCome() {
        assertEquals(
                new PatternChange(3, 3, 0, 3),
                PatternChange.of(nm(0, 1, 2, 3, 0, 1, 0, 1), nm(0, 2, 2, 3, 0, 1, 2, 3)));
    }

    private static ParameterPattern blocks(int rows, int cols, int side, int... cells) {
        return new ParameterPattern.Blocks(Cells.pattern(rows, cols, side, side, cells));
    }

    /** Two outputs of two groups that keep 2 of 4. */
    private static ParameterPattern nm(int... indices) {
        return new ParameterPattern.Nm(NmPattern.of(2, 8, 2, 4, indices), null);
    }
}
