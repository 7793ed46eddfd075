package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;

/** The copy of values of 16 bits as floats. */
@Tag("species")
class WideningTest {
    private static final int PATTERNS = 1 << Short.SIZE;
    private static final float UNTOUCHED = -1234.5f;

    @Property(tries = 20)
    void widensEveryPatternOfARangeAndWritesNothingElse(@ForAll HalfValuesTest.HalfType type, @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int from = random.nextInt(200);
        int to = PATTERNS - random.nextInt(200);
        try (KernelArena arena = KernelArena.open()) {
            MemorySegment values = arena.allocate((long) PATTERNS * Short.BYTES);
            MemorySegment floats = arena.allocate((long) PATTERNS * Float.BYTES);
            for (int i = 0; i < PATTERNS; i++) {
                values.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) i);
                floats.setAtIndex(ValueLayout.JAVA_FLOAT, i, UNTOUCHED);
            }
            Providers.active().elementwise().widen(values, type.type, from, to, floats);
            for (int i = 0; i < PATTERNS; i++) {
                float expected = i >= from && i < to ? type.type.get(values, i) : UNTOUCHED;
                assertEquals(expected, floats.getAtIndex(ValueLayout.JAVA_FLOAT, i), "pattern " + i);
            }
        }
    }
}
