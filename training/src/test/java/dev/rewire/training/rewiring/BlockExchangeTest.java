package dev.rewire.training.rewiring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.training.parameter.Cells;
import org.junit.jupiter.api.Test;

/** One exchange on 4×4, by hand. Stored, with their numbers:
 *
 * <pre>
 * 0 . 1 .
 * . 2 . .
 * 3 . . 4
 * . 5 6 .
 * </pre>
 */
class BlockExchangeTest {
    private static final BlockPattern OLD = Cells.pattern(4, 4, 1, 1, new int[] {0, 2, 5, 8, 11, 13, 14});

    @Test
    void theSmallestAreDroppedAndOfEqualOnesTheFirst() {
        float[] norms = {3, 1, 2, 1, 5, 1, 0.5f};

        assertArrayEquals(new int[] {1, 3, 6}, BlockExchange.smallest(norms, 7, 3));
    }

    @Test
    void everyPlaceWithoutASurvivorIsFree() {
        BlockExchange exchange = new BlockExchange(OLD, new int[] {1, 3, 6});
        int[] all = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};

        assertEquals(12, exchange.free());
        assertArrayEquals(new int[] {1, 2, 3, 4, 6, 7, 8, 9, 10, 12, 14, 15}, exchange.freeCells(all));
        assertArrayEquals(new int[] {3, 14}, exchange.freeCells(new int[] {2, 10}));
    }

    @Test
    void growthIsByTheLargestOfTheFreeScores() {
        BlockExchange exchange = new BlockExchange(OLD, new int[] {1, 3, 6});
        TopK largest = TopK.largest(3);
        float[][] scores = {
            {99, 1, 4, 0}, // cell 2 was just dropped
            {2, 99, 7, 1},
            {3, 0, 1, 99},
            {6, 99, 4, 4}, // as was cell 14; of the equal ones cell 2 comes first
        };

        for (int row = 0; row < 4; row++) {
            exchange.markStored(row, scores[row]);
            largest.offerMagnitudes(scores[row], 4, 4 * row);
        }

        assertArrayEquals(new int[] {2, 6, 12}, largest.indices());
    }

    @Test
    void theNextPatternIsSurvivorsAndNewcomers() {
        BlockExchange exchange = new BlockExchange(OLD, new int[] {1, 3, 6});

        BlockPattern next = exchange.grow(new int[] {2, 6, 12});

        assertEquals(Cells.pattern(4, 4, 1, 1, new int[] {0, 2, 5, 6, 11, 12, 13}), next);
    }

    @Test
    void allMayBeDroppedAndGrowElsewhere() {
        BlockExchange exchange = new BlockExchange(OLD, new int[] {0, 1, 2, 3, 4, 5, 6});

        assertEquals(16, exchange.free());
        assertEquals(
                Cells.pattern(4, 4, 1, 1, new int[] {0, 1, 15}),
                exchange.grow(exchange.freeCells(new int[] {0, 1, 15})));
    }

    @Test
    void aFullPatternWithoutDropsHasNoFreePlace() {
        BlockPattern full = BlockPattern.full(8, 8, 4, 4);
        BlockExchange exchange = new BlockExchange(full, new int[0]);

        assertEquals(0, exchange.free());
        assertEquals(full, exchange.grow(new int[0]));
    }

    @Test
    void cellsOfAPatternAreItsBlocks() {
        assertArrayEquals(new int[] {0, 2, 5, 8, 11, 13, 14}, Cells.of(OLD));
        assertEquals(6, Cells.count(BlockPattern.full(5, 9, 4, 4)));
    }
}
