package dev.rewire.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimesTest {
    private static final WarmUp WARM = new WarmUp(9, 5, 0.5, true);

    @Test
    void areTheBestAndTheQuartiles() {
        assertEquals(new Times(3, 1, 2, 3, 4, WARM), Times.of(new long[] {3_000_000, 5_000_000, 1_000_000}, WARM));
        assertEquals(
                new Times(4, 1, 1.75, 2.5, 3.5, WARM),
                Times.of(new long[] {2_000_000, 3_000_000, 5_000_000, 1_000_000}, WARM));
        assertEquals(new Times(1, 7, 7, 7, 7, WARM), Times.of(new long[] {7_000_000}, WARM));
        assertTrue(Times.of(new long[] {0}, WARM).bestMs() > 0);
    }

    @Test
    void areDisturbedWhereTheMedianIsFarFromTheBest() {
        assertTrue(Times.of(new long[] {10, 16, 16}, WARM).disturbed());
        assertFalse(Times.of(new long[] {10, 14, 100}, WARM).disturbed());
    }

    @Test
    void contendersTakeTurnsOfAnUntimedAndATimedRun() {
        List<Integer> turns = new ArrayList<>();
        List<Times> times = new Interleaved(
                        List.of(contender(turns, 0), contender(turns, 1), contender(turns, 2)), false, seconds -> {})
                .time(0.001);
        assertEquals(3, times.size());
        int rounds = times.get(0).runs();
        assertTrue(rounds >= 3);
        List<Integer> last = turns.subList(turns.size() - 6 * rounds, turns.size());
        for (int i = 0; i < last.size(); i++) {
            assertEquals(i / 2 % 3, last.get(i));
        }
    }

    private static Contender contender(List<Integer> turns, int number) {
        return new Contender() {
            @Override
            public void run() {
                turns.add(number);
            }

            @Override
            public float result(int row, int col) {
                return 0;
            }
        };
    }
}
