package dev.rewire.kernels;

import dev.rewire.kernels.internal.SpmmIndex;
import dev.rewire.kernels.internal.SpmmKernel;
import dev.rewire.kernels.internal.SpmmOperands;
import dev.rewire.kernels.internal.SpmmShape;
import dev.rewire.kernels.internal.SpmmShape.End;
import dev.rewire.kernels.internal.SpmmShape.Start;
import dev.rewire.kernels.internal.SpmvKernel;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A sparse-times-dense product, prepared: forward {@code Y = X·Wᵀ} or backward to the input {@code dX = dY·W}, with {@code W} an outputs ×
 * inputs block-sparse matrix and the samples of the batch along the rows of the dense operands.
 *
 * <p>Sums run in the order of the summed dimension, each in one thread; those of a batch of one in an order that depends on block and vector
 * width. The same operands give the same bits for any number of workers.
 * Places without a block are not multiplied at all, so they hide a NaN or an infinity of the dense operand.
 *
 * <p>Each run multiplies by the values that {@code W} holds then. A plan runs one product at a time; a second thread waits.
 */
public final class SpmmPlan {
    /**
     * Panels for each worker from which on a row-major input is packed panel by panel, by the worker who multiplies it then: it stays in his
     * cache, where packing all of it first would send it through memory. With fewer panels that do not divide evenly, one would wait.
     */
    private static final int PANELS_PER_WORKER = 4;

    private final BlockSparseMatrix w;
    private final boolean transposed;
    private final int batch;
    private final int lanes;
    private final int panels;
    private final SpmmSchedule schedule;
    private final Layout layout;
    private final Epilogue epilogue;
    private final Workers workers;
    private final KernelArena arena;

    private final SpmmKernel kernel;
    private final @Nullable SpmmKernel lastGroupKernel;
    private final @Nullable SingleSample singleSample;
    private final SpmmOperands[] operands;
    private final MemorySegment bias;
    private final @Nullable TransposedValues transposedValues;
    private final @Nullable PanelMatrix packedInput;
    private final PanelMatrix[] packedPanels;
    private final MemorySegment[] tiles;
    private final Workers.Task packTask = this::pack;
    private final Workers.Task panelTask = this::packAndMultiply;
    private final Workers.Task orderTask = this::order;
    private final Workers.Task multiplyTask = this::multiply;
    private final Workers.Task sampleTask = this::multiplySample;

    private BlockPattern pattern;

    // Set for the time of a run.
    private @Nullable PanelMatrix input;
    private @Nullable PanelMatrix output;
    private @Nullable DenseMatrix denseInput;
    private @Nullable DenseMatrix denseOutput;

    private SpmmPlan(
            KernelArena arena,
            BlockSparseMatrix w,
            boolean transposed,
            int batch,
            Layout layout,
            Epilogue epilogue,
            Workers workers) {
        Check.range("batch", batch, 0, Integer.MAX_VALUE - 64);
        this.arena = arena;
        this.w = w;
        this.transposed = transposed;
        this.batch = batch;
        this.layout = layout;
        this.epilogue = epilogue;
        this.workers = workers;
        this.pattern = w.pattern();
        this.lanes = PanelMatrix.lanesFor(batch);
        this.panels = (batch + lanes - 1) / lanes;
        schedule = new SpmmSchedule(pattern, transposed, lanes, panels, workers.threads());
        checkEpilogue();

        transposedValues = transposed && TransposedValues.pay(pattern) ? new TransposedValues(arena, w) : null;
        SpmmShape shape = shape();
        kernel = Providers.active().spmm(shape);
        int remainder = outputs() % shape.outputs();
        lastGroupKernel = remainder == 0 ? null : Providers.active().spmm(shape.withOutputs(remainder));

        SpmvKernel spmv = batch == 1 ? Providers.active().spmv(shape) : null;
        singleSample = spmv == null ? null : new SingleSample(arena, spmv, epilogue, inputs(), workers.threads());

        boolean rowMajor = layout == Layout.ROW_MAJOR && singleSample == null;
        bias = arena.allocate(epilogue.bias() == null ? 0 : (long) outputs() * Float.BYTES);
        boolean byPanel =
                rowMajor && (panels % workers.threads() == 0 || panels >= PANELS_PER_WORKER * workers.threads());
        packedInput = rowMajor && !byPanel ? PanelMatrix.allocate(arena, batch, inputs()) : null;
        packedPanels = new PanelMatrix[byPanel ? workers.threads() : 0];
        operands = new SpmmOperands[workers.threads()];
        tiles = new MemorySegment[rowMajor ? workers.threads() : 0];
        for (int worker = 0; worker < operands.length; worker++) {
            operands[worker] = new SpmmOperands();
            if (byPanel) {
                packedPanels[worker] = PanelMatrix.allocate(arena, Math.min(batch, lanes), inputs());
            }
            if (rowMajor) {
                tiles[worker] = arena.allocate(
                        (long) (SpmmSchedule.TASK_OUTPUTS + BlockPattern.MAX_BLOCK) * lanes * Float.BYTES);
            }
        }
    }

