package dev.rewire.kernels;

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
        boolean[] stored = new boolean[elements];
        for (int tile = 0; tile < tiles.count(); tile++) {
            int ofTile = 0;
            for (int row = tiles.firstRow(tile); row < tiles.endRow(tile); row++) {
                for (int i = tiles.starts()[tiles.from(tile) + row]; i < tiles.starts()[tiles.to(tile) + row]; i++) {
                    assertFalse(stored[i], "twice");
                    stored[i] = true;
                    assertTrue(pattern.rowOffset(row) <= i && i < pattern.rowOffset(row + 1), "of another row");
                    ofTile++;
                }
            }
            assertTrue(ofTile <= tiles.mostElements(), "more than there is room for");
        }
        for (boolean one : stored) {
            assertTrue(one, "left out");
        }
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
