package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BlockPatternTest {
    /** A grid of 3×3 blocks of 4×2, the last ones partial, with blocks (0, 1), (2, 0) and (2, 2). */
    private static final BlockPattern PATTERN = pattern(new int[] {0, 1, 1, 3}, 1, 0, 2);

    private static BlockPattern pattern(int[] rowOffsets, int... colIndices) {
        return BlockPattern.of(10, 5, 4, 2, rowOffsets, colIndices);
    }

    @Test
    void gridCountsPartialBlocks() {
        assertEquals(3, PATTERN.gridRows());
        assertEquals(3, PATTERN.gridCols());
    }

    @Test
    void findGivesTheNumberOfAStoredBlock() {
        assertEquals(0, PATTERN.find(0, 1));
        assertEquals(1, PATTERN.find(2, 0));
        assertEquals(2, PATTERN.find(2, 2));
    }

    @Test
    void findGivesANegativeNumberElsewhere() {
        assertTrue(PATTERN.find(0, 0) < 0);
        assertTrue(PATTERN.find(1, 1) < 0);
        assertTrue(PATTERN.find(2, 1) < 0);
    }

    @Test
    void storedElementsCountPadding() {
        assertEquals(3 * 8, PATTERN.storedElements());
    }

    @Test
    void densityIsTheShareOfStoredElements() {
        assertEquals(24 / 50.0, PATTERN.density());
    }

    @Test
    void densityOfAnEmptyMatrixIsZero() {
        assertEquals(0, BlockPattern.full(0, 5, 4, 2).density());
    }

    @Test
    void fullStoresEveryBlockOfTheGrid() {
        BlockPattern full = BlockPattern.full(10, 5, 4, 2);
        assertEquals(pattern(new int[] {0, 3, 6, 9}, 0, 1, 2, 0, 1, 2, 0, 1, 2), full);
    }

    @Test
    void columnOrderListsEachBlockOnce() {
        BlockPattern pattern = pattern(new int[] {0, 2, 3, 5}, 0, 2, 2, 0, 1);
        assertEquals("[0, 2, 3, 5]", Arrays.toString(ColumnOrder.of(pattern).offsets()));
        assertEquals("[0, 2, 2, 0, 1]", Arrays.toString(ColumnOrder.of(pattern).rows()));
        assertEquals("[0, 3, 4, 1, 2]", Arrays.toString(ColumnOrder.of(pattern).blocks()));
    }

    @Test
    void laterChangesOfTheArraysDoNotReachThePattern() {
        int[] offsets = {0, 1, 1, 3};
        int[] columns = {1, 0, 2};
        BlockPattern pattern = BlockPattern.of(10, 5, 4, 2, offsets, columns);
        offsets[1] = 0;
        columns[0] = 7;
        assertEquals(PATTERN, pattern);
    }

    @Test
    void equalPatternsAreEqualWithEqualHashes() {
        BlockPattern same = pattern(new int[] {0, 1, 1, 3}, 1, 0, 2);
        assertEquals(PATTERN, same);
        assertEquals(PATTERN.hashCode(), same.hashCode());
    }

    @Test
    void otherBlocksAreNotEqual() {
        assertNotEquals(PATTERN, pattern(new int[] {0, 1, 1, 3}, 1, 0, 1));
        assertNotEquals(PATTERN, pattern(new int[] {0, 1, 2, 3}, 1, 0, 2));
    }

    @Test
    void otherShapesAreNotEqual() {
        int[] offsets = {0, 1, 1, 3};
        int[] columns = {1, 0, 2};
        assertNotEquals(PATTERN, BlockPattern.of(11, 5, 4, 2, offsets, columns));
        assertNotEquals(PATTERN, BlockPattern.of(10, 6, 4, 2, offsets, columns));
        assertNotEquals(PATTERN, BlockPattern.of(10, 5, 5, 2, new int[] {0, 1, 3}, columns));
        assertNotEquals(PATTERN, BlockPattern.of(9, 5, 3, 2, offsets, columns));
        assertNotEquals(BlockPattern.full(3, 3, 3, 3), BlockPattern.full(3, 3, 3, 4));
    }

    @Test
    void refusesNegativeRows() {
        Refusal.ofArgument("rows: -1 ", () -> BlockPattern.full(-1, 5, 4, 2));
    }

    @Test
    void refusesRowsWhoseGridWouldOverflow() {
        Refusal.ofArgument("rows: 2147483647 ", () -> BlockPattern.full(Integer.MAX_VALUE, 0, 64, 64));
    }

    @Test
    void refusesNegativeCols() {
        Refusal.ofArgument("cols: -3 ", () -> BlockPattern.full(10, -3, 4, 2));
    }

    @Test
    void refusesBlockRowsOfZero() {
        Refusal.ofArgument("blockRows: 0 ", () -> BlockPattern.full(10, 5, 0, 2));
    }

    @Test
    void refusesBlockRowsOver64() {
        Refusal.ofArgument("blockRows: 65 ", () -> BlockPattern.full(10, 5, 65, 2));
    }

    @Test
    void refusesBlockColsOfZero() {
        Refusal.ofArgument("blockCols: 0 ", () -> BlockPattern.full(10, 5, 4, 0));
    }

    @Test
    void refusesBlockColsOver64() {
        Refusal.ofArgument("blockCols: 65 ", () -> BlockPattern.full(10, 5, 4, 65));
    }

    @Test
    void refusesTooFewRowOffsets() {
        Refusal.ofArgument("rowOffsets.length: 3 ", () -> pattern(new int[] {0, 1, 3}, 1, 0, 2));
    }

    @Test
    void refusesAFirstRowOffsetOtherThanZero() {
        Refusal.ofArgument("rowOffsets[0]: 1 ", () -> pattern(new int[] {1, 1, 1, 3}, 1, 0, 2));
    }

    @Test
    void refusesFallingRowOffsets() {
        Refusal.ofArgument("rowOffsets[2]: 0 ", () -> pattern(new int[] {0, 1, 0, 3}, 1, 0, 2));
    }

    @Test
    void refusesRowOffsetsBehindTheLastBlock() {
        Refusal.ofArgument("rowOffsets[3]: 4 ", () -> pattern(new int[] {0, 1, 1, 4}, 1, 0, 2));
    }

    @Test
    void refusesBlocksBehindTheLastRow() {
        Refusal.ofArgument("colIndices.length: 3 ", () -> pattern(new int[] {0, 1, 1, 2}, 1, 0, 2));
    }

    @Test
    void refusesANegativeColumn() {
        Refusal.ofArgument("colIndices[1], grid row 2: -1 ", () -> pattern(new int[] {0, 1, 1, 3}, 1, -1, 2));
    }

    @Test
    void refusesAColumnBehindTheGrid() {
        Refusal.ofArgument("colIndices[2], grid row 2: 3 ", () -> pattern(new int[] {0, 1, 1, 3}, 1, 0, 3));
    }

    @Test
    void refusesABlockTwice() {
        Refusal.ofArgument("colIndices[2], grid row 2: 2 ", () -> pattern(new int[] {0, 1, 1, 3}, 1, 2, 2));
    }

    @Test
    void refusesUnsortedColumns() {
        Refusal.ofArgument("colIndices[2], grid row 2: 0 ", () -> pattern(new int[] {0, 1, 1, 3}, 1, 2, 0));
    }

    @Test
    void refusesMoreBlocksThanAnArrayHolds() {
        Refusal.ofArgument("blocks: 4294967296 ", () -> BlockPattern.full(1 << 16, 1 << 16, 1, 1));
    }
}
