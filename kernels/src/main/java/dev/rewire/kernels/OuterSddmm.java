package dev.rewire.kernels;

import dev.rewire.kernels.internal.CacheSizes;
import dev.rewire.kernels.internal.OuterSddmmKernel;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The product backward to the weights as a sum of outer products, sample after sample: the lanes of a vector are inputs, so that no lanes are added up, a batch may have
 * any number of samples, and row-major gradients are read where they are. Inputs are copied into strips, those of a column of blocks for all samples of a turn.
 */
final class OuterSddmm {
    /**
     * More are as fast where their panels lie, or faster: panels of gradients are read in bursts, which hurts where they do not fit the caches. Seen on AMD Zen 4 alone
     * (docs/performance.md, "Few samples backward to the weights").
     */
    static final int FEW_SAMPLES = 128;

    private static final int MOST_SAMPLES = 256;
    private static final int SAMPLES_OF_TASK = 16;
    private static final int STRIPS_OF_TASK = 8;

    private final OuterSddmmKernel kernel;
    private final BlockPattern shape;
    private final Layout layout;
    private final Workers workers;
    private final int samplesAtOnce;
    private final long stripBytes;
    private final MemorySegment strips;
    private final @Nullable DenseMatrix gradientCopy;
    private final Workers.Task copyTask = this::copyRows;
    private final Workers.Task unpackTask = this::unpack;

    // Set for the time of a run.
    private @Nullable DenseMatrix gradient;
    private @Nullable DenseMatrix input;
    private @Nullable PanelMatrix gradientPanels;
    private @Nullable PanelMatrix inputPanels;
    private boolean copiesGradient;
    private int firstSample;
    private int samples;

    private OuterSddmm(
            KernelArena scratch, BlockPattern shape, int batch, int samplesAtOnce, Layout layout, Workers workers) {
        this.layout = layout;
        kernel = Providers.active()
                .outerSddmm(
                        shape.blockRows(),
                        shape.blockCols(),
                        (long) (layout == Layout.ROW_MAJOR ? 1 : PanelMatrix.lanesFor(batch)) * Float.BYTES);
        this.shape = shape;
        this.workers = workers;
        boolean isRowMajor = layout == Layout.ROW_MAJOR;
        int lanes = PanelMatrix.lanesFor(batch);
        this.samplesAtOnce = Math.min(samplesAtOnce, (batch + lanes - 1) / lanes * lanes);
        // One sample more, or lines of all strips would meet in one set of a cache.
        stripBytes = (this.samplesAtOnce + 1L) * shape.blockCols() * Float.BYTES;
        strips = scratch.allocate(shape.gridCols() * stripBytes);
        gradientCopy = isRowMajor
                ? DenseMatrix.allocate(scratch, this.samplesAtOnce, shape.gridRows() * shape.blockRows())
                : null;
    }

    /** For the blocks of a plan, or null where panels are as good. */
    static @Nullable OuterSddmm of(KernelArena scratch, BlockPattern shape, int batch, Layout layout, Workers workers) {
        boolean pays = Providers.active().paysOuterSddmm(shape.blockRows(), shape.blockCols())
                && batch > 0
                && (layout == Layout.ROW_MAJOR || batch <= FEW_SAMPLES);
        if (!pays) {
            return null;
        }
        int fit = CacheSizes.items(CacheSizes.L2 / 2, Math.max(1L, shape.cols()) * Float.BYTES, MOST_SAMPLES);
        return new OuterSddmm(scratch, shape, batch, layout == Layout.ROW_MAJOR ? fit : FEW_SAMPLES, layout, workers);
    }

    /** For all places, in blocks of 16×16. Turns are the same in all layouts and on all machines, as what is done after each of them may round. */
    static OuterSddmm ofAll(KernelArena scratch, BlockPattern full, int batch, Layout layout, Workers workers) {
        return new OuterSddmm(scratch, full, batch, FEW_SAMPLES, layout, workers);
    }

    /** Whether gradients may be read where they lie: blocks that reach over the edge would read what lies behind a row. */
    boolean readsInPlace() {
        return layout == Layout.ROW_MAJOR && shape.rows() % shape.blockRows() == 0;
    }

