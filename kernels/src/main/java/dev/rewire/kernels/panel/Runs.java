package dev.rewire.kernels.panel;

import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.internal.PanelRuns;

/** How passes over panels reach kernels and workers. */
final class Runs {
    /** The way to them. */
    static final PanelRuns RUNS = PanelRuns.get();

    private Runs() {}

    /** Lanes of a panel that hold samples. */
    static int samples(PanelMatrix panels, int panel) {
        return Math.min(panels.lanes(), panels.rows() - panel * panels.lanes());
    }
}