    /**
     * Prepares {@code Y = X·Wᵀ}.
     *
     * @param arena where the plan's scratch comes from
     * @param w the weights, outputs × inputs
     * @param batch samples, at least 0
     * @param layout of X (batch × inputs) and Y (batch × outputs)
     * @param epilogue what else happens to Y
     * @param workers who computes
     * @return the plan
     * @throws IllegalArgumentException if an argument does not fit
     */
    public static SpmmPlan forward(
            KernelArena arena, BlockSparseMatrix w, int batch, Layout layout, Epilogue epilogue, Workers workers) {
        return new SpmmPlan(arena, w, false, batch, layout, epilogue, workers);
    }

    /**
     * Prepares {@code dX = dY·W}.
     *
     * @param arena where the plan's scratch comes from
     * @param w the weights, outputs × inputs
     * @param batch samples, at least 0
     * @param layout of dY (batch × outputs) and dX (batch × inputs)
     * @param epilogue what else happens to dX
     * @param workers who computes
     * @return the plan
     * @throws IllegalArgumentException if an argument does not fit
     */
    public static SpmmPlan backwardInput(
            KernelArena arena, BlockSparseMatrix w, int batch, Layout layout, Epilogue epilogue, Workers workers) {
        return new SpmmPlan(arena, w, true, batch, layout, epilogue, workers);
    }

    /** Prepares for the pattern that the weights have now; needed after they were rewired. Uses the plan's memory again. */
    public synchronized void replan() {
        pattern = w.pattern();
        schedule.replan(pattern);
    }

    /**
     * Multiplies operands in panels.
     *
     * @param x X or dY
     * @param y Y or dX
     * @throws IllegalArgumentException if a shape does not fit, the two overlap, or the plan is for another layout
     * @throws IllegalStateException if an arena or the workers are closed, or the weights were rewired since the plan was made
     */
    public synchronized void run(PanelMatrix x, PanelMatrix y) {
        checkLayout(Layout.PANELS);
        checkShape("x", x.rows(), x.cols(), inputs());
        checkShape("y", y.rows(), y.cols(), outputs());
        x.arena().acquire("x");
        try {
            y.arena().acquire("y");
            try {
                // Not before both are known to be alive: freed memory may have been given to the other.
                checkApart(x, y);
                input = x;
                output = y;
                runTasks();
            } finally {
                input = null;
                output = null;
                y.arena().release();
            }
        } finally {
            x.arena().release();
        }
    }

    /**
     * Multiplies row-major operands. They may be columns of one wider matrix, or the same: then a sample's output replaces its input.
     *
     * @param x X or dY
     * @param y Y or dX
     * @throws IllegalArgumentException if a shape does not fit, a segment is out of reach or read-only, they overlap otherwise, or the plan is for
     *     another layout
     * @throws IllegalStateException if an arena or the workers are closed, or the weights were rewired since the plan was made
     */
    public synchronized void run(DenseMatrix x, DenseMatrix y) {
        checkLayout(Layout.ROW_MAJOR);
        checkShape("x", x.rows(), x.cols(), inputs());
        checkShape("y", y.rows(), y.cols(), outputs());
        Check.alive("x", x.segment());
        workers.checkReach("x", x.segment());
        Check.alive("y", y.segment());
        workers.checkReach("y", y.segment());
        PanelCopying.checkWritable("y", y);
        checkApart(x, y);
        input = packedInput;
        denseInput = x;
        denseOutput = y;
        try {
            runTasks();
        } finally {
            input = null;
            denseInput = null;
            denseOutput = null;
        }
    }

    @SuppressWarnings("ReferenceEquality") // a rewiring is what makes the plan stale, not a difference in content
    private void runTasks() {
        if (w.pattern() != pattern) {
            throw new IllegalStateException("w: rewired since this plan was made; call replan()");
        }
        PanelMatrix mask = epilogue.reluMask();
        KernelArena maskArena = mask == null ? arena : mask.arena();
        arena.acquire("plan");
        try {
            w.arena().acquire("w");
            try {
                maskArena.acquire("reluMask");
                try {
                    readBias();
                    if (transposedValues != null) {
                        workers.run(transposedValues.tasks(), orderTask);
                    }
                    if (singleSample != null) {
                        gatherSample(singleSample);
                        workers.run(schedule.tasks(), sampleTask);
                        return;
                    }
                    if (packedPanels.length > 0) {
                        workers.run(panels, panelTask);
                        return;
                    }
                    if (packedInput != null) {
                        workers.run(PanelCopying.tasks(packedInput), packTask);
                    }
                    workers.run(schedule.tasks(), multiplyTask);
                } finally {
                    maskArena.release();
                }
            } finally {
                w.arena().release();
            }
        } finally {
            arena.release();
        }
    }

