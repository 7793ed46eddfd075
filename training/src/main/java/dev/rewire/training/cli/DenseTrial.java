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
    private static final int WARM_UP_STEPS = 60;
    private static final int TIMED_STEPS = 40;
    private static final int TURN = 10;
    private static final int FEWEST = 3;
    private static final long PATIENCE_NANOS = Duration.ofSeconds(3).toNanos();

    /** The most steps that a trial takes. */
    static final int STEPS = WARM_UP_STEPS + TIMED_STEPS;

    private final String name;
    private final TrainingRun run;
    private final List<Long> nanos = new ArrayList<>();

    DenseTrial(String name, TrainingRun run) {
        this.name = name;
        this.run = run;
    }

    /** Takes the steps of all, in turns so that the noise of the machine hits each. */
    static void take(List<DenseTrial> trials) {
        inTurns(trials, WARM_UP_STEPS);
        trials.forEach(trial -> trial.nanos.clear());
        inTurns(trials, TIMED_STEPS);
    }

    private static void inTurns(List<DenseTrial> trials, int steps) {
        long end = System.nanoTime() + PATIENCE_NANOS * trials.size();
        for (int taken = 0; taken < steps; taken += TURN) {
            for (DenseTrial trial : trials) {
                for (int i = 0; i < TURN && (i < FEWEST || System.nanoTime() < end); i++) {
                    trial.step();
                }
            }
            if (System.nanoTime() >= end) {
                return;
            }
        }
    }

    private void step() {
        long start = System.nanoTime();
        run.step();
        nanos.add(System.nanoTime() - start);
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
