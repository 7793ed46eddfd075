package dev.rewire.kernels;

import dev.rewire.kernels.internal.CacheSizes;

/** The way between dense matrices and panels, cut into tasks of one panel and some features. */
final class PanelCopying {
    /** Features of a task: half a page of each row, which the processor fetches ahead better than less, and a quarter of the second-level cache at most. */
    private static final int FEATURES = CacheSizes.items(CacheSizes.L2 / 4, 64 * Float.BYTES, 512);

    private PanelCopying() {}

    static void check(String argument, DenseMatrix dense, PanelMatrix panels, Workers workers) {
        if (dense.rows() != panels.rows() || dense.cols() != panels.cols()) { // first: a run builds no messages
            Check.equal(argument + ".rows", dense.rows(), panels.rows(), "samples of the batch");
            Check.equal(argument + ".cols", dense.cols(), panels.cols(), "features of the panels");
        }
        Check.alive(argument, dense.segment());
        workers.checkReach(argument, dense.segment());
    }

    static void checkWritable(String argument, DenseMatrix dense) {
        if (dense.segment().isReadOnly()) {
            throw new IllegalArgumentException(argument + ": a read-only segment; accepted are writable ones");
        }
    }

    static int tasks(PanelMatrix panels) {
        return panels.panels() * chunks(panels);
    }

    static void pack(Layout layout, DenseMatrix source, PanelMatrix panels, int task) {
        pack(layout, source, 0, panels, task);
    }

    /** Packs a part of the batch, from a panel on, as much as the target holds. */
    static void pack(Layout layout, DenseMatrix source, int firstPanel, PanelMatrix target, int task) {
        int panel = task / chunks(target);
        int from = task % chunks(target) * FEATURES;
        int sourcePanel = firstPanel + panel;
        int firstSample = sourcePanel * target.lanes();
        layout.copy()
                .pack(
                        source.segment(),
                        layout.offset(source, firstSample, from),
                        source.rowStride() * Float.BYTES,
                        Math.min(target.lanes(), layout.samples(source) - firstSample),
                        Math.min(FEATURES, target.cols() - from),
                        target.segment(),
                        panelOffset(target, panel, from),
                        target.lanes());
    }

    /** Packs one panel of the batch into a matrix of one panel. */
    static void packPanel(Layout layout, DenseMatrix source, int panel, PanelMatrix target) {
        for (int task = 0; task < chunks(target); task++) {
            pack(layout, source, panel, target, task);
        }
    }

    static void unpack(PanelMatrix panels, DenseMatrix target, int task) {
        int panel = task / chunks(panels);
        int from = task % chunks(panels) * FEATURES;
        Layout.ROW_MAJOR
                .copy()
                .unpack(
                        panels.segment(),
                        panelOffset(panels, panel, from),
                        panels.lanes(),
                        samples(panels, panel),
                        Math.min(FEATURES, panels.cols() - from),
                        target.segment(),
                        Layout.ROW_MAJOR.offset(target, (long) panel * panels.lanes(), from),
                        target.rowStride() * Float.BYTES);
    }

    /** Samples in a panel: all lanes but in the last one. */
    static int samples(PanelMatrix panels, int panel) {
        return Math.min(panels.lanes(), panels.rows() - panel * panels.lanes());
    }

    private static long panelOffset(PanelMatrix panels, int panel, int feature) {
        return (panel * panels.panelStride() + (long) feature * panels.lanes()) * Float.BYTES;
    }

    static int chunks(PanelMatrix panels) {
        return (panels.cols() + FEATURES - 1) / FEATURES;
    }
}
