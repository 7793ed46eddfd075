package dev.rewire.kernels.panel;

import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.kernels.internal.PanelRuns;
import org.jspecify.annotations.Nullable;

/** Element-wise loops, some features of a panel in each task. */
final class Runs {
    /** The way to kernels and workers. */
    static final PanelRuns RUNS = PanelRuns.get();

    private static final int FLOATS_OF_TASK = 32 * 1024;

    /** One task: floats of all operands. */
    interface Range {
        void run(long from, int panel, int feature, int features);
    }

    private Runs() {}

    static void overElements(Range range, Workers workers, PanelMatrix y, PanelMatrix a, @Nullable PanelMatrix b) {
        int lanes = y.lanes();
        int featuresOfTask = FLOATS_OF_TASK / lanes;
        int tasksOfPanel = Math.ceilDiv(y.cols(), featuresOfTask);
        RUNS.run(
                workers,
                y.panels() * tasksOfPanel,
                (task, worker) -> {
                    int panel = task / tasksOfPanel;
                    int feature = task % tasksOfPanel * featuresOfTask;
                    int features = Math.min(featuresOfTask, y.cols() - feature);
                    range.run(panel * y.panelStride() + (long) feature * lanes, panel, feature, features);
                },
                y,
                a,
                b,
                null);
    }

    /** Lanes of a panel that hold samples. */
    static int samples(PanelMatrix panels, int panel) {
        return Math.min(panels.lanes(), panels.rows() - panel * panels.lanes());
    }
}
