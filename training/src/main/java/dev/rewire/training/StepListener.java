package dev.rewire.training;

/** Follows a run while an epoch is under way. */
@FunctionalInterface
public interface StepListener {
    /** Listens to nothing. */
    StepListener NONE = (step, loss) -> {};

    /**
     * Called after each step.
     *
     * @param step number of steps taken, of the whole run
     * @param loss mean loss of the step's batch
     */
    void stepTaken(long step, double loss);
}
