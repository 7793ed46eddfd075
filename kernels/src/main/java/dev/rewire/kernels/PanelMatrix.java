package dev.rewire.kernels;

import dev.rewire.kernels.internal.PanelRuns;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A batch of activations in the layout that the kernels run on. {@code rows} samples are cut into panels of {@code lanes} samples; a panel
 * holds, feature after feature, the values of its samples next to each other:
 *
 * <pre>element (row, col) is float  (row / lanes) · panelStride + col · lanes + row % lanes</pre>
 *
 * With the batch along the vector lanes and weights broadcast, one kernel serves every block shape. Panels are padded, with zeros that no
 * operation changes: to whole panels along the batch, and by {@value #PADDING} features, so that blocks may reach over the edge of the
 * matrix.
 */
public final class PanelMatrix {
    /** Features of zeros behind the last one: a block of at most 64 that starts inside the matrix ends inside the padding. */
    static final int PADDING = 63;

    static {
        PanelRuns.install(new PanelHold());
    }

    private final KernelArena arena;
    private final MemorySegment segment;
    private final int rows;
    private final int cols;
    private final int lanes;
    private final long panelStride;

    private PanelMatrix(KernelArena arena, MemorySegment segment, int rows, int cols, int lanes, long panelStride) {
        this.arena = arena;
        this.segment = segment;
        this.rows = rows;
        this.cols = cols;
        this.lanes = lanes;
        this.panelStride = panelStride;
    }

    /**
     * New panels, all zero.
     *
     * @param arena where the memory comes from
     * @param rows samples of the batch, at least 0
     * @param cols features, at least 0
     * @return the panels, of {@link #lanesFor} lanes
     * @throws IllegalArgumentException if a size is out of range
     */
    public static PanelMatrix allocate(KernelArena arena, int rows, int cols) {
        return allocate(arena, rows, cols, lanesFor(rows));
    }

    /**
     * New panels, all zero, for a plan of a larger batch, whose panels may have more lanes than so few samples would get.
     *
     * @param arena where the memory comes from
     * @param rows samples of the batch, at least 0
     * @param cols features, at least 0
     * @param lanes samples of a panel: 16, 32 or 64, {@link #lanesFor} the plan's batch
     * @return the panels
     * @throws IllegalArgumentException if a size is out of range
     */
    public static PanelMatrix allocate(KernelArena arena, int rows, int cols, int lanes) {
        Check.range("rows", rows, 0, Integer.MAX_VALUE - 64);
        Check.range("cols", cols, 0, Integer.MAX_VALUE / 64 - 64);
        if (lanes != 16 && lanes != 32 && lanes != 64) {
            throw new IllegalArgumentException("lanes: " + lanes + " is not accepted; accepted are 16, 32, 64");
        }
        long panelStride = (long) (cols + PADDING) * lanes;
        int panels = (rows + lanes - 1) / lanes;
        MemorySegment segment = arena.allocate(panels * panelStride * Float.BYTES, KernelArena.ALIGNMENT);
        return new PanelMatrix(arena, segment, rows, cols, lanes, panelStride);
    }

    /**
     * The number of lanes for a batch: the smallest that holds it, at most 64.
     *
     * @param rows samples of the batch
     * @return 16, 32 or 64
     */
    public static int lanesFor(int rows) {
        return rows <= 16 ? 16 : rows <= 32 ? 32 : 64;
    }

    /**
     * A range of features of the same memory. Its padding is the features that follow, so only products whose blocks divide the range may
     * run on it.
     */
    PanelMatrix features(int from, int to) {
        long offset = (long) from * lanes * Float.BYTES;
        return new PanelMatrix(
                arena, segment.asSlice(Math.min(offset, segment.byteSize())), rows, to - from, lanes, panelStride);
    }

    /**
     * Samples of the batch.
     *
     * @return at least 0
     */
    public int rows() {
        return rows;
    }

    /**
     * Features of a sample.
     *
     * @return at least 0
     */
    public int cols() {
        return cols;
    }

    /**
     * Samples of a panel.
     *
     * @return 16, 32 or 64
     */
    public int lanes() {
        return lanes;
    }

    /**
     * Distance between panels.
     *
     * @return floats from the start of one panel to the start of the next
     */
    public long panelStride() {
        return panelStride;
    }

    /**
     * Number of panels.
     *
     * @return rows / lanes, rounded up
     */
    public int panels() {
        return (rows + lanes - 1) / lanes;
    }

    /**
     * The memory. Whoever writes to it keeps the padding zero.
     *
     * @return all panels
     */
    public MemorySegment segment() {
        return segment;
    }

    /**
     * One element.
     *
     * @param row sample, from 0 to rows − 1
     * @param col feature, from 0 to cols − 1
     * @return its value
     * @throws IndexOutOfBoundsException if there is no such element
     * @throws IllegalStateException if the arena is closed
     */
    public float get(int row, int col) {
        return segment.get(ValueLayout.JAVA_FLOAT_UNALIGNED, offset(row, col));
    }

    /**
     * Sets one element.
     *
     * @param row sample, from 0 to rows − 1
     * @param col feature, from 0 to cols − 1
     * @param value the new value
     * @throws IndexOutOfBoundsException if there is no such element
     * @throws IllegalStateException if the arena is closed
     */
    public void set(int row, int col, float value) {
        segment.set(ValueLayout.JAVA_FLOAT_UNALIGNED, offset(row, col), value);
    }

    /**
     * Copies a row-major matrix into the panels.
     *
     * @param source of the same shape
     * @param workers who copies
     * @throws IllegalArgumentException if the shapes differ, or the two share memory
     * @throws IllegalStateException if an arena is closed
     */
    public void pack(DenseMatrix source, Workers workers) {
        PanelCopying.check("source", source, this, workers);
        StackRoom.reserve();
        arena.acquire("panels");
        try {
            Check.apart("source", source, "the panels", segment, segment.byteSize());
            workers.run(
                    PanelCopying.tasks(this),
                    (task, worker) -> PanelCopying.pack(Layout.ROW_MAJOR, source, this, task));
        } finally {
            arena.release();
        }
    }

    /**
     * Copies the panels into a row-major matrix.
     *
     * @param target of the same shape; every element is overwritten
     * @param workers who copies
     * @throws IllegalArgumentException if the shapes differ, the target is read-only, or the two share memory
     * @throws IllegalStateException if an arena is closed
     */
    public void unpack(DenseMatrix target, Workers workers) {
        PanelCopying.check("target", target, this, workers);
        PanelCopying.checkWritable("target", target);
        StackRoom.reserve();
        arena.acquire("panels");
        try {
            Check.apart("target", target, "the panels", segment, segment.byteSize());
            workers.run(PanelCopying.tasks(this), (task, worker) -> PanelCopying.unpack(this, target, task));
        } finally {
            arena.release();
        }
    }

    /**
     * Copies the transposed matrix into other panels: samples become features.
     *
     * @param target cols × rows; every element is overwritten
     * @param workers who copies
     * @throws IllegalArgumentException if the shapes do not fit
     * @throws IllegalStateException if an arena or the workers are closed
     */
    public void transpose(PanelMatrix target, Workers workers) {
        Check.equal("target.rows", target.rows, cols, "features of these panels");
        Check.equal("target.cols", target.cols, rows, "samples of these panels");
        StackRoom.reserve();
        arena.acquire("panels");
        try {
            target.arena.acquire("target");
            try {
                workers.run(target.panels(), (task, worker) -> transposePanel(target, task));
            } finally {
                target.arena.release();
            }
        } finally {
            arena.release();
        }
    }

    /** A panel of the target is a row-major matrix of as many columns as it has lanes. */
    private void transposePanel(PanelMatrix target, int targetPanel) {
        int from = targetPanel * target.lanes;
        long rowBytes = (long) target.lanes * Float.BYTES;
        for (int panel = 0; panel < panels(); panel++) {
            Providers.active()
                    .panelCopy()
                    .unpack(
                            segment,
                            (panel * panelStride + (long) from * lanes) * Float.BYTES,
                            lanes,
                            PanelCopying.samples(this, panel),
                            Math.min(target.lanes, cols - from),
                            target.segment,
                            targetPanel * target.panelStride * Float.BYTES + (long) panel * lanes * rowBytes,
                            rowBytes);
        }
    }

    @Override
    public String toString() {
        return "PanelMatrix " + rows + "×" + cols + " in panels of " + lanes;
    }

    KernelArena arena() {
        return arena;
    }

    /** Bytes to an element. */
    long offset(int row, int col) {
        if (row < 0 || row >= rows || col < 0 || col >= cols) {
            throw new IndexOutOfBoundsException("(" + row + ", " + col + ") is outside of " + rows + "×" + cols);
        }
        return (row / lanes * panelStride + (long) col * lanes + row % lanes) * Float.BYTES;
    }
}
