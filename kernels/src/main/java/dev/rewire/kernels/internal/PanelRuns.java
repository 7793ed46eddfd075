package dev.rewire.kernels.internal;

import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How kernels run on panels: the way to it for package {@code panel}, which sees neither providers nor the inside of {@link Workers} and of arenas.
 * {@link PanelMatrix} leaves it here when it is initialised.
 */
public abstract class PanelRuns {
    private static volatile @Nullable PanelRuns installed;

    /** Leaves the one there is. */
    public static void install(PanelRuns runs) {
        installed = runs;
    }

    /** The one there is. */
    public static PanelRuns get() {
        if (installed == null) {
            PanelMatrix.lanesFor(1); // initialises it
        }
        return Objects.requireNonNull(installed);
    }

    /** The kernels. */
    public abstract KernelProvider kernels();

    /** Runs tasks 0 to {@code tasks − 1}; until all are done no arena of these panels can be closed. */
    public abstract void run(
            Workers workers,
            int tasks,
            WorkerTask task,
            PanelMatrix a,
            PanelMatrix b,
            @Nullable PanelMatrix c,
            @Nullable PanelMatrix d);
}
