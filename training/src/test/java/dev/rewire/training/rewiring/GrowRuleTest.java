package dev.rewire.training.rewiring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.NmPattern;
import dev.rewire.training.parameter.BlockParameter;
import dev.rewire.training.parameter.Cells;
import dev.rewire.training.parameter.GradientScores;
import dev.rewire.training.parameter.NmParameter;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** Rules of one's own on 3×4 with six weights, of which the two of smallest magnitude are dropped:
 *
 * <pre>
 *  6 -1  5  .
 *  .  4  .  2
 *  3  .  .  .
 * </pre>
 */
class GrowRuleTest {
    private static final int[] CELLS = {0, 1, 2, 5, 7, 8};
    private static final float[] VALUES = {6, -1, 5, 4, 2, 3};

    /** The scores of a gradient that grows with the cell. */
    private static final GradientScores BY_CELL = (arena, grid) -> rows -> {
        for (int row = 0; row < grid.gridRows(); row++) {
            float[] norms = new float[grid.gridCols()];
            for (int col = 0; col < norms.length; col++) {
                norms[col] = row * norms.length + col;
            }
            rows.accept(row, norms);
        }
    };

    /** A rule that asks for gradients and leaves the update alone. */
    private interface ByGradient extends GrowRule {
        @Override
        default boolean usesGradient() {
            return true;
        }
    }

    private static int[] rewired(DropRule drop, GrowRule grow) {
        try (KernelArena arena = KernelArena.open()) {
            BlockParameter weights = new BlockParameter(arena, Cells.pattern(3, 4, 1, 1, CELLS), 0);
            for (int i = 0; i < VALUES.length; i++) {
                weights.values().values().setAtIndex(ValueLayout.JAVA_FLOAT, i, VALUES[i]);
            }
            Rewiring rewiring = new Rewiring(drop, grow, DropSchedule.constant(0.34, 1, 10));
            ParameterRewiring.of(arena, 0, weights, BY_CELL, rewiring, 1).apply(0);
            return Cells.of(weights.values().pattern());
        }
    }

    private static int[] grown(GrowRule grow) {
        return rewired(DropRule.MAGNITUDE, grow);
    }

    @Test
    void aRuleGrowsWhereItSays() {
        assertArrayEquals(new int[] {0, 2, 4, 5, 8, 11}, grown((free, count) -> new int[] {11, 4}));
    }

    @Test
    void whatWasJustDroppedIsFree() {
        assertArrayEquals(CELLS, grown((free, count) -> new int[] {1, 7}));
    }

    @Test
    void aRuleSeesTheShapeAndWhatIsFree() {
        grown((free, count) -> {
            assertEquals("3x4 8", free.gridRows() + "x" + free.gridCols() + " " + free.count());
            assertEquals(2, count);
            assertTrue(free.isFree(1) && free.isFree(7) && !free.isFree(0) && !free.isFree(8));
            assertThrows(IndexOutOfBoundsException.class, () -> free.isFree(12));
            return free.cells(new int[] {0, 7});
        });
    }

    @Test
    void gradientsComeOfFreePlacesInOrder() {
        StringBuilder cells = new StringBuilder();
        grown((ByGradient) (free, count) -> {
            free.gradient(
                    (cell, norm) -> cells.append(cell).append('=').append(norm).append(' '));
            return new int[] {1, 3};
        });

        assertEquals("1=1.0 3=3.0 4=4.0 6=6.0 7=7.0 9=9.0 10=10.0 11=11.0 ", cells.toString());
    }

    @Test
    void theLargestGradientsByAnOwnRuleAreThoseOfRigl() {
        ByGradient own = (free, count) -> {
            TopK largest = TopK.largest(count);
            free.gradient((cell, norm) -> largest.offer(norm, cell));
            return largest.indices();
        };

        assertArrayEquals(grown(GrowRule.GRADIENT), grown(own));
    }

    @Test
    void gradientsAreForRulesThatSaySo() {
        refused("gradient: ", (free, count) -> {
            free.gradient((cell, norm) -> {});
            return new int[count];
        });
    }

    @Test
    void aDropRuleDropsTheSmallestOfItsScores() {
        DropRule largest = (weights, scores) -> {
            DropRule.MAGNITUDE.score(weights, scores);
            for (int i = 0; i < scores.length; i++) {
                scores[i] = -scores[i];
            }
        };

        assertArrayEquals(new int[] {1, 3, 4, 5, 7, 8}, rewired(largest, (free, count) -> new int[] {3, 4}));
    }

    @Test
    void placesThatAreNotFreeAreRefused() {
        refused("the grow rule chose cell 5;", (free, count) -> new int[] {4, 5});
        refused("the grow rule chose cell -1;", (free, count) -> new int[] {-1, 4});
        refused("the grow rule chose cell 12;", (free, count) -> new int[] {4, 12});
        refused("the grow rule chose cell 4 twice;", (free, count) -> new int[] {4, 4});
        refused("the grow rule chose 1 places; accepted are 2", (free, count) -> new int[] {4});
    }

    private static void refused(String start, GrowRule rule) {
        String message =
                assertThrows(IllegalStateException.class, () -> grown(rule)).getMessage();
        assertTrue(message.startsWith(start), message);
    }

    @Test
    void ownRulesHaveANameOfTheirOwn() {
        for (String taken : new String[] {"none", "set", "rigl", "gse:1", "chts", "", "two\nlines"}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new Rules(taken, DropRule.MAGNITUDE, (free, count) -> new int[count]),
                    taken);
        }
    }

    @Test
    void ownRulesAreForBlocks() {
        Rewiring rewiring =
                new Rewiring(DropRule.MAGNITUDE, (free, count) -> new int[count], DropSchedule.constant(0.5, 1, 10));
        try (KernelArena arena = KernelArena.open()) {
            NmParameter weights = new NmParameter(arena, NmPattern.of(1, 4, 2, 4, new int[] {0, 1}), 0);

            assertThrows(
                    IllegalArgumentException.class,
                    () -> ParameterRewiring.of(arena, 0, weights, BY_CELL, rewiring, 1));
        }
    }

    @Test
    void sparseWeightsBesideMasksStayWhereTheyAre() {
        try (KernelArena arena = KernelArena.open()) {
            BlockPattern pattern = Cells.pattern(3, 4, 1, 1, CELLS);
            BlockParameter weights = new BlockParameter(arena, pattern, 0);

            ParameterRewiring.of(arena, 0, weights, BY_CELL, Rewiring.ofMasks(1, 10), 1)
                    .apply(0);

            assertEquals(pattern, weights.values().pattern());
        }
    }
}