    /**
     * Multiplies row-major operands, a gradient that it {@link #readsInPlace} where it lies.
     *
     * @param tasks of a turn of samples
     * @param task what calls {@link #add}
     */
    void run(DenseMatrix dy, DenseMatrix x, boolean inPlace, int tasks, Workers.Task task) {
        gradient = dy;
        input = x;
        copiesGradient = !inPlace;
        try {
            for (firstSample = 0; firstSample < dy.rows(); firstSample += samplesAtOnce) {
                samples = Math.min(samplesAtOnce, dy.rows() - firstSample);
                workers.run((samples + SAMPLES_OF_TASK - 1) / SAMPLES_OF_TASK, copyTask);
                workers.run(tasks, task);
            }
        } finally {
            gradient = null;
            input = null;
        }
    }

    /** Multiplies panels, of which so many samples count. */
    void run(PanelMatrix dy, PanelMatrix x, int count, int tasks, Workers.Task task) {
        gradientPanels = dy;
        inputPanels = x;
        try {
            for (firstSample = 0; firstSample < count; firstSample += samplesAtOnce) {
                samples = Math.min(samplesAtOnce, count - firstSample);
                workers.run((shape.gridCols() + STRIPS_OF_TASK - 1) / STRIPS_OF_TASK, unpackTask);
                workers.run(tasks, task);
            }
        } finally {
            gradientPanels = null;
            inputPanels = null;
        }
    }

    private void copyRows(int task, int worker) {
        if (gradient == null || input == null || gradientCopy == null) {
            throw new AssertionError("no run");
        }
        int first = task * SAMPLES_OF_TASK;
        int count = Math.min(SAMPLES_OF_TASK, samples - first);
        kernel.copyStrips(
                input.segment(),
                Layout.ROW_MAJOR.offset(input, (long) firstSample + first, 0),
                input.rowStride() * Float.BYTES,
                count,
                shape.cols(),
                strips,
                inStrip(first),
                stripBytes);
        for (int sample = first; sample < first + count && copiesGradient; sample++) {
            MemorySegment.copy(
                    gradient.segment(),
                    Layout.ROW_MAJOR.offset(gradient, (long) firstSample + sample, 0),
                    gradientCopy.segment(),
                    Layout.ROW_MAJOR.offset(gradientCopy, sample, 0),
                    (long) shape.rows() * Float.BYTES);
        }
    }

    private void unpack(int task, int worker) {
        if (inputPanels == null) {
            throw new AssertionError("no run");
        }
        int end = Math.min((task + 1) * STRIPS_OF_TASK, shape.gridCols());
        int lanes = inputPanels.lanes();
        for (int sample = 0; sample < samples; sample += lanes) {
            for (int strip = task * STRIPS_OF_TASK; strip < end; strip++) {
                Layout.ROW_MAJOR
                        .copy()
                        .unpack(
                                inputPanels.segment(),
                                offset(inputPanels, sample, strip * shape.blockCols()),
                                lanes,
                                Math.min(lanes, samples - sample),
                                Math.min(shape.blockCols(), shape.cols() - strip * shape.blockCols()),
                                strips,
                                strip * stripBytes + inStrip(sample),
                                (long) shape.blockCols() * Float.BYTES);
            }
        }
    }

    private long inStrip(int sample) {
        return (long) sample * shape.blockCols() * Float.BYTES;
    }

    /** Bytes to a feature of the panel that begins with a sample of the turn. */
    private long offset(PanelMatrix panels, int sample, int feature) {
        int panel = (firstSample + sample) / panels.lanes();
        return (panel * panels.panelStride() + (long) feature * panels.lanes()) * Float.BYTES;
    }

    /** Whether nothing was added in this run before. */
    boolean isFirstTurn() {
        return firstSample == 0;
    }

    /** Adds the turn's samples up: blocks that begin at those rows and columns, to the values or from zero on. */
    void add(int[] rowStarts, int[] colStarts, int first, int end, boolean add, MemorySegment values) {
        PanelMatrix panels = gradientPanels;
        DenseMatrix rows = copiesGradient ? gradientCopy : gradient;
        if (panels != null) {
            for (int sample = 0; sample < samples; sample += panels.lanes()) {
                kernel.run(
                        rowStarts,
                        colStarts,
                        first,
                        end,
                        Math.min(panels.lanes(), samples - sample),
                        add || sample > 0,
                        panels.segment(),
                        offset(panels, sample, 0),
                        Float.BYTES,
                        strips,
                        inStrip(sample),
                        stripBytes,
                        values);
            }
        } else if (rows != null) {
            kernel.run(
                    rowStarts,
                    colStarts,
                    first,
                    end,
                    samples,
                    add,
                    rows.segment(),
                    Layout.ROW_MAJOR.offset(rows, copiesGradient ? 0 : firstSample, 0),
                    rows.rowStride() * Float.BYTES,
                    strips,
                    0,
                    stripBytes,
                    values);
        }
    }
}
