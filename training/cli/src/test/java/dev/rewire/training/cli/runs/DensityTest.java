package dev.rewire.training.cli.runs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.rewire.kernels.BlockPattern;
import org.junit.jupiter.api.Test;

/** Patterns as pictures. */
class DensityTest {
    /** A block of 2×2 at the upper left of 3×4, and one at the lower right, of which one row is in the matrix. */
    private static final BlockPattern PATTERN = BlockPattern.of(3, 4, 2, 2, new int[] {0, 1, 2}, new int[] {0, 1});

    @Test
    void eachPlaceIsAPixelWhereThereIsRoom() {
        assertArrayEquals(new double[][] {{1, 1, 0, 0}, {1, 1, 0, 0}, {0, 0, 1, 1}}, Density.of(PATTERN, 100));
    }

    @Test
    void aPixelOfManyPlacesIsTheShareThatIsStored() {
        // Rows 0 and 1 in the first, row 2 in the second; columns 0 and 1, 2 and 3.
        assertArrayEquals(new double[][] {{1, 0}, {0, 1}}, Density.of(PATTERN, 2));
    }

    @Test
    void onePixelIsTheDensity() {
        assertArrayEquals(new double[][] {{0.5}}, Density.of(PATTERN, 1));
    }

    @Test
    void columnsCountTheirElements() {
        assertArrayEquals(new int[] {2, 2, 1, 1}, Density.ofColumns(PATTERN));
    }
}
