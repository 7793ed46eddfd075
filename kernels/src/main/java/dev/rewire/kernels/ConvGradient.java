package dev.rewire.kernels;

import dev.rewire.kernels.internal.SddmmKernel;
import dev.rewire.kernels.internal.SddmmRowsKernel;
import dev.rewire.kernels.internal.SddmmShape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The gradient of a convolution's weights on the places that they store, prepared: the sampled product of {@link SddmmPlan}, summed over all positions of the
 * output. The kernels take the positions of a row for panels of a batch, one after the other in memory, so that sums stay in registers from position to position.
 *
 * <p>The same operands give the same bits for any number of workers. A plan runs one product at a time; a second thread waits. Its scratch is freed by {@link #close}, or with
 * its arena.
 */
public final class ConvGradient implements AutoCloseable {
    private static final int[] NOT_WIDE = {};
    private static final String LANES = "those of the plan's panels; PanelMatrix.allocate takes them";

    /** Tasks for each worker, so that the last ones end together. */
    private static final int TASKS_PER_WORKER = 4;

    private final KernelArena arena;
    private final KernelArena scratchArena;
    private final StoredValues dw;
    private final ConvShape shape;
    private final int batch;
    private final int lanes;
    private final boolean accumulate;
    private final Workers workers;
    private final SddmmKernel kernel;
    private final SddmmKernel addingKernel;
    private final MemorySegment[] scratch;
    private final Workers.Task task = this::multiply;
    private final Runnable preparation = this::prepare;

    /** Of single weights, which are read where the pattern has them; null where there is no such kernel. */
    private final @Nullable SddmmRowsKernel rowsKernel;

    private BlockPattern pattern;
    private ConvWindow window;
    private int blocksOfTask = 1;

    // The workers', where the places of blocks stand for the time of a run.
    private char[] inputs = {};
    private int[] rowStarts = {};
    private int[] colStarts = {};

    private boolean isPlanned;
    private boolean hasRun;
    private boolean isClosed;

    // Of the last run: where each row of each panel begins, so that the next one on the same operands makes no objects.
    private @Nullable PanelMatrix gradient;
    private @Nullable PanelMatrix input;
    private MemorySegment[] gradientRows = {};
    private MemorySegment[] inputRows = {};

    private ConvGradient(
            KernelArena arena,
            KernelArena scratchArena,
            StoredValues dw,
            ConvShape shape,
            int batch,
            boolean accumulate,
            Workers workers) {
        Check.range("batch", batch, 0, Integer.MAX_VALUE - 64);
        this.arena = arena;
        this.scratchArena = scratchArena;
        this.dw = dw;
        this.shape = shape;
        this.batch = batch;
        this.accumulate = accumulate;
        this.workers = workers;
        pattern = dw.pattern();
        shape.check(pattern);
        lanes = PanelMatrix.lanesFor(batch);
        int rows = pattern.blockRows();
        int cols = pattern.blockCols();
        int samples = Math.min(batch, lanes);
        // Positions are farther apart than the samples of a panel alone, which is a matter of strides.
        kernel = Providers.active().sddmm(new SddmmShape(rows, cols, lanes, false, samples, accumulate));
        addingKernel = Providers.active().sddmm(new SddmmShape(rows, cols, lanes, false, samples, true));
        rowsKernel =
                rows * cols == 1 && shape.isWindowNarrow() ? Providers.active().sddmmRows(lanes, samples, true) : null;
        window = ConvWindow.of(shape, pattern);
        scratch = new MemorySegment[workers.threads()];
        for (int worker = 0; worker < scratch.length; worker++) {
            scratch[worker] = scratchArena.allocate(
                    rowsKernel == null
                            ? Math.max(kernel.scratchBytes(), addingKernel.scratchBytes())
                            : rowsKernel.scratchBytes());
        }
        replan();
    }

    /**
     * Prepares the gradient.
     *
     * @param arena where the plan's scratch comes from
     * @param dw what is written, on the pattern of the weights, as {@link ConvShape} orders them, in 32-bit floats; the columns of a block divide the input's channels
     * @param shape input, window and output
     * @param batch samples, at least 0
     * @param accumulate whether sums are added to dW (β = 1) or overwrite it (β = 0)
     * @param workers who computes
     * @return the plan
     * @throws IllegalArgumentException if an argument does not fit
     */
    public static ConvGradient prepare(
            KernelArena arena, SparseMatrix dw, ConvShape shape, int batch, boolean accumulate, Workers workers) {
        Objects.requireNonNull(shape, "shape: null; accepted are convolutions");
        StoredValues stored = StoredValues.of(dw).checkFloats("dw");
        StackRoom.reserveForFirstRun();
        KernelArena scratchArena = arena.openPart();
        try {
            return new ConvGradient(arena, scratchArena, stored, shape, batch, accumulate, workers);
        } catch (Throwable e) {
            arena.closePart(scratchArena);
            throw e;
        }
    }

    /**
     * Memory that the plan holds to find the places of dW, beside their pattern: on the heap.
     *
     * @return bytes
     */
    public synchronized long heldBytes() {
        return window.heldBytes();
    }

    /** Prepares for the pattern that dW has now; needed after it was rewired. */
    public synchronized void replan() {
        checkOpen();
        isPlanned = false; // until all is done
        pattern = dw.pattern();
        window = ConvWindow.of(shape, pattern);
        blocksOfTask = Math.max(1, Math.ceilDiv(pattern.blocks(), TASKS_PER_WORKER * workers.threads()));
        reserve();
        isPlanned = true;
    }

    private void reserve() {
        WorkerScratch room = workers.scratch();
        if (rowsKernel != null) {
            inputs = room.inputs(pattern.blocks());
        } else {
            rowStarts = room.rowStarts(pattern.blocks());
            colStarts = room.colStarts(pattern.blocks());
        }
    }

    private void prepare() {
        reserve(); // another plan may have needed more
        if (rowsKernel != null) {
            window.write(pattern, inputs);
        } else {
            window.write(pattern, rowStarts, colStarts);
        }
    }

    private int tasks() {
        return Math.ceilDiv(pattern.blocks(), blocksOfTask);
    }

    /**
     * Computes the gradient of the weights.
     *
     * @param dy gradient of the output, of at most the plan's batch
     * @param x the input, of as many samples
     * @throws IllegalArgumentException if a shape or the lanes do not fit
     * @throws IllegalStateException if the plan, an arena or the workers are closed, or dW was rewired since the plan was made
     */
    public synchronized void run(PanelMatrix dy, PanelMatrix x) {
        check("dy", dy, shape.output());
        check("x", x, shape.input());
        Check.equal("x.rows", x.rows(), dy.rows(), "samples of dy");
        if (hasRun) {
            StackRoom.reserve();
        } else {
            StackRoom.reserveForFirstRun();
        }
        dy.arena().acquire("dy");
        try {
            x.arena().acquire("x");
            try {
                find(dy, x);
                runTasks(dy.rows());
            } finally {
                x.arena().release();
            }
        } finally {
            dy.arena().release();
        }
    }

    @SuppressWarnings("ReferenceEquality") // other panels of the same shape lie elsewhere
    private void find(PanelMatrix dy, PanelMatrix x) {
        if (gradient == dy && input == x) {
            return;
        }
        FeatureMap in = shape.input();
        FeatureMap out = shape.output();
        long lane = (long) lanes * Float.BYTES;
        MemorySegment[] nextGradientRows = new MemorySegment[dy.panels() * out.height()];
        MemorySegment[] nextInputRows = new MemorySegment[nextGradientRows.length];
        for (int i = 0; i < nextGradientRows.length; i++) {
            int panel = i / out.height();
            int row = i % out.height();
            int window = in.start(row * shape.stride() - shape.padding(), -shape.padding());
            nextGradientRows[i] =
                    dy.segment().asSlice(panel * dy.panelStride() * Float.BYTES + out.start(row, 0) * lane);
            nextInputRows[i] = x.segment().asSlice(panel * x.panelStride() * Float.BYTES + window * lane);
        }
        gradientRows = nextGradientRows;
        inputRows = nextInputRows;
        gradient = dy;
        input = x;
    }

    @SuppressWarnings("ReferenceEquality") // a rewiring is what makes a plan stale, not a difference in content
    private void runTasks(int samples) {
        checkOpen();
        if (!isPlanned || dw.pattern() != pattern) {
            throw new IllegalStateException("dw: rewired since this plan was made; call replan()");
        }
        arena.acquire("plan");
        try {
            dw.arena().acquire("dw");
            try {
                if (samples > 0) {
                    workers.run(preparation, tasks(), task);
                } else if (!accumulate) {
                    dw.memory()
                            .asSlice(0, pattern.storedElements() * Float.BYTES)
                            .fill((byte) 0);
                }
                hasRun = true;
            } finally {
                dw.arena().release();
            }
        } finally {
            arena.release();
        }
    }

    private void multiply(int number, int worker) {
        int first = number * blocksOfTask;
        int end = Math.min(first + blocksOfTask, pattern.blocks());
        if (rowsKernel != null) {
            multiplyElements(rowsKernel, first, end, worker);
            return;
        }
        long lane = (long) lanes * Float.BYTES;
        for (int row = 0; row < gradientRows.length; row++) {
            (row == 0 ? kernel : addingKernel)
                    .run(
                            rowStarts,
                            colStarts,
                            first,
                            end,
                            shape.output().width(),
                            gradientRows[row],
                            gradientStride(),
                            lane,
                            inputRows[row],
                            inputStride(),
                            lane,
                            dw.memory(),
                            scratch[worker]);
        }
        clearPadding(first, end);
    }

    private void multiplyElements(SddmmRowsKernel elements, int first, int end, int worker) {
        int firstRow = pattern.gridRow(first);
        int endRow = pattern.gridRow(end - 1) + 1;
        for (int row = 0; row < gradientRows.length; row++) {
            elements.run(
                    pattern.offsets(),
                    inputs,
                    NOT_WIDE,
                    0,
                    1,
                    firstRow,
                    endRow,
                    first,
                    end,
                    shape.output().width(),
                    gradientRows[row],
                    gradientStride(),
                    inputRows[row],
                    inputStride(),
                    dw.memory(),
                    first,
                    accumulate || row > 0,
                    scratch[worker]);
        }
    }

    /** Bytes from a position of the output to the next. */
    private long gradientStride() {
        return (long) shape.output().channels() * lanes * Float.BYTES;
    }

    /** Bytes from the input of a position to that of the next. */
    private long inputStride() {
        return (long) shape.stride() * shape.input().channels() * lanes * Float.BYTES;
    }

    /** Rows of blocks beyond the last channel were multiplied by the channels of the next position. */
    private void clearPadding(int firstBlock, int endBlock) {
        int height = pattern.blockRows();
        int width = pattern.blockCols();
        for (int block = firstBlock; block < endBlock; block++) {
            for (int i = pattern.rows() - rowStarts[block]; i < height; i++) {
                for (int j = 0; j < width; j++) {
                    long element = ((long) block * height + i) * width + j;
                    dw.memory().setAtIndex(ValueLayout.JAVA_FLOAT, element, 0);
                }
            }
        }
    }

    private void check(String name, PanelMatrix panels, FeatureMap map) {
        if (panels.rows() > batch || panels.cols() != map.features() || panels.lanes() != lanes) {
            Check.range(name + ".rows", panels.rows(), 0, batch);
            Check.equal(name + ".cols", panels.cols(), map.features(), "features of " + map);
            Check.equal(name + ".lanes", panels.lanes(), lanes, LANES);
        }
    }

    private void checkOpen() {
        if (isClosed) {
            throw new IllegalStateException("plan: closed; accepted are plans that were not");
        }
    }

    /** Frees the plan's scratch, after the product that runs on it, if any. Closing twice does nothing; a closed plan refuses to run. */
    @Override
    public synchronized void close() {
        isClosed = true;
        arena.closePart(scratchArena);
    }

    @Override
    public String toString() {
        return "backward to the weights of a " + shape + ", batch " + batch + ", " + pattern
                + (accumulate ? ", accumulating" : "") + ", "
                + Providers.active().name() + " kernels of "
                + Providers.active().vectorBits() + " bits, " + workers.threads()
                + (workers.threads() == 1 ? " worker" : " workers");
    }
}
