package dev.rewire.kernels;

import dev.rewire.kernels.internal.KernelProvider;
import dev.rewire.kernels.internal.PanelRuns;
import dev.rewire.kernels.internal.WorkerTask;
import org.jspecify.annotations.Nullable;

/** Keeps the arenas of panels open while tasks run on them. */
final class PanelHold extends PanelRuns {
    @Override
    public KernelProvider kernels() {
        return Providers.active();
    }

    @Override
    public void run(
            Workers workers,
            int tasks,
            WorkerTask task,
            PanelMatrix a,
            PanelMatrix b,
            @Nullable PanelMatrix c,
            @Nullable PanelMatrix d) {
        StackRoom.reserve();
        a.arena().acquire("panels");
        try {
            runHolding(workers, tasks, task, b, c, d);
        } finally {
            a.arena().release();
        }
    }

    private static void runHolding(
            Workers workers,
            int tasks,
            WorkerTask task,
            @Nullable PanelMatrix next,
            @Nullable PanelMatrix c,
            @Nullable PanelMatrix d) {
        if (next == null) {
            if (c == null && d == null) {
                workers.run(tasks, task);
            } else {
                runHolding(workers, tasks, task, c, d, null);
            }
            return;
        }
        next.arena().acquire("panels");
        try {
            runHolding(workers, tasks, task, c, d, null);
        } finally {
            next.arena().release();
        }
    }
}
