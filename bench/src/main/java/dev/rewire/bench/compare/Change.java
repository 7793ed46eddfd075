package dev.rewire.bench.compare;

import java.util.OptionalDouble;

/**
 * A point that two runs have.
 *
 * @param point which
 * @param before of the older run
 * @param after of the newer run
 */
public record Change(PointKey point, Timing before, Timing after) {
    /** By how much a time may differ and still count as the same. */
    public static final double TOLERANCE = 0.05;

    /** What became of a point. */
    public enum Verdict {
        /** It takes more than {@link #TOLERANCE} longer, by itself and beside the dense product. */
        SLOWER,
        /** It was more than {@link #TOLERANCE} slower before, by itself and beside the dense product. */
        FASTER,
        /** The two disagree: the machine changed with it, or something disturbed the dense product. */
        UNCLEAR,
        /** None of these. */
        SAME
    }

    /**
     * The time.
     *
     * @return after over before, above 1 if it takes longer
     */
    public double time() {
        return after.bestMs() / before.bestMs();
    }

    /**
     * The time as a share of the fastest dense peer's in the same run, among the peers of both runs.
     *
     * @return after over before, above 1 if it takes longer; empty without such a peer
     */
    public OptionalDouble againstDense() {
        OptionalDouble old = before.overDense(after);
        OptionalDouble current = after.overDense(before);
        return old.isEmpty() || current.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(current.getAsDouble() / old.getAsDouble());
    }

    /**
     * What became of it.
     *
     * @return what its time and its share of the dense product's agree on; without a dense product its time decides
     */
    public Verdict verdict() {
        Verdict inTime = of(time());
        return inTime == of(againstDense().orElse(time())) ? inTime : Verdict.UNCLEAR;
    }

    private static Verdict of(double ratio) {
        return ratio > 1 + TOLERANCE ? Verdict.SLOWER : ratio < 1 / (1 + TOLERANCE) ? Verdict.FASTER : Verdict.SAME;
    }

    /** How far the time, or its share, is from what it was. */
    double magnitude() {
        return Math.max(
                Math.abs(Math.log(time())), Math.abs(Math.log(againstDense().orElse(1))));
    }

    /**
     * Whether one of the two runs does not trust what it measured.
     *
     * @return whether one of them was disturbed or suspect
     */
    public boolean doubtful() {
        return before.doubtful() || after.doubtful();
    }
}
