package dev.rewire.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;

class SettlingTest {
    private static final double MS = 1e6;

    @Test
    void lastsUntilTheBestStopsFalling() {
        Settling settling = new Settling(1, () -> 0);
        // As a tile in the interpreter, in C1's code and in C2's.
        add(settling, 700 * MS, 3);
        add(settling, 60 * MS, 4);
        assertFalse(settling.isOver());
        add(settling, 2 * MS, 249);
        assertFalse(settling.isOver());
        add(settling, 2 * MS, 2);
        assertTrue(settling.isOver());
        WarmUp warmUp = settling.warmUp();
        assertEquals(700, warmUp.firstMs());
        assertEquals(258, warmUp.runs());
        assertEquals(2.842, warmUp.seconds(), 1e-9);
        assertTrue(warmUp.settled());
    }

    @Test
    void aSlowRunIsNoFallAndNoiseIsNone() {
        Settling settling = new Settling(5, () -> 0);
        add(settling, 100 * MS, 1);
        add(settling, 300 * MS, 1);
        add(settling, 99 * MS, 4);
        assertTrue(settling.isOver() && settling.warmUp().settled());
    }

    @Test
    void givesUpOnWhatAlwaysGetsFaster() {
        Settling settling = new Settling(5, () -> 0);
        double millis = 5000;
        for (; !settling.isOver(); millis *= 0.9) {
            settling.add(millis * MS, 1);
        }
        assertFalse(settling.warmUp().settled());
        assertTrue(settling.warmUp().seconds() >= 20 && settling.warmUp().seconds() < 25, settling.warmUp()::toString);
    }

    @Test
    void longRunsAreAtLeastSix() {
        Settling settling = new Settling(5, () -> 0);
        add(settling, 20_000 * MS, 5);
        assertFalse(settling.isOver());
        add(settling, 20_000 * MS, 1);
        assertTrue(settling.isOver() && settling.warmUp().settled());
    }

    @Test
    void lastsAsLongAsTheJitCompiles() {
        AtomicInteger jit = new AtomicInteger();
        Settling settling = new Settling(1, jit::get);
        for (int run = 0; run < 100; run++) {
            settling.add(20 * MS, 1);
            jit.addAndGet(4);
            assertFalse(settling.isOver());
        }
        add(settling, 20 * MS, 50);
        assertTrue(settling.isOver() && settling.warmUp().settled());
    }

    @Test
    void aTrialHasAShorterOne() {
        Settling settling = new Settling(0.03, () -> 0);
        add(settling, 8 * MS, 5);
        assertFalse(settling.isOver());
        add(settling, 8 * MS, 1);
        assertTrue(settling.isOver());
    }

    @Test
    void aTimedRunThatIsMuchFasterShowsThatItEndedEarly() {
        Settling settling = new Settling(5, () -> 0);
        add(settling, 16 * MS, 40);
        assertTrue(settling.isOver());
        assertTrue(settling.wasEarly(3 * MS));
        assertFalse(settling.wasEarly(13 * MS));
        add(settling, 3 * MS, 1);
        assertFalse(settling.isOver() || settling.wasEarly(2.9 * MS));
    }

    @Test
    void whatIsAlreadyTooLongDoesNotGoOn() {
        Settling settling = new Settling(5, () -> 0);
        add(settling, 5000 * MS, 6);
        assertFalse(settling.wasEarly(1 * MS));
    }

    /** A first run is a hundred times slower for as long as ten runs, which a JIT does with it: none of that is timed. */
    @Test
    void nothingIsTimedBeforeEveryContenderHasSettled() {
        List<Integer> runs = new ArrayList<>(List.of(0, 0));
        List<Times> times =
                new Interleaved(List.of(slowAtFirst(runs, 0), slowAtFirst(runs, 1)), false, seconds -> {}).time(0.05);
        for (int i = 0; i < 2; i++) {
            WarmUp warmUp = times.get(i).warmUp();
            assertTrue(warmUp.settled() && warmUp.runs() > 10, warmUp::toString);
            // Each timed run follows one that is not; those that were timed too early count as warm-up.
            assertTrue(runs.get(i) >= warmUp.runs() + 2 * times.get(i).runs());
            assertTrue(times.get(i).bestMs() < warmUp.firstMs(), times::toString);
        }
    }

    /** It becomes ten times faster in the second timed round. */
    @Test
    void whatWasTimedBeforeItBecameMuchFasterIsDiscarded() {
        AtomicInteger rounds = new AtomicInteger();
        Contender late = contender(new ArrayList<>(List.of(0)), 0, run -> rounds.get() < 2 ? 2_000_000 : 200_000);
        Times times = new Interleaved(List.of(late), false, seconds -> rounds.incrementAndGet())
                .time(0.05)
                .get(0);
        assertTrue(times.warmUp().firstMs() >= 2, times::toString);
        assertTrue(times.medianMs() < 2, times::toString);
    }

    private static void add(Settling settling, double nanos, int runs) {
        for (int i = 0; i < runs; i++) {
            settling.add(nanos, 1);
        }
    }

    private static Contender slowAtFirst(List<Integer> runs, int number) {
        // A fall of more than noise at each second of the first ten.
        return contender(runs, number, run -> run < 10 ? 4_000_000 >> (run / 2) : 20_000);
    }

    private static Contender contender(List<Integer> runs, int number, IntToLongFunction nanosOfRun) {
        return new Contender() {
            @Override
            public void run() {
                int run = runs.get(number);
                runs.set(number, run + 1);
                long end = System.nanoTime() + nanosOfRun.applyAsLong(run);
                while (System.nanoTime() - end < 0) {
                    Thread.onSpinWait();
                }
            }

            @Override
            public float result(int row, int col) {
                return 0;
            }
        };
    }
}
