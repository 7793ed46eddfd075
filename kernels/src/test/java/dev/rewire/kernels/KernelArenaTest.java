package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelArenaTest {
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 4, 63, 64, 65, 4097})
    void allocationsAreAlignedTo64Bytes(long byteSize) {
        try (KernelArena arena = KernelArena.open()) {
            arena.allocate(1, 1);
            assertEquals(0, arena.allocate(byteSize, 1).address() % 64);
        }
    }

    @Test
    void aStrongerAlignmentIsKept() {
        try (KernelArena arena = KernelArena.open()) {
            arena.allocate(1, 1);
            assertEquals(0, arena.allocate(8, 4096).address() % 4096);
        }
    }

    @Test
    void allocationsAreZeroed() {
        try (KernelArena arena = KernelArena.open();
                KernelArena zeros = KernelArena.open()) {
            MemorySegment memory = arena.allocate(10_000, 64);
            assertEquals(-1, memory.mismatch(zeros.allocate(10_000, 64)));
        }
    }

    @Test
    void thePeakKeepsWhatPartsHadAtOnce() {
        try (KernelArena arena = KernelArena.open()) {
            arena.allocate(100, 64);
            KernelArena first = arena.openPart();
            first.allocate(1000, 64);
            arena.closePart(first);
            arena.openPart().allocate(30, 64);
            assertEquals(1100, arena.peakBytes());
        }
    }

    @Test
    void closingEndsTheLifeOfItsSegments() {
        KernelArena arena = KernelArena.open();
        MemorySegment memory = arena.allocate(64, 64);
        arena.close();
        assertFalse(memory.scope().isAlive());
    }

    @Test
    void aCloseThatTheJvmRefusesCanBeRepeated() {
        KernelArena arena = KernelArena.over(new RefusingOnce());
        assertThrows(IllegalStateException.class, arena::close);
        assertDoesNotThrow(arena::close);
    }

    /** Refuses its first close, as a shared arena does while a native call holds one of its segments. */
    private static final class RefusingOnce implements Arena {
        private final Arena arena = Arena.ofShared();
        private boolean asked;

        @Override
        public MemorySegment allocate(long byteSize, long byteAlignment) {
            return arena.allocate(byteSize, byteAlignment);
        }

        @Override
        public MemorySegment.Scope scope() {
            return arena.scope();
        }

        @Override
        public void close() {
            if (!asked) {
                asked = true;
                throw new IllegalStateException("Session is acquired by 1 clients");
            }
            arena.close();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 3, -1, Long.MIN_VALUE})
    void alignmentsThatAreNoPowerOfTwoAreRefused(long alignment) {
        try (KernelArena arena = KernelArena.open()) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> arena.allocate(64, alignment));
            assertEquals("byteAlignment: " + alignment + " does not fit; accepted are powers of two", e.getMessage());
        }
    }

    @Test
    void aNegativeSizeIsRefused() {
        try (KernelArena arena = KernelArena.open()) {
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> arena.allocate(-1));
            assertEquals("byteSize: -1 is out of range; accepted are 0 and up", e.getMessage());
        }
    }
}
