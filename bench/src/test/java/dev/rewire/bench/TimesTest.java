package dev.rewire.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimesTest {
    @Test
    void areTheMedianAndTheBest() {
        assertEquals(new Times(3, 1, 3), Times.of(new long[] {3_000_000, 5_000_000, 1_000_000}));
        assertEquals(new Times(2.5, 1, 4), Times.of(new long[] {2_000_000, 3_000_000, 5_000_000, 1_000_000}));
        assertTrue(Times.of(new long[] {0}).bestMs() > 0);
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
