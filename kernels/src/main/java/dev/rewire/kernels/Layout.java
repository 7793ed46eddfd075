package dev.rewire.kernels;

/** How the dense operands of a product lie in memory. */
public enum Layout {
    /** A caller's own arrays, {@link DenseMatrix}: packed into panels on the way in and written back tile by tile. */
    ROW_MAJOR,
    /** {@link PanelMatrix}: what the kernels run on. A training loop keeps its activations there. */
    PANELS
}
