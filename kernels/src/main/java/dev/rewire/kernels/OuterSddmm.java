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
    /** More are as fast where their panels lie, or faster: panels of gradients are read in bursts, which hurts where they do not fit the caches. */
    private static final int FEW_SAMPLES = 128;

    private static final int MOST_SAMPLES = 256;
    private static final int SAMPLES_OF_TASK = 16;
    private static final int STRIPS_OF_TASK = 8;

    /** Multiplications of a task: some tens of microseconds. */
    private static final long TASK_WORK = 1L << 21;

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
    private final Workers.Task multiplyTask = this::multiply;

    // Set for the time of a run.
    private int[] rowStarts = new int[0];
    private int[] colStarts = new int[0];
    private int blocks;
    private int blocksOfTask;
    private boolean accumulate;
    private MemorySegment target = MemorySegment.NULL;
    private @Nullable DenseMatrix gradient;
    private @Nullable DenseMatrix input;
    private @Nullable PanelMatrix gradientPanels;
    private @Nullable PanelMatrix inputPanels;
    private boolean copiesGradient;
    private int firstSample;
    private int samples;

    private OuterSddmm(
            KernelArena scratch,
            OuterSddmmKernel kernel,
            BlockPattern shape,
            int batch,
            Layout layout,
            Workers workers) {
        this.layout = layout;
        this.kernel = kernel;
        this.shape = shape;
        this.workers = workers;
        boolean isRowMajor = layout == Layout.ROW_MAJOR;
        int fit = CacheSizes.items(CacheSizes.L2 / 2, Math.max(1L, shape.cols()) * Float.BYTES, MOST_SAMPLES);
        samplesAtOnce = isRowMajor ? Math.min(fit, batch) : PanelMatrix.lanesFor(batch);
        // One sample more, or lines of all strips would meet in one set of a cache.
        stripBytes = (samplesAtOnce + 1L) * shape.blockCols() * Float.BYTES;
        strips = scratch.allocate(shape.gridCols() * stripBytes);
        gradientCopy =
                isRowMajor ? DenseMatrix.allocate(scratch, samplesAtOnce, shape.gridRows() * shape.blockRows()) : null;
    }

    /**
     * For a plan, or null where panels are as good.
     *
     * @param scratch that of the plan
     */
    static @Nullable OuterSddmm of(KernelArena scratch, BlockPattern shape, int batch, Layout layout, Workers workers) {
        if (batch == 0 || (layout != Layout.ROW_MAJOR && batch > FEW_SAMPLES)) {
            return null;
        }
        long featureBytes = (long) (layout == Layout.ROW_MAJOR ? 1 : PanelMatrix.lanesFor(batch)) * Float.BYTES;
        OuterSddmmKernel kernel = Providers.active().outerSddmm(shape.blockRows(), shape.blockCols(), featureBytes);
        return kernel == null ? null : new OuterSddmm(scratch, kernel, shape, batch, layout, workers);
    }

    /** Says what is computed by the next run. */
    void begin(int[] rowStarts, int[] colStarts, int blocks, MemorySegment target, boolean accumulate) {
        this.rowStarts = rowStarts;
        this.colStarts = colStarts;
        this.blocks = blocks;
        this.target = target;
        this.accumulate = accumulate;
    }

    /** Whether gradients may be read where they lie: blocks that reach over the edge would read what lies behind a row. */
    boolean readsInPlace() {
        return layout == Layout.ROW_MAJOR && shape.rows() % shape.blockRows() == 0;
    }

    /** Multiplies row-major operands, a gradient that it {@link #readsInPlace} where it lies. */
    void run(DenseMatrix dy, DenseMatrix x, boolean inPlace) {
        gradient = dy;
        input = x;
        copiesGradient = !inPlace;
        try {
            for (firstSample = 0; firstSample < dy.rows(); firstSample += samplesAtOnce) {
                samples = Math.min(samplesAtOnce, dy.rows() - firstSample);
                workers.run((samples + SAMPLES_OF_TASK - 1) / SAMPLES_OF_TASK, copyTask);
                workers.run(tasks(), multiplyTask);
            }
        } finally {
            gradient = null;
            input = null;
        }
    }

    /** Multiplies panels, of which so many samples count. */
    void run(PanelMatrix dy, PanelMatrix x, int count) {
        gradientPanels = dy;
        inputPanels = x;
        try {
            for (firstSample = 0; firstSample < count; firstSample += samplesAtOnce) {
                samples = Math.min(samplesAtOnce, count - firstSample);
                workers.run((shape.gridCols() + STRIPS_OF_TASK - 1) / STRIPS_OF_TASK, unpackTask);
                workers.run(tasks(), multiplyTask);
            }
        } finally {
            gradientPanels = null;
            inputPanels = null;
        }
    }

    private int tasks() {
        long workOfBlock = (long) shape.blockRows() * shape.blockCols() * samples;
        long fairShare = (blocks + 4L * workers.threads() - 1) / (4L * workers.threads());
        blocksOfTask = (int) Math.max(1, Math.min(fairShare, TASK_WORK / workOfBlock));
        return (blocks + blocksOfTask - 1) / blocksOfTask;
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
                (long) first * shape.blockCols() * Float.BYTES,
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
        for (int strip = task * STRIPS_OF_TASK; strip < end; strip++) {
            Layout.ROW_MAJOR
                    .copy()
                    .unpack(
                            inputPanels.segment(),
                            offset(inputPanels, strip * shape.blockCols()),
                            inputPanels.lanes(),
                            samples,
                            Math.min(shape.blockCols(), shape.cols() - strip * shape.blockCols()),
                            strips,
                            strip * stripBytes,
                            (long) shape.blockCols() * Float.BYTES);
        }
    }

    /** Bytes to a feature of the turn's panel. */
    private long offset(PanelMatrix panels, int feature) {
        return (firstSample / panels.lanes() * panels.panelStride() + (long) feature * panels.lanes()) * Float.BYTES;
    }

    private void multiply(int task, int worker) {
        int first = task * blocksOfTask;
        int end = Math.min(first + blocksOfTask, blocks);
        long address;
        long sampleBytes;
        if (gradientPanels != null) {
            address = gradientPanels.segment().address() + offset(gradientPanels, 0);
            sampleBytes = Float.BYTES;
        } else {
            DenseMatrix rows = copiesGradient ? gradientCopy : gradient;
            if (rows == null) {
                throw new AssertionError("no run");
            }
            int sample = copiesGradient ? 0 : firstSample;
            address = rows.segment().address() + Layout.ROW_MAJOR.offset(rows, sample, 0);
            sampleBytes = rows.rowStride() * Float.BYTES;
        }
        kernel.run(
                rowStarts,
                colStarts,
                first,
                end,
                samples,
                accumulate || firstSample > 0,
                address,
                sampleBytes,
                strips.address(),
                stripBytes,
                target);
    }
}
