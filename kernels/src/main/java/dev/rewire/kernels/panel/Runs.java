package dev.rewire.kernels.panel;

import dev.rewire.kernels.internal.PanelRuns;

/** How passes over panels reach kernels and workers. */
final class Runs {
    /** The way to them. */
    static final PanelRuns RUNS = PanelRuns.get();

    private Runs() {}
}
