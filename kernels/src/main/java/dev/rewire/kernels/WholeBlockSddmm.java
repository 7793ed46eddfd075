package dev.rewire.kernels;

import dev.rewire.kernels.internal.CacheSizes;
import dev.rewire.kernels.internal.KernelProvider;
import dev.rewire.kernels.internal.WholeBlockSddmmKernel;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The product backward to the weights of few samples and blocks that are whole vectors, while their rows are parts of one. Inputs and gradients are copied to the lanes of the blocks they meet in,
 * some samples a turn; then a block costs one multiplication for each of its vectors and samples, and no lanes are added up. Rows walk the columns of a chunk, whose inputs stay in the first-level cache, before those of the next.
 */
final class WholeBlockSddmm {
    /** Features that a task copies. */
    private static final int FEATURES_OF_TASK = 512;

    /** Of the repeated inputs of a chunk: the rest of the first-level cache is for values and gradients. */
    private static final long CHUNK_BYTES = CacheSizes.L1 / 4 * 3;

    /** Blocks that a row has in a chunk at least, on average; for fewer its gradients would be loaded too often. */
    private static final int LEAST_BLOCKS = 4;

    /** Floats that are repeated for all samples: some MiB, or more for as many stored values. */
    private static final long MOST_REPEATED = 4 << 20;

    private static final long REPEATED_OF_STORED = 16;

    private final WholeBlockSddmmKernel kernel;
    private final Layout layout;
    private final Workers workers;
    private final int blockRows;
    private final int blockCols;
    private final DenseMatrix gradientRows;
    private final DenseMatrix inputRows;
    private final MemorySegment gradients;
    private final MemorySegment inputs;
    private final int gradientTasks;
    private final int inputTasks;
    private final Workers.Task copyTask = this::copy;
    private final InputChunks chunks;
    private BlockPattern pattern;
    private int[] starts = new int[0];

    // Set for the time of a run.
    private @Nullable DenseMatrix denseGradient;
    private @Nullable DenseMatrix denseInput;
    private @Nullable PanelMatrix gradientPanels;
    private @Nullable PanelMatrix inputPanels;
    private int firstSample;
    private int samples;

    private WholeBlockSddmm(
            KernelArena scratch,
            BlockPattern pattern,
            WholeBlockSddmmKernel kernel,
            int batch,
            Layout layout,
            Workers workers) {
        int rows = (batch + kernel.samples() - 1) / kernel.samples() * kernel.samples();
        this.kernel = kernel;
        this.pattern = pattern;
        this.layout = layout;
        this.workers = workers;
        blockRows = pattern.blockRows();
        blockCols = pattern.blockCols();
        gradientRows = DenseMatrix.allocate(scratch, rows, pattern.gridRows() * blockRows + kernel.margin());
        inputRows = DenseMatrix.allocate(scratch, rows, pattern.gridCols() * blockCols + kernel.margin());
        gradients = scratch.allocate(pattern.gridRows() * kernel.gradientBytes());
        inputs = scratch.allocate(pattern.gridCols() * kernel.inputBytes());
        gradientTasks = tasks(pattern.gridRows(), blockRows);
        inputTasks = tasks(pattern.gridCols(), blockCols);
        chunks = new InputChunks(
                pattern.gridCols(), 1, (int) Math.max(1, CHUNK_BYTES / kernel.inputBytes()), LEAST_BLOCKS);
    }

    /** For the blocks of a plan, or null where others are as good. */
    static @Nullable WholeBlockSddmm of(
            KernelArena scratch, BlockPattern pattern, int batch, Layout layout, Workers workers) {
        if (!pays(pattern, batch)) {
            return null;
        }
        WholeBlockSddmmKernel kernel =
                Providers.active().wholeBlockSddmm(pattern.blockRows(), pattern.blockCols(), batch);
        return new WholeBlockSddmm(scratch, pattern, kernel, batch, layout, workers);
    }

    /** Whether it is faster for such blocks, and what is repeated, also for columns that have no block, no burden. */
    static boolean pays(BlockPattern pattern, int batch) {
        KernelProvider kernels = Providers.active();
        int rows = pattern.blockRows();
        int cols = pattern.blockCols();
        if (batch == 0 || !kernels.paysWholeBlockSddmm(rows, cols, batch)) {
            return false;
        }
        long repeated =
                (long) pattern.gridCols() * kernels.vectorBits() / Float.SIZE + (long) pattern.gridRows() * rows * cols;
        return repeated * batch <= Math.max(MOST_REPEATED, REPEATED_OF_STORED * pattern.storedElements());
    }

