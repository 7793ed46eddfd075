package dev.rewire.kernels.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CrewTest {
    private final Queue<Thread> helpers = new ConcurrentLinkedQueue<>();

    /** Whatever happens. */
    @AfterEach
    void noThreadIsLeft() {
        for (Thread thread : helpers) {
            assertFalse(thread.isAlive(), thread::toString);
        }
    }

    @Test
    void everyThreadRunsEveryRound() {
        AtomicIntegerArray rounds = new AtomicIntegerArray(3);
        long best = Crew.bestNanos(3, 0.01, i -> {
            work(i);
            rounds.incrementAndGet(i);
        });
        assertTrue(best > 0 && rounds.get(0) > 0);
        assertEquals(rounds.get(0), rounds.get(1));
        assertEquals(rounds.get(0), rounds.get(2));
    }

    @Test
    void aFailureInAHelperEndsAll() {
        IllegalStateException failure = assertThrows(
                IllegalStateException.class,
                () -> Crew.bestNanos(3, 1000, i -> {
                    work(i);
                    if (i == 2) {
                        throw new UnsupportedOperationException("too hard");
                    }
                }));
        assertEquals("too hard", failure.getCause().getMessage());
    }

    @Test
    void aFailureInTheCallerEndsAll() {
        IllegalStateException failure = assertThrows(
                IllegalStateException.class,
                () -> Crew.bestNanos(3, 1000, i -> {
                    work(i);
                    if (i == 0) {
                        throw new UnsupportedOperationException("too hard");
                    }
                }));
        assertEquals("too hard", failure.getCause().getMessage());
    }

    @Test
    void anInterruptedCallerEndsAllAndStaysInterrupted() {
        Thread.currentThread().interrupt();
        assertThrows(IllegalStateException.class, () -> Crew.bestNanos(3, 1000, i -> work(i)));
        assertTrue(Thread.interrupted());
    }

    private void work(int number) {
        if (number > 0) {
            helpers.add(Thread.currentThread());
        }
    }
}
