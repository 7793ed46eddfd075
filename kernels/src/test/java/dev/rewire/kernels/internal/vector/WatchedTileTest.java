package dev.rewire.kernels.internal.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a tile is made anew; its runs are made up. The tile is its generation. */
@Timeout(60)
class WatchedTileTest {
    private static final Logger LOGGER = Logger.getLogger("dev.rewire.kernels");
    private static final long OPERATIONS = 1000;
    private static final long SECOND = 1_000_000_000;

    /** Its own: a tile of another test may warn late. */
    private final String name = "tile " + System.nanoTime();

    private final List<String> warnings = Collections.synchronizedList(new ArrayList<>());
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            if (entry.getMessage().contains(name)) {
                warnings.add(entry.getMessage());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    private final WatchedTile<Integer> tile = new WatchedTile<>(name, generation -> generation);

    @BeforeEach
    void listen() {
        LOGGER.addHandler(handler);
        LOGGER.setUseParentHandlers(false);
    }

    @AfterEach
    void leave() {
        LOGGER.removeHandler(handler);
        LOGGER.setUseParentHandlers(true);
    }

    private void runs(int count, long nanos) {
        for (int i = 0; i < count; i++) {
            tile.end(System.nanoTime() - nanos, OPERATIONS);
        }
    }

    private void awaitGeneration(int generation) throws InterruptedException {
        while (tile.tile() < generation) {
            Thread.sleep(1);
        }
    }

    /** A repair that was begun by mistake would have ended. */
    private void staysAt(int generation) throws InterruptedException {
        Thread.sleep(100);
        assertEquals(generation, tile.tile());
    }

    @Test
    void manySlowRunsMakeItAnewAfterThreeSeconds() throws InterruptedException {
        runs(5000, SECOND / 2000);
        staysAt(1);
        runs(1001, SECOND / 2000);
        awaitGeneration(2);
    }

    @Test
    void fewSlowRunsMakeItAnewAfterFifteenSeconds() throws InterruptedException {
        runs(14, SECOND);
        staysAt(1);
        runs(2, SECOND);
        awaitGeneration(2);
    }

    @Test
    void oneRunThatTakesForeverDoesNot() throws InterruptedException {
        runs(1, 3600 * SECOND);
        staysAt(1);
    }

    @Test
    void aFastRunInBetweenMakesItBeginAgain() throws InterruptedException {
        runs(14, SECOND);
        runs(1, OPERATIONS);
        runs(14, SECOND);
        staysAt(1);
    }

    @Test
    void patienceDoubles() throws InterruptedException {
        runs(15, SECOND);
        awaitGeneration(2);
        runs(29, SECOND);
        staysAt(2);
        runs(2, SECOND);
        awaitGeneration(3);
    }

    @Test
    void itIsMadeAnewThreeTimesAtMost() throws InterruptedException {
        for (int generation = 2; generation <= 4; generation++) {
            runs(100, SECOND);
            awaitGeneration(generation);
        }
        runs(1000, SECOND);
        staysAt(4);
    }

    @Test
    void oneWarningSaysWhatWasSeenAndDone() throws InterruptedException {
        runs(15, SECOND);
        awaitGeneration(2);
        runs(40, SECOND);
        awaitGeneration(3);
        while (warnings.isEmpty()) {
            Thread.sleep(1);
        }
        assertEquals(1, warnings.size(), warnings::toString);
        String warning = warnings.getFirst();
        assertTrue(warning.contains(name + ": slow for 15.0 s"), warning);
        assertTrue(warning.contains("it was made anew"), warning);
    }

    @Test
    void fewRunsAreTimedWhileItIsFast() {
        runs(1, OPERATIONS);
        int timed = 0;
        for (int i = 0; i < 6400; i++) {
            long start = tile.start();
            if (start != WatchedTile.UNTIMED) {
                timed++;
                runs(1, OPERATIONS);
            }
        }
        assertEquals(100, timed);
    }

    @Test
    void allRunsAreTimedWhileItIsSlow() {
        runs(1, SECOND);
        for (int i = 0; i < 100; i++) {
            assertTrue(tile.start() != WatchedTile.UNTIMED);
            runs(1, SECOND / 1000);
        }
    }
}
