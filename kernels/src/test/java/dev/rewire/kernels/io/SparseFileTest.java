package dev.rewire.kernels.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.KernelArena;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SparseFileTest {
    @Property(tries = 200)
    void storesExactlyTheBlocksThatHoldAnElement(
            @ForAll @IntRange(max = 70) int rows,
            @ForAll @IntRange(max = 70) int cols,
            @ForAll @IntRange(min = 1, max = 64) int blockRows,
            @ForAll @IntRange(min = 1, max = 64) int blockCols,
            @ForAll @IntRange(max = 30) int percent,
            @ForAll long seed) {
        BlockPattern elements = MatrixText.pattern(rows, cols, percent / 100.0, new SplittableRandom(seed));
        BlockPattern blocks = new SparseFile(elements, null).pattern(blockRows, blockCols);
        boolean[] held = new boolean[blocks.gridRows() * blocks.gridCols()];
        for (int row = 0; row < rows; row++) {
            for (int element = elements.rowOffset(row); element < elements.rowOffset(row + 1); element++) {
                held[row / blockRows * blocks.gridCols() + elements.gridCol(element) / blockCols] = true;
            }
        }
        for (int cell = 0; cell < held.length; cell++) {
            assertEquals(held[cell], blocks.find(cell / blocks.gridCols(), cell % blocks.gridCols()) >= 0);
        }
    }

    @Property(tries = 50)
    void givesElementsTheSameValuesInBlocksOfAnyShape(
            @ForAll @IntRange(min = 1, max = 64) int blockRows,
            @ForAll @IntRange(min = 1, max = 64) int blockCols,
            @ForAll long seed) {
        BlockPattern elements = MatrixText.pattern(50, 70, 0.1, new SplittableRandom(seed));
        SparseFile file = new SparseFile(elements, null);
        try (KernelArena arena = KernelArena.open()) {
            BlockSparseMatrix plain = file.toMatrix(arena, 1, 1, new SplittableRandom(seed));
            BlockSparseMatrix blocked = file.toMatrix(arena, blockRows, blockCols, new SplittableRandom(seed));
            for (int row = 0; row < 50; row++) {
                for (int col = 0; col < 70; col++) {
                    assertEquals(plain.get(row, col), blocked.get(row, col));
                    assertTrue(elements.find(row, col) >= 0 || blocked.get(row, col) == 0);
                }
            }
        }
    }

    @Example
    void refusesBlocksOutOfRange() {
        SparseFile file = new SparseFile(MatrixText.pattern(4, 4, 0.5, new SplittableRandom(1)), null);
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> file.pattern(4, 65));
        assertEquals("blockCols: 65 is out of range; accepted are 1 to 64", refusal.getMessage());
        assertThrows(IllegalArgumentException.class, () -> file.pattern(0, 4));
    }

    @Test
    void readsFromDisk(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a.smtx");
        Files.writeString(file, "2, 4, 3\n0 2 3\n1 3 0\n");
        SparseFile read = SparseFile.read(file);
        assertEquals(3, read.pattern().blocks());
        assertFalse(read.hasValues());
    }

    @Test
    void refusesWhatIsNoFile(@TempDir Path folder) throws IOException {
        assertThrows(NoSuchFileException.class, () -> SparseFile.read(folder.resolve("absent.smtx")));
        Path directory = Files.createDirectory(folder.resolve("a.smtx"));
        MatrixFileException refusal = assertThrows(MatrixFileException.class, () -> SparseFile.read(directory));
        assertEquals(directory + ": a directory; accepted are .smtx, .mtx and .npz files", refusal.getMessage());
    }

    @Example
    void namesAFileInOneLineWhateverItsName() {
        MatrixFileException refusal =
                assertThrows(MatrixFileException.class, () -> MatrixText.read("a\nb\u001b.smtx", new byte[0]));
        assertEquals("a?b?.smtx, line 1: rows: missing, the file ends here", refusal.getMessage());
    }
}
