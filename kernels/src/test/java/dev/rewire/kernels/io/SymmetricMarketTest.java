package dev.rewire.kernels.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.KernelArena;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Files that give one triangle hold the whole matrix. */
class SymmetricMarketTest {
    @Property(tries = 200)
    void holdsBothTriangles(
            @ForAll @IntRange(max = 30) int side,
            @ForAll boolean skew,
            @ForAll boolean upper,
            @ForAll boolean whole,
            @ForAll long seed) {
        RandomGenerator random = new SplittableRandom(seed);
        float[][] expected = new float[side][side];
        StringBuilder elements = new StringBuilder();
        int given = 0;
        int stored = 0;
        for (int row = 0; row < side; row++) {
            for (int col = 0; col < (skew ? row : row + 1); col++) {
                if (random.nextInt(3) == 0) {
                    float value = 1 + random.nextInt(9);
                    expected[row][col] = upper && skew ? -value : value;
                    expected[col][row] = skew ? -expected[row][col] : value;
                    elements.append(upper ? (col + 1) + " " + (row + 1) : (row + 1) + " " + (col + 1));
                    elements.append(' ').append((int) value).append('\n');
                    given++;
                    stored += row == col ? 1 : 2;
                }
            }
        }
        SparseFile file = MatrixText.read(
                "a.mtx",
                "%%MatrixMarket matrix coordinate " + (whole ? "integer " : "real ")
                        + (skew ? "skew-symmetric\n" : "symmetric\n") + side + " " + side + " " + given + "\n"
                        + elements);
        assertEquals(stored, file.pattern().blocks());
        try (KernelArena arena = KernelArena.open()) {
            BlockSparseMatrix matrix = file.toMatrix(arena, 1, 1, random);
            for (int row = 0; row < side; row++) {
                for (int col = 0; col < side; col++) {
                    assertEquals(expected[row][col], matrix.get(row, col), row + ", " + col);
                }
            }
        }
    }

    @Test
    void aSymmetricPatternHasNoValues() {
        SparseFile file =
                MatrixText.read("a.mtx", "%%MatrixMarket matrix coordinate pattern symmetric\n3 3 3\n1 1\n2 1\n3 3\n");
        BlockPattern pattern = file.pattern();
        assertFalse(file.hasValues());
        assertArrayEquals(new int[] {0, 2, 3, 4}, pattern.rowOffsets());
        assertArrayEquals(new int[] {0, 1, 0, 2}, pattern.colIndices());
    }

    @Test
    void blocksHoldBothTriangles() {
        SparseFile file =
                MatrixText.read("a.mtx", "%%MatrixMarket matrix coordinate real symmetric\n5 5 1\n5 1 -2.5\n");
        try (KernelArena arena = KernelArena.open()) {
            BlockSparseMatrix matrix = file.toMatrix(arena, 2, 3, new SplittableRandom(1));
            assertEquals(2, matrix.pattern().blocks());
            assertEquals(-2.5f, matrix.get(4, 0));
            assertEquals(-2.5f, matrix.get(0, 4));
        }
    }
}