    private static int blocksOfTask(int side) {
        return Math.max(1, FEATURES_OF_TASK / side);
    }

    private static int tasks(int blocks, int side) {
        return (blocks + blocksOfTask(side) - 1) / blocksOfTask(side);
    }

    /** Sets the places that are stored. */
    void replan(BlockPattern to) {
        pattern = to;
        starts = chunks.cut(to.offsets(), to::gridCol);
    }

    long heldBytes() {
        return chunks.heldBytes();
    }

    /** Multiplies dense operands. */
    void run(DenseMatrix dy, DenseMatrix x, int tasks, Workers.Task task) {
        denseGradient = dy;
        denseInput = x;
        try {
            run(layout.samples(dy), tasks, task);
        } finally {
            denseGradient = null;
            denseInput = null;
        }
    }

    /** Multiplies panels, of which so many samples count. */
    void run(PanelMatrix dy, PanelMatrix x, int count, int tasks, Workers.Task task) {
        gradientPanels = dy;
        inputPanels = x;
        try {
            run(count, tasks, task);
        } finally {
            gradientPanels = null;
            inputPanels = null;
        }
    }

    private void run(int count, int tasks, Workers.Task task) {
        samples = count;
        for (firstSample = 0; firstSample < count; firstSample += kernel.samples()) {
            workers.run(gradientTasks + inputTasks, copyTask);
            workers.run(tasks, task);
        }
    }

    private void copy(int task, int worker) {
        if (task < gradientTasks) {
            int first = task * blocksOfTask(blockRows);
            int end = Math.min(first + blocksOfTask(blockRows), pattern.gridRows());
            copy(
                    denseGradient,
                    gradientPanels,
                    first * blockRows,
                    Math.min(end * blockRows, pattern.rows()),
                    gradientRows);
            kernel.repeatGradients(
                    gradientRows.segment(),
                    Layout.ROW_MAJOR.offset(gradientRows, firstSample, 0),
                    gradientRows.rowStride() * Float.BYTES,
                    first,
                    end,
                    gradients);
        } else {
            int first = (task - gradientTasks) * blocksOfTask(blockCols);
            int end = Math.min(first + blocksOfTask(blockCols), pattern.gridCols());
            copy(denseInput, inputPanels, first * blockCols, Math.min(end * blockCols, pattern.cols()), inputRows);
            kernel.repeatInputs(
                    inputRows.segment(),
                    Layout.ROW_MAJOR.offset(inputRows, firstSample, 0),
                    inputRows.rowStride() * Float.BYTES,
                    first,
                    end,
                    inputs);
        }
    }

    /** Copies some features of all samples, before the first turn; those of samples that its last has room for become zero. */
    private void copy(@Nullable DenseMatrix dense, @Nullable PanelMatrix panels, int first, int end, DenseMatrix to) {
        if (firstSample > 0) {
            return;
        }
        long bytes = (long) (end - first) * Float.BYTES;
        for (int sample = samples; sample % kernel.samples() != 0; sample++) {
            for (int feature = first; feature < end; feature++) {
                to.set(sample, feature, 0);
            }
        }
        if (dense != null) {
            for (int sample = 0; sample < samples; sample++) {
                MemorySegment.copy(
                        dense.segment(),
                        Layout.ROW_MAJOR.offset(dense, sample, first),
                        to.segment(),
                        Layout.ROW_MAJOR.offset(to, sample, first),
                        bytes);
            }
        } else if (panels != null) {
            for (int panel = 0; panel * panels.lanes() < samples; panel++) {
                int sample = panel * panels.lanes();
                Layout.ROW_MAJOR
                        .copy()
                        .unpack(
                                panels.segment(),
                                (panel * panels.panelStride() + (long) first * panels.lanes()) * Float.BYTES,
                                panels.lanes(),
                                Math.min(panels.lanes(), samples - sample),
                                end - first,
                                to.segment(),
                                Layout.ROW_MAJOR.offset(to, sample, first),
                                to.rowStride() * Float.BYTES);
            }
        }
    }

    /** Computes some rows of blocks, whose first columns are given: adds the turn's samples to the values, or overwrites those with them. */
    void run(int[] colStarts, int firstRow, int endRow, boolean accumulate, MemorySegment values) {
        for (int chunk = 0; chunk < chunks.count(); chunk++) {
            int groups = chunks.count() == 1 ? 1 : pattern.gridRows();
            kernel.run(
                    starts,
                    chunk * groups,
                    (chunk + 1) * groups,
                    firstRow,
                    endRow,
                    colStarts,
                    accumulate || firstSample > 0,
                    gradients,
                    inputs,
                    values);
        }
    }
}
