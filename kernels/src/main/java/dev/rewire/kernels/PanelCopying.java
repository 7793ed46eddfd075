package dev.rewire.kernels;

import dev.rewire.kernels.internal.CacheSizes;
import dev.rewire.kernels.internal.KernelProvider.PanelCopy;

/** The way between row-major matrices and panels, cut into tasks of one panel and some features. */
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

    static void pack(DenseMatrix source, PanelMatrix panels, int task) {
        pack(source, 0, panels, task);
    }

    /** Packs a part of the batch, from a panel on, as much as the target holds. */
    static void pack(DenseMatrix source, int firstPanel, PanelMatrix target, int task) {
        int panel = task / chunks(target);
        int from = task % chunks(target) * FEATURES;
        int sourcePanel = firstPanel + panel;
        copy().pack(
                        source.segment(),
                        denseOffset(source, target, sourcePanel, from),
                        source.rowStride() * Float.BYTES,
                        Math.min(target.lanes(), source.rows() - sourcePanel * target.lanes()),
                        Math.min(FEATURES, target.cols() - from),
                        target.segment(),
                        panelOffset(target, panel, from),
                        target.lanes());
    }

    /** Packs one panel of the batch into a matrix of one panel. */
    static void packPanel(DenseMatrix source, int panel, PanelMatrix target) {
        for (int task = 0; task < chunks(target); task++) {
            pack(source, panel, target, task);
        }
    }

    static void unpack(PanelMatrix panels, DenseMatrix target, int task) {
        int panel = task / chunks(panels);
        int from = task % chunks(panels) * FEATURES;
        copy().unpack(
                        panels.segment(),
                        panelOffset(panels, panel, from),
                        panels.lanes(),
                        samples(panels, panel),
                        Math.min(FEATURES, panels.cols() - from),
                        target.segment(),
                        denseOffset(target, panels, panel, from),
                        target.rowStride() * Float.BYTES);
    }

    /** Samples in a panel: all lanes but in the last one. */
    static int samples(PanelMatrix panels, int panel) {
        return Math.min(panels.lanes(), panels.rows() - panel * panels.lanes());
    }

    static long denseOffset(DenseMatrix dense, PanelMatrix panels, int panel, int feature) {
        return ((long) panel * panels.lanes() * dense.rowStride() + feature) * Float.BYTES;
    }

    private static long panelOffset(PanelMatrix panels, int panel, int feature) {
        return (panel * panels.panelStride() + (long) feature * panels.lanes()) * Float.BYTES;
    }

    static int chunks(PanelMatrix panels) {
        return (panels.cols() + FEATURES - 1) / FEATURES;
    }

    private static PanelCopy copy() {
        return Providers.active().panelCopy();
    }
}
