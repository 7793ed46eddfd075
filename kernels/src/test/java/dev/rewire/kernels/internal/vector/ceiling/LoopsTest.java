package dev.rewire.kernels.internal.vector.ceiling;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class LoopsTest {
    @Test
    void fmaLoopComputesWhatItCounts() {
        // Ten sums that all go to 2: nothing is left out.
        assertEquals(20, FmaLoop.run(100));
    }

    @Test
    void memoryLoopsReachEveryElement() {
        int bytes = 8 * MemoryLoops.STEP;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment a = arena.allocate(bytes, 64);
            MemorySegment b = arena.allocate(bytes, 64);
            for (int i = 0; i < bytes / 4; i++) {
                a.setAtIndex(ValueLayout.JAVA_FLOAT, i, 2f);
                b.setAtIndex(ValueLayout.JAVA_FLOAT, i, i);
            }
            // Of one lane: as many vectors as there are.
            assertEquals(2f * bytes / FmaLoop.SPECIES.vectorByteSize(), MemoryLoops.sum(a, bytes));
            MemorySegment y = arena.allocate(bytes, 64);
            MemoryLoops.triad(y, b, a, bytes);
            for (int i = 0; i < bytes / 4; i++) {
                assertEquals(i + 1f, y.getAtIndex(ValueLayout.JAVA_FLOAT, i));
            }
        }
    }
}