    private void readBias() {
        DenseMatrix vector = epilogue.bias();
        if (vector != null) {
            Check.alive("bias", vector.segment());
            MemorySegment.copy(vector.segment(), 0, bias, 0, (long) outputs() * Float.BYTES);
        }
    }

    private void pack(int task, int worker) {
        if (denseInput != null && input != null) {
            PanelCopying.pack(denseInput, input, task);
        }
    }

    private void order(int task, int worker) {
        if (transposedValues != null) {
            transposedValues.copy(task);
        }
    }

    private void gatherSample(SingleSample sample) {
        if (denseInput != null) {
            sample.gather(denseInput.segment(), 1);
        } else if (input != null) {
            sample.gather(input.segment(), lanes);
        }
    }

    private void multiplySample(int task, int worker) {
        SingleSample sample = singleSample;
        MemorySegment y = denseOutput != null ? denseOutput.segment() : output != null ? output.segment() : null;
        if (sample == null || y == null) {
            throw new AssertionError("no run");
        }
        int first = schedule.firstGroup(task);
        int end = schedule.endGroup(task);
        int firstOutput = first * schedule.outputsOfGroup();
        PanelMatrix mask = epilogue.reluMask();
        sample.multiply(
                schedule.index(),
                first,
                end,
                firstOutput,
                Math.min(end * schedule.outputsOfGroup(), outputs()) - firstOutput,
                worker,
                transposedValues == null ? w.memory() : transposedValues.memory(),
                bias,
                mask == null ? null : mask.segment(),
                y,
                denseOutput != null ? 1 : lanes);
    }

    private void packAndMultiply(int panel, int worker) {
        if (denseInput == null) {
            throw new AssertionError("no run");
        }
        PanelMatrix packed = packedPanels[worker];
        PanelCopying.packPanel(denseInput, panel, packed);
        for (int task = 0; task < schedule.tasksOfPanel(); task++) {
            multiply(panel, task, worker, packed.segment(), 0);
        }
    }

    private void multiply(int task, int worker) {
        PanelMatrix x = input;
        if (x == null) {
            throw new AssertionError("no run");
        }
        int panel = schedule.panel(task);
        multiply(panel, schedule.taskOfPanel(task), worker, x.segment(), panel * x.panelStride() * Float.BYTES);
    }

    private void multiply(int panel, int task, int worker, MemorySegment x, long xOffset) {
        int first = schedule.firstGroup(task);
        int end = schedule.endGroup(task);
        int firstOutput = first * schedule.outputsOfGroup();
        int count = Math.min(end * schedule.outputsOfGroup(), outputs()) - firstOutput;
        int samples = Math.min(lanes, batch - panel * lanes);

        SpmmOperands at = operands[worker];
        at.values = transposedValues == null ? w.memory() : transposedValues.memory();
        at.bias = bias;
        at.input = x;
        at.inputOffset = xOffset;
        PanelMatrix mask = epilogue.reluMask();
        if (mask != null) {
            at.mask = mask.segment();
            at.maskOffset = panel * mask.panelStride() * Float.BYTES;
        }
        PanelMatrix y = output;
        DenseMatrix denseY = denseOutput;
        if (y != null) {
            at.output = y.segment();
            at.outputOffset = panel * y.panelStride() * Float.BYTES;
            multiplyGroups(first, end, at);
            clearPaddingLanes(at, samples, firstOutput, count);
        } else if (denseY != null) {
            MemorySegment tile = tiles[worker];
            at.output = tile;
            at.outputOffset = -(long) firstOutput * lanes * Float.BYTES;
            MemorySegment dense = denseY.segment();
            long denseOffset = ((long) panel * lanes * denseY.rowStride() + firstOutput) * Float.BYTES;
            long rowBytes = denseY.rowStride() * Float.BYTES;
            if (epilogue.accumulate()) {
                Providers.active().panelCopy().pack(dense, denseOffset, rowBytes, samples, count, tile, 0, lanes);
            }
            multiplyGroups(first, end, at);
            Providers.active().panelCopy().unpack(tile, 0, lanes, samples, count, dense, denseOffset, rowBytes);
        }
    }

