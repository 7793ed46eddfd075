package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DenseMatrixTest {
    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void free() {
        arena.close();
    }

    private MemorySegment floats(long count) {
        return arena.allocate(count * Float.BYTES, Float.BYTES);
    }

    @Test
    void elementsLieRowByRow() {
        DenseMatrix matrix = DenseMatrix.of(floats(6), 2, 3);
        matrix.set(1, 2, 7);
        assertEquals(7, matrix.segment().getAtIndex(ValueLayout.JAVA_FLOAT, 5));
    }

    @Test
    void rowsLieTheirStrideApart() {
        DenseMatrix matrix = DenseMatrix.of(floats(8), 2, 3, 5);
        matrix.set(1, 2, 7);
        assertEquals(7, matrix.segment().getAtIndex(ValueLayout.JAVA_FLOAT, 7));
    }

    @Test
    void theLastRowNeedsNoGapBehindIt() {
        assertEquals(5, DenseMatrix.of(floats(8), 2, 3, 5).rowStride());
    }

    @Test
    void noRowsNeedNoMemory() {
        assertEquals(0, DenseMatrix.of(floats(0), 0, 1000).rows());
    }

    @Test
    void allocatesZeros() {
        assertEquals(0f, DenseMatrix.allocate(arena, 3, 4).get(2, 3));
    }

    @Test
    void refusesMoreBytesThanANumberHolds() {
        Refusal.ofArgument(
                "rows · cols: 4611686014132420609 ",
                () -> DenseMatrix.allocate(arena, Integer.MAX_VALUE, Integer.MAX_VALUE));
    }

    @Test
    void refusesNegativeRows() {
        Refusal.ofArgument("rows: -1 ", () -> DenseMatrix.of(floats(6), -1, 3));
    }

    @Test
    void refusesNegativeCols() {
        Refusal.ofArgument("cols: -3 ", () -> DenseMatrix.of(floats(6), 2, -3));
    }

    @Test
    void refusesAStrideUnderTheRow() {
        Refusal.ofArgument("rowStride: 2 ", () -> DenseMatrix.of(floats(6), 2, 3, 2));
    }

    @Test
    void refusesAStrideOverAnInt() {
        Refusal.ofArgument("rowStride: 2147483648 ", () -> DenseMatrix.of(floats(6), 2, 3, 1L << 31));
    }

    @Test
    void refusesASegmentOneFloatTooShort() {
        Refusal.ofArgument("segment: 28 bytes ", () -> DenseMatrix.of(floats(7), 2, 3, 5));
    }

    @Test
    void refusesAShapeWhoseBytesOverflowALong() {
        int most = Integer.MAX_VALUE;
        Refusal.ofArgument("segment: 24 bytes ", () -> DenseMatrix.of(floats(6), most, most));
    }

    @Test
    void refusesAHeapSegment() {
        MemorySegment heap = MemorySegment.ofArray(new float[6]);
        Refusal.ofArgument("segment: a heap segment", () -> DenseMatrix.of(heap, 2, 3));
    }

    @Test
    void refusesAMisalignedSegment() {
        MemorySegment misaligned = floats(7).asSlice(2, 24);
        Refusal.ofArgument("segment: address 0x", () -> DenseMatrix.of(misaligned, 2, 3));
    }

    @Test
    void refusesASegmentOfAClosedArena() {
        Arena closed = Arena.ofConfined();
        MemorySegment gone = closed.allocate(24, 4);
        closed.close();
        Refusal.ofState("segment: ", () -> DenseMatrix.of(gone, 2, 3));
    }

    @Test
    void refusesMemoryOfAnotherArenaThanTheOneItNames() {
        try (KernelArena one = KernelArena.open();
                KernelArena other = KernelArena.open()) {
            MemorySegment of = one.allocate(24);
            Refusal.ofArgument("segment: memory of another arena", () -> DenseMatrix.of(other, of, 2, 3, 3));
        }
    }

    @Test
    void getRefusesAColumnBehindTheRow() {
        DenseMatrix matrix = DenseMatrix.of(floats(8), 2, 3, 5);
        assertThrows(IndexOutOfBoundsException.class, () -> matrix.get(0, 3));
    }

    @Test
    void setRefusesARowBehindTheLast() {
        DenseMatrix matrix = DenseMatrix.of(floats(8), 2, 3, 5);
        assertThrows(IndexOutOfBoundsException.class, () -> matrix.set(2, 0, 1));
    }

    @Test
    void getRefusesAClosedArena() {
        Arena closed = Arena.ofConfined();
        DenseMatrix matrix = DenseMatrix.allocate(closed, 2, 3);
        closed.close();
        assertThrows(IllegalStateException.class, () -> matrix.get(0, 0));
    }
}
