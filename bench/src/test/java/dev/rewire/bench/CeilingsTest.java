package dev.rewire.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class CeilingsTest {
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