    private void multiplyGroups(int first, int end, SpmmOperands at) {
        SpmmIndex index = schedule.index();
        boolean last = lastGroupKernel != null && end == index.offsets().length - 1;
        kernel.run(index, first, last ? end - 1 : end, at);
        if (last && lastGroupKernel != null) {
            lastGroupKernel.run(index, end - 1, end, at);
        }
    }

    /** A bias reaches the lanes behind the last sample too, and what SDDMM sums over must be zero there. */
    private void clearPaddingLanes(SpmmOperands at, int samples, int firstOutput, int count) {
        if (samples == lanes) {
            return;
        }
        for (int i = firstOutput; i < firstOutput + count; i++) {
            long offset = at.outputOffset + ((long) i * lanes + samples) * Float.BYTES;
            at.output.asSlice(offset, (long) (lanes - samples) * Float.BYTES).fill((byte) 0);
        }
    }

    private SpmmShape shape() {
        Start start = epilogue.bias() == null
                ? (epilogue.accumulate() ? Start.OUTPUT : Start.ZERO)
                : (epilogue.accumulate() ? Start.OUTPUT_AND_BIAS : Start.BIAS);
        End end = epilogue.relu() ? End.RELU : epilogue.reluMask() != null ? End.MASK : End.STORE;
        int rows = pattern.blockRows();
        int cols = pattern.blockCols();
        return transposed
                ? new SpmmShape(cols, rows, 1, cols, rows * cols, lanes, transposedValues != null, start, end)
                : new SpmmShape(rows, cols, cols, 1, rows * cols, lanes, true, start, end);
    }

    private int inputs() {
        return transposed ? pattern.rows() : pattern.cols();
    }

    private int outputs() {
        return transposed ? pattern.cols() : pattern.rows();
    }

    private void checkEpilogue() {
        DenseMatrix vector = epilogue.bias();
        if (vector != null) {
            Check.equal("bias.rows", vector.rows(), 1, "a vector");
            Check.equal("bias.cols", vector.cols(), outputs(), "outputs");
        }
        PanelMatrix mask = epilogue.reluMask();
        if (mask != null) {
            if (layout != Layout.PANELS) {
                throw new IllegalArgumentException("reluMask: given for layout " + layout + "; accepted is PANELS");
            }
            checkShape("reluMask", mask.rows(), mask.cols(), outputs());
        }
    }

    private void checkLayout(Layout operandLayout) {
        if (layout != operandLayout) {
            throw new IllegalArgumentException("x: operands are " + operandLayout + "; this plan accepts " + layout);
        }
    }

    private void checkShape(String argument, int rows, int cols, int expectedCols) {
        if (rows == batch && cols == expectedCols) {
            return; // before the messages are put together: a run leaves no garbage
        }
        Check.equal(argument + ".rows", rows, batch, "batch of the plan");
        Check.equal(
                argument + ".cols",
                cols,
                expectedCols,
                "from the shape of W, " + pattern.rows() + "×" + pattern.cols());
    }

    private static void checkApart(PanelMatrix x, PanelMatrix y) {
        long xFrom = x.segment().address();
        long yFrom = y.segment().address();
        if (xFrom < yFrom + y.segment().byteSize()
                && yFrom < xFrom + x.segment().byteSize()) {
            throw new IllegalArgumentException("y: shares memory with x; accepted are separate matrices");
        }
    }

    /** A worker writes outputs of a panel when its samples are packed, those of others perhaps not yet. */
    private static void checkApart(DenseMatrix x, DenseMatrix y) {
        long distance = y.segment().address() - x.segment().address();
        boolean apart =
                distance >= x.segment().byteSize() || -distance >= y.segment().byteSize();
        if (!apart && x.rowStride() == y.rowStride()) {
            long sample = Math.floorDiv(distance / Float.BYTES, x.rowStride());
            long column = Math.floorMod(distance / Float.BYTES, x.rowStride());
            apart = column + y.cols() <= x.rowStride() && (sample == 0 || column >= x.cols());
        }
        if (!apart) {
            throw new IllegalArgumentException(
                    "y: overlaps samples of x; accepted are separate matrices, columns of one"
                            + " wider matrix, or the same rows");
        }
    }

    @Override
    public String toString() {
        return (transposed ? "backward to the input" : "forward") + ", batch " + batch + ", " + pattern + ", " + layout
                + ", "
                + Providers.active().name() + " kernels of "
                + Providers.active().vectorBits() + " bits, " + workers.threads()
                + (workers.threads() == 1 ? " worker" : " workers");
    }
}
