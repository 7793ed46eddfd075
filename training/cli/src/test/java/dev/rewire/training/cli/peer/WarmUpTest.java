package dev.rewire.training.cli.peer;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class WarmUpTest {
    private final WarmUp warmUp = new WarmUp();

    @Test
    void whoBecomesFasterIsNotWarm() {
        for (int turn = 0; turn < 50; turn++) {
            warmUp.add(8_000_000L * (100 - turn) / 100);
            assertFalse(warmUp.isDone(), "turn " + turn);
        }
    }

    @Test
    void aPlateauBeforeTheCompilerIsDoneIsNoEnd() {
        add(7, 8_000_000);
        assertFalse(warmUp.isDone());
        add(1, 2_000_000);
        add(7, 2_000_000);
        assertFalse(warmUp.isDone());
        add(1, 2_000_000);
        assertTrue(warmUp.isDone());
    }

    @Test
    void slowTurnsOfABusyMachineDoNotKeepItFromBeingWarm() {
        add(1, 2_000_000);
        for (int turn = 0; turn < 4; turn++) {
            add(1, 9_000_000);
            add(1, 1_990_000);
        }
        assertTrue(warmUp.isDone());
    }

    private void add(int turns, long nanos) {
        for (int turn = 0; turn < turns; turn++) {
            warmUp.add(nanos);
        }
    }
}
