package dev.rewire.kernels.internal.scalar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TileMasksTest {
    @Test
    void twoOfFourHas90Masks() {
        assertEquals(90, TileMasks.of(2, 4).count());
    }

    @ParameterizedTest
    @CsvSource({"1,2,2", "2,2,1", "1,4,24", "3,4,24", "4,4,1"})
    void countsOfOtherTiles(int n, int m, int count) {
        assertEquals(count, TileMasks.of(n, m).count());
    }

    @ParameterizedTest
    @CsvSource({"1,2", "2,2", "1,4", "2,4", "3,4", "4,4"})
    void masksAreDistinctAndKeepNOfEachRowAndColumn(int n, int m) {
        TileMasks masks = TileMasks.of(n, m);
        Set<String> distinct = new HashSet<>();
        for (int mask = 0; mask < masks.count(); mask++) {
            StringBuilder bits = new StringBuilder();
            int[] ofCol = new int[m];
            for (int row = 0; row < m; row++) {
                assertEquals(n, Integer.bitCount(masks.bits(mask, row)));
                for (int col = 0; col < m; col++) {
                    ofCol[col] += (masks.bits(mask, row) >>> col) & 1;
                }
                bits.append(masks.bits(mask, row)).append(' ');
            }
            for (int kept : ofCol) {
                assertEquals(n, kept);
            }
            assertTrue(distinct.add(bits.toString()), () -> bits + "twice");
        }
    }
}
