package dev.rewire.kernels.internal;

import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.Workers;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How N:M patterns are chosen from a dense matrix: the way to it for package {@code prune}, which sees neither providers nor the inside of
 * {@link Workers}. {@link NmPattern} leaves it here when it is initialised.
 */
public abstract class MaskChoice {
    private static volatile @Nullable MaskChoice installed;

    /** Leaves the one there is. */
    public static void install(MaskChoice choice) {
        installed = choice;
    }

    /** The one there is. */
    public static MaskChoice get() {
        if (installed == null) {
            NmPattern.builder(0, 0, 1, 2); // initialises it
        }
        return Objects.requireNonNull(installed);
    }

    /** Refuses what no pattern can have. */
    public abstract void checkShape(DenseMatrix dense, int n, int m);

    /** As {@code NmPruning.shared}; with v = 1 {@code NmPruning.magnitude}. Arguments were validated, but for the reach of the workers. */
    public abstract NmPattern shared(DenseMatrix dense, int n, int m, int v, Workers workers);

    /** As {@code NmPruning.transposable}. Arguments were validated, but for the reach of the workers. */
    public abstract NmPattern transposable(DenseMatrix dense, int n, int m, Workers workers);
}
