package dev.rewire.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SparseInputTest {
    @ParameterizedTest
    @CsvSource({
        "3072, 768, 16, 16, 0.9, 922",
        "10, 10, 4, 4, 0, 9",
        "10, 10, 4, 4, 1, 0",
        "10, 10, 4, 4, 0.5, 5",
        "0, 5, 1, 1, 0.5, 0"
    })
    void hasTheRoundedShareOfTheGrid(int rows, int cols, int blockRows, int blockCols, double sparsity, int blocks) {
        assertEquals(
                blocks,
                SparseInput.generated(rows, cols, blockRows, blockCols, sparsity, 1)
                        .pattern()
                        .blocks());
    }

    @Test
    void countsNonzerosWithoutThePadding() {
        assertEquals(70, SparseInput.generated(7, 10, 4, 4, 0, 1).nonzeros());
    }

    @Test
    void dependsOnTheSeedAlone() {
        assertEquals(pattern(1), pattern(1));
        assertNotEquals(pattern(1), pattern(2));
    }

    private static Object pattern(long seed) {
        return SparseInput.generated(64, 64, 4, 4, 0.5, seed).pattern();
    }
}
