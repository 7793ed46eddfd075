package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rewire.kernels.internal.MaskKernels;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Packed indices and masks, in rows that end within a word, a byte, or with one. */
class MaskCodesTest {
    private static final int ROWS = 3;

    @ParameterizedTest
    @CsvSource({
        "2, 4, 4",
        "2, 4, 8",
        "2, 4, 60",
        "2, 4, 64",
        "2, 4, 72",
        "2, 4, 784",
        "2, 4, 1024",
        "1, 4, 72",
        "2, 8, 72",
        "4, 16, 80"
    })
    void masksHaveTheColumnsOfThePattern(int n, int m, int cols) {
        NmPattern pattern = NmPattern.random(ROWS, cols, n, m, 1, new SplittableRandom(1));
        MaskCodes codes = new MaskCodes(n, m, cols);
        long[] mask = new long[MaskKernels.words(cols)];
        for (int row = 0; row < ROWS; row++) {
            long[] expected = new long[mask.length];
            for (int element = 0; element < pattern.rowElements(); element++) {
                int col = pattern.column(row, element);
                expected[col / Long.SIZE] |= 1L << col;
            }
            codes.unpack(pattern.codes(), row, mask);
            assertArrayEquals(expected, mask, "row " + row);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2, 4, 4",
        "2, 4, 8",
        "2, 4, 60",
        "2, 4, 64",
        "2, 4, 72",
        "2, 4, 784",
        "2, 4, 1024",
        "1, 4, 72",
        "2, 8, 72",
        "4, 16, 80"
    })
    void packingGivesBackWhatWasUnpacked(int n, int m, int cols) {
        NmPattern pattern = NmPattern.random(ROWS, cols, n, m, 1, new SplittableRandom(2));
        MaskCodes codes = new MaskCodes(n, m, cols);
        long[] mask = new long[MaskKernels.words(cols)];
        byte[] packed = new byte[ROWS * pattern.rowBytes()];
        for (int row = 0; row < ROWS; row++) {
            codes.unpack(pattern.codes(), row, mask);
            codes.pack(mask, packed, row);
        }
        assertEquals(pattern, new NmPattern(ROWS, cols, n, m, packed));
    }
}
