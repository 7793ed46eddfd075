package dev.rewire.kernels;

import java.util.Locale;

/**
 * Who says whether a plan multiplies the stored values alone or, with zeros where nothing is stored, a dense matrix: where much is stored, or what is stored
 * lies scattered, the dense kernel is faster. A plan's {@code toString} says what was chosen, and why.
 *
 * <p>The dense kernel multiplies places without a value by zero: a NaN or an infinity of the dense operand, which they would hide, shows. It takes memory for
 * all places, and copies the stored values there in each run.
 */
public enum PlanChoice {
    /** A model of both, from rates that were measured on the two kinds of processor that docs/performance.md names. */
    AUTOMATIC,

    /** Both, which are warmed up and timed; that takes a second or two, and the memory of both meanwhile. */
    MEASURED,

    /** Stored values alone. */
    STORED,

    /** The dense matrix. */
    DENSE;

    boolean isDense(double storedOverDense) {
        return switch (this) {
            case AUTOMATIC -> storedOverDense > 1;
            case DENSE -> true;
            case MEASURED, STORED -> false;
        };
    }

    /** Why a plan is as it is. */
    String because(double storedOverDense) {
        return switch (this) {
            case AUTOMATIC ->
                String.format(Locale.ROOT, "stored values take %.2f of the dense time by the model", storedOverDense);
            case MEASURED, STORED, DENSE -> this + " as asked";
        };
    }
}
