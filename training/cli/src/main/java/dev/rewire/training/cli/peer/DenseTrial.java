package dev.rewire.training.cli.peer;

import dev.rewire.training.TrainingRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Timed steps of a network on one engine. */
final class DenseTrial implements AutoCloseable {
    /** Name of Rewire's own kernels. */
    static final String OWN = "rewire";

    // Enough for the compiler to be done with a small network, and for a median that one pause does not move; large
    // ones get fewer.
    private static final int MOST_WARM_UP_TURNS = 100;
    private static final int TIMED_TURNS = 10;
    private static final int TURN = 5;
    private static final long PATIENCE_NANOS = Duration.ofSeconds(5).toNanos();

    /** The most steps that a trial takes. */
    static final int STEPS = (MOST_WARM_UP_TURNS + TIMED_TURNS) * TURN;

    private final String name;
    private final TrainingRun run;
    private final List<Long> nanos = new ArrayList<>();
    private final WarmUp warmUp = new WarmUp();

    DenseTrial(String name, TrainingRun run) {
        this.name = name;
        this.run = run;
    }

    /**
     * Takes steps of all, in turns so that the noise of the machine hits each, until none becomes faster.
     *
     * @throws StoppedException if it was interrupted
     */
    static void warmUp(List<DenseTrial> trials, BooleanSupplier interrupted) {
        long end = end(trials);
        for (int turn = 0; turn < MOST_WARM_UP_TURNS && isTime(turn, end) && !areWarm(trials); turn++) {
            for (DenseTrial trial : trials) {
                trial.nanos.clear();
                trial.takeTurn(interrupted);
                trial.warmUp.add(Collections.min(trial.nanos));
            }
        }
        trials.forEach(trial -> trial.nanos.clear());
    }

    /**
     * Takes the steps that count, likewise.
     *
     * @throws StoppedException if it was interrupted
     */
    static void time(List<DenseTrial> trials, BooleanSupplier interrupted) {
        long end = end(trials);
        for (int turn = 0; turn < TIMED_TURNS && isTime(turn, end); turn++) {
            trials.forEach(trial -> trial.takeTurn(interrupted));
        }
    }

    private static long end(List<DenseTrial> trials) {
        return System.nanoTime() + PATIENCE_NANOS * trials.size();
    }

    private static boolean isTime(int turn, long end) {
        return turn == 0 || System.nanoTime() < end;
    }

    private static boolean areWarm(List<DenseTrial> trials) {
        return trials.stream().allMatch(trial -> trial.warmUp.isDone());
    }

    private void takeTurn(BooleanSupplier interrupted) {
        // Not timed: the threads of the one before may still spin, and the caches hold its weights.
        step(interrupted);
        for (int i = 1; i < TURN; i++) {
            long start = System.nanoTime();
            step(interrupted);
            nanos.add(System.nanoTime() - start);
        }
    }

    private void step(BooleanSupplier interrupted) {
        if (interrupted.getAsBoolean()) {
            throw new StoppedException();
        }
        run.step();
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
