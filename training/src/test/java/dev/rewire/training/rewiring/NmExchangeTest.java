package dev.rewire.training.rewiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.NmPattern;
import dev.rewire.training.random.CounterRandom;
import dev.rewire.training.random.CounterRandom.Purpose;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

/** One exchange of a 2:4 row of two groups, which keep {@code x.x.} and {@code .xx.}. */
class NmExchangeTest {
    private static final NmPattern OLD = NmPattern.of(1, 8, 2, 4, new int[] {0, 2, 1, 2});

    private final BitSet explored = new BitSet();

    @Test
    void aGroupGrowsWhereItsOwnScoresAreLargest() {
        assertEquals(places(2, 3, 0, 2), exchange(new int[] {0, 2}, 1, 2, 3, 4, 9, 8, 5, 6));
        assertEquals(explored, BitSet.valueOf(new long[] {0b00011000}));
    }

    @Test
    void aDroppedWeightMayGrowAgain() {
        assertEquals(OLD, exchange(new int[] {0, 3}, 7, 0, 0, 0, 0, 0, 7, 0));
    }

    @Test
    void ofEqualScoresTheFirstGrows() {
        assertEquals(places(0, 2, 0, 1), exchange(new int[] {1, 2, 3}, 1, 0, 1, 1, 2, 2, 2, 2));
    }

    @Test
    void aNanGrowsLast() {
        assertEquals(places(1, 2, 1, 2), exchange(new int[] {0}, Float.NaN, 0, 0, Float.NaN, 0, 0, 0, 0));
        assertEquals(OLD, exchange(new int[] {0}, Float.NaN, Float.NaN, 0, Float.NaN, 0, 0, 0, 0));
    }

    @Test
    void randomGrowthTakesEachChoiceEquallyOften() {
        // Both weights of the first group go; 6 pairs of 4 places.
        int[] counts = new int[16];
        int tries = 6000;
        for (int step = 0; step < tries; step++) {
            NmExchange exchange = new NmExchange(OLD, new int[] {0, 1}, explored);
            exchange.growRow(new CounterRandom(5, 0, step, Purpose.GROW));
            counts[NmExchange.mask(exchange.pattern(), 0, 0)]++;
        }
        for (int mask = 0; mask < 16; mask++) {
            int expected = Integer.bitCount(mask) == 2 ? tries / 6 : 0;
            // Five standard deviations.
            assertTrue(Math.abs(counts[mask] - expected) <= 5 * Math.sqrt(expected), mask + ": " + counts[mask]);
        }
    }

    private static NmPattern places(int... indices) {
        return NmPattern.of(1, 8, 2, 4, indices);
    }

    private NmPattern exchange(int[] dropped, float... scores) {
        NmExchange exchange = new NmExchange(OLD, dropped, explored);
        exchange.growRow(scores);
        return exchange.pattern();
    }
}
