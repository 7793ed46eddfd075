package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColumnValuesTest {
    @ParameterizedTest
    @CsvSource({
        "40, 30, 500, 128", // one task
        "300, 400, 60000, 128", // several
        "70000, 3, 50000, 128", // rows of more than 16 bits
        "2, 70000, 100000, 128", // columns of more than 16 bits, and weights of a column farther apart than that
        "7, 5, 0, 128",
        "0, 5, 0, 128",
        "40, 30, 500, 1024", // the same in less memory
        "300, 400, 60000, 1024",
        "300, 400, 80000, 1024", // more weights than 16 bits tell
        "70000, 3, 50000, 1024",
        "2, 70000, 100000, 1024",
        "7, 5, 0, 1024",
        "0, 5, 0, 1024",
    })
    void valuesLieColumnByColumn(int rows, int cols, int elements, int batch) {
        try (KernelArena arena = KernelArena.open()) {
            BlockPattern first = BlockPattern.random(rows, cols, 1, 1, elements, new SplittableRandom(1));
            BlockPattern pattern = BlockPattern.random(rows, cols, 1, 1, elements, new SplittableRandom(2));
            MemorySegment source = arena.allocate(ValueLayout.JAVA_FLOAT, Math.max(1, elements));
            for (int item = 0; item < elements; item++) {
                source.setAtIndex(ValueLayout.JAVA_FLOAT, item, item);
            }
            ColumnValues values = new ColumnValues(arena, first, batch, source, null);
            values.replan(first);
            values.replan(pattern);
            ColumnOrder expected = ColumnOrder.of(pattern);
            for (int run = 0; run < 3; run++) {
                values.memory().fill((byte) -1);
                for (int task = values.tasks() - 1; task >= 0; task--) {
                    values.copy(task, 0);
                }
                for (int item = 0; item < elements; item++) {
                    assertEquals(
                            expected.blocks()[item], values.memory().getAtIndex(ValueLayout.JAVA_FLOAT, item), "value");
                }
            }
        }
    }

    @Test
    void aRunThatWasInterruptedDoesNotSpoilTheNext() {
        try (KernelArena arena = KernelArena.open()) {
            BlockPattern pattern = BlockPattern.random(300, 400, 1, 1, 60_000, new SplittableRandom(1));
            ColumnOrder expected = ColumnOrder.of(pattern);
            ColumnScatter scatter =
                    new ColumnScatter(pattern, () -> expected.offsets().clone());
            scatter.replan(pattern, (item, row, col) -> {});
            MemorySegment source = arena.allocate(ValueLayout.JAVA_FLOAT, pattern.blocks());
            MemorySegment target = arena.allocate(ValueLayout.JAVA_FLOAT, pattern.blocks());
            for (int item = 0; item < pattern.blocks(); item++) {
                source.setAtIndex(ValueLayout.JAVA_FLOAT, item, item);
            }
            MemorySegment tooShort = target.asSlice(0, target.byteSize() / 2);
            for (int task = 0; task < scatter.tasks(); task++) {
                int number = task;
                assertThrows(IndexOutOfBoundsException.class, () -> scatter.copy(number, source, tooShort));
                scatter.copy(number, source, target);
            }
            for (int item = 0; item < pattern.blocks(); item++) {
                assertEquals(expected.blocks()[item], target.getAtIndex(ValueLayout.JAVA_FLOAT, item), "value");
            }
        }
    }

    @Test
    void aWeightThatIsFarFromTheOneBeforeIsFound() {
        int cols = 40_000; // 16 bits, but two rows are more apart
        try (KernelArena arena = KernelArena.open()) {
            BlockPattern pattern = BlockPattern.full(3, cols, 1, 1);
            int[] offsets = pattern.rowOffsets();
            int[] columns = pattern.colIndices();
            // Row 1 lacks column 7: its weights are 40,000 or 79,999 apart.
            int[] fewer = new int[columns.length - 1];
            System.arraycopy(columns, 0, fewer, 0, cols + 7);
            System.arraycopy(columns, cols + 8, fewer, cols + 7, columns.length - cols - 8);
            offsets[2]--;
            offsets[3]--;
            BlockPattern gap = BlockPattern.of(3, cols, 1, 1, offsets, fewer);
            MemorySegment source = arena.allocate(ValueLayout.JAVA_FLOAT, fewer.length);
            source.setAtIndex(ValueLayout.JAVA_FLOAT, 2L * cols - 1 + 7, 42);
            ColumnValues values = new ColumnValues(arena, gap, 128, source, null);
            values.replan(gap);
            for (int task = 0; task < values.tasks(); task++) {
                values.copy(task, 0);
            }
            int item = values.offsets()[8] - 1;
            assertEquals(2, values.narrowRows()[item]);
            assertTrue(values.memory().getAtIndex(ValueLayout.JAVA_FLOAT, item) == 42, "the last of column 7");
        }
    }
}
