package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
        "40, 30, 500", // one task
        "300, 400, 60000", // several
        "70000, 3, 50000", // rows of more than 16 bits
        "2, 70000, 100000", // columns of more than 16 bits, and weights of a column farther apart than that
        "7, 5, 0",
        "0, 5, 0",
    })
    void valuesLieColumnByColumn(int rows, int cols, int elements) {
        try (KernelArena arena = KernelArena.open()) {
            BlockPattern first = BlockPattern.random(rows, cols, 1, 1, elements, new SplittableRandom(1));
            BlockPattern pattern = BlockPattern.random(rows, cols, 1, 1, elements, new SplittableRandom(2));
            MemorySegment source = arena.allocate(ValueLayout.JAVA_FLOAT, Math.max(1, elements));
            for (int item = 0; item < elements; item++) {
                source.setAtIndex(ValueLayout.JAVA_FLOAT, item, item);
            }
            ColumnValues values = new ColumnValues(arena, source, null);
            values.replan(first);
            values.replan(pattern);
            for (int task = values.tasks() - 1; task >= 0; task--) {
                values.copy(task, 0);
            }
            ColumnOrder expected = ColumnOrder.of(pattern);
            for (int item = 0; item < elements; item++) {
                assertEquals(
                        expected.blocks()[item], values.memory().getAtIndex(ValueLayout.JAVA_FLOAT, item), "value");
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
            ColumnValues values = new ColumnValues(arena, source, null);
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
