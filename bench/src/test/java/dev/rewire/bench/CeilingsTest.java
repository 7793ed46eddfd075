package dev.rewire.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class CeilingsTest {
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

    @Test
    void measuresWithOneThreadAndWithSeveral() {
        for (int threads : new int[] {1, 2}) {
            Ceilings ceilings = Ceilings.measure(threads, 0.02, 1 << 20);
            assertEquals(threads, ceilings.threads());
            assertTrue(ceilings.coreGflops() > 0 && ceilings.gflops() > 0, ceilings.toString());
            assertTrue(ceilings.readGbs() > 0 && ceilings.triadGbs() > 0, ceilings.toString());
        }
    }

    @Test
    void theRoofIsTheLowerOfMemoryAndArithmetic() {
        Ceilings ceilings = new Ceilings(256, 1, 90, 90, 10, 20);
        assertEquals(20, ceilings.bandwidthGbs());
        assertEquals(10, ceilings.roof(0.5));
        assertEquals(90, ceilings.roof(64));
        Ceilings other = new Ceilings(256, 1, 80, 80, 30, 5);
        assertEquals(new Ceilings(256, 1, 90, 90, 30, 20), ceilings.orBetter(other));
    }
}
