package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Single elements so dense that they are computed in tiles, in another order than they are stored in. */
@Tag("species")
class SddmmTilesTest {
    @ParameterizedTest
    @CsvSource({
        "64, 37, 200, PANELS, false",
        "192, 37, 200, PANELS, false",
        "130, 37, 200, PANELS, true",
        "130, 37, 200, ROW_MAJOR, false",
        "200, 40, 3000, ROW_MAJOR, false", // packed in several turns
        "200, 40, 3000, ROW_MAJOR, true",
    })
    void sumsOfIntegersAreExact(int batch, int rows, int cols, Layout layout, boolean accumulate) {
        Problem problem = new Problem(batch, rows, cols, 1, 1, 30, 3, 5, Values.SMALL_INTEGERS, 7);
        assertTrue(SddmmTiles.pay(problem.pattern()));
        SddmmCase product = new SddmmCase(problem, accumulate);
        product.expected().assertExact(product.resultOf(layout, 2));
    }

    @ParameterizedTest
    @CsvSource({"9000, 1", "9000, 2", "20000, 2"})
    void tilesHoldEachElementOnce(int elements, int panelsAtOnce) {
        BlockPattern pattern = BlockPattern.random(100, 300, 1, 1, elements, new SplittableRandom(1));
        SddmmTiles tiles = new SddmmTiles(pattern, panelsAtOnce);
        tiles.replan(pattern);
        boolean[] stored = new boolean[100 * 300];
        for (int element = 0; element < tiles.firstElement(tiles.count()); element++) {
            int place = tiles.rows()[element] * 300 + tiles.cols()[element];
            assertFalse(stored[place], "twice");
            stored[place] = true;
            assertTrue(pattern.stores(place / 300, place % 300), "not of the pattern");
        }
        assertEquals(elements, tiles.firstElement(tiles.count()));
    }

    @Test
    void aFewElementsStayInTheirOrder() {
        assertFalse(SddmmTiles.pay(BlockPattern.random(100, 300, 1, 1, 3000, new SplittableRandom(1))));
    }

    @Test
    void noElementsNeedNoTiles() {
        assertFalse(SddmmTiles.pay(BlockPattern.random(0, 300, 1, 1, 0, new SplittableRandom(1))));
    }
}
