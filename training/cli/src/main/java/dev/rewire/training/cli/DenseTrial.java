package dev.rewire.training.cli;

import dev.rewire.training.TrainingRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A few timed steps of a dense network on one engine. */
final class DenseTrial implements AutoCloseable {
    /** Name of Rewire's own kernels. */
    static final String OWN = "rewire";

    // Enough for the compiler to be done with the hot loops, and for a median that one pause does not move; large
    // networks get fewer.
    private static final int WARM_UP_TURNS = 12;
    private static final int TIMED_TURNS = 10;
    private static final int TURN = 5;
    private static final long PATIENCE_NANOS = Duration.ofSeconds(3).toNanos();

    /** The most steps that a trial takes. */
    static final int STEPS = (WARM_UP_TURNS + TIMED_TURNS) * TURN;

    private final String name;
    private final TrainingRun run;
    private final List<Long> nanos = new ArrayList<>();

    DenseTrial(String name, TrainingRun run) {
        this.name = name;
        this.run = run;
    }

    /** Takes the steps of all, in turns so that the noise of the machine hits each. */
    static void take(List<DenseTrial> trials) {
        inTurns(trials, WARM_UP_TURNS);
        trials.forEach(trial -> trial.nanos.clear());
        inTurns(trials, TIMED_TURNS);
    }

    private static void inTurns(List<DenseTrial> trials, int turns) {
        long end = System.nanoTime() + PATIENCE_NANOS * trials.size();
        for (int turn = 0; turn < turns && (turn == 0 || System.nanoTime() < end); turn++) {
            trials.forEach(DenseTrial::takeTurn);
        }
    }

    private void takeTurn() {
        // Not timed: the threads of the one before may still spin, and the caches hold its weights.
        run.step();
        for (int i = 1; i < TURN; i++) {
            long start = System.nanoTime();
            run.step();
            nanos.add(System.nanoTime() - start);
        }
    }

    String name() {
        return name;
    }

    double medianMillis() {
        Collections.sort(nanos);
        return nanos.get(nanos.size() / 2) / 1e6;
    }

    @Override
    public void close() {
        run.close();
    }
}
