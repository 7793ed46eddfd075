package dev.rewire.training.loop;

/**
 * How long a run is.
 *
 * @param steps of the whole run
 * @param stepsOfEpoch steps from one test to the next
 */
public record RunLength(long steps, int stepsOfEpoch) {
    /**
     * The length that settings give.
     *
     * @param steps of the whole run, or 0 if epochs decide
     * @param epochs where they decide
     * @param evalEvery steps of an epoch, or 0 for a pass over the samples
     * @param stepsOfPass steps of such a pass
     */
    public static RunLength of(long steps, int epochs, int evalEvery, int stepsOfPass) {
        int pass = steps > 0 ? (int) Math.min(stepsOfPass, steps) : stepsOfPass;
        int stepsOfEpoch = evalEvery > 0 ? evalEvery : pass;
        return new RunLength(steps > 0 ? steps : (long) epochs * stepsOfEpoch, stepsOfEpoch);
    }

    /** Epochs of the whole run, the last of which may be shorter. */
    public int epochs() {
        return Math.toIntExact(Math.ceilDiv(steps, stepsOfEpoch));
    }

    /** Epochs that so many steps complete. */
    public int epochsOf(long taken) {
        return taken >= steps ? epochs() : (int) (taken / stepsOfEpoch);
    }
}
