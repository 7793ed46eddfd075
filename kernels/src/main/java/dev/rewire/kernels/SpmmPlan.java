package dev.rewire.kernels;

import dev.rewire.kernels.internal.SpmmOperands;
import dev.rewire.kernels.internal.SpmmShape.End;
import dev.rewire.kernels.internal.SpmmShape.Start;
import dev.rewire.kernels.internal.SpmvKernel;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A sparse-times-dense product, prepared: forward {@code Y = X·Wᵀ} or backward to the input {@code dX = dY·W}, with {@code W} an outputs ×
 * inputs sparse matrix and the samples of the batch along the rows of the dense operands, or along their columns if these are {@link Layout#FEATURE_MAJOR}.
 *
 * <p>Sums run in the order of the summed dimension, each in one thread; those of a batch of up to 32 in an order that depends on block, batch and vector
 * width, and backward to the input of one or two samples in parts, as many for any number of workers. The same operands give the same bits for any number of workers.
 * Places without a block are not multiplied at all, so they hide a NaN or an infinity of the dense operand, unless the plan multiplies by a dense matrix
 * ({@link PlanChoice}).
 *
 * <p>A plan runs any batch up to its own, with the lanes of its own: the bits of a sample do not depend on how many there are beside it. (They may be
 * others in a plan of another batch, of which one has at most 32 samples.) Its scratch is freed by {@link #close}, or with its arena.
 *
 * <p>Each run multiplies by the values that {@code W} holds then. A plan runs one product at a time; a second thread waits. A run that ends in an
 * exception or an Error (no stack, no memory) leaves its output undefined; no worker computes any more then, and the next run works as ever.
 */
public final class SpmmPlan implements AutoCloseable {
    private static final String LANES = "those of the plan's panels; PanelMatrix.allocate takes them";

    private final SparseMatrix w;
    private final PlanChoice choice;
    private final @Nullable StoredValues room;
    private final int rows;
    private final int cols;
    private final boolean transposed;
    private final int batch;
    private final int lanes;
    private final int panels;
    private final SpmmSetup setup;
    private final Layout layout;
    private final Epilogue epilogue;
    private final Workers workers;
    private final KernelArena arena;
    private final KernelArena scratchArena;

    private final SpmmOperands[] operands;
    private final MemorySegment bias;
    private final Workers.Task packTask = this::pack;
    private final Workers.Task panelTask = this::packAndMultiply;
    private final Workers.Task copyTask = this::copy;
    private final Workers.Task multiplyTask = this::multiply;
    private final Workers.Task prepareTask = this::prepareSample;
    private final Workers.Task sampleTask = this::multiplySample;

    private SpmmWeights weights;
    private @Nullable SingleSample singleSample;
    private @Nullable DensePanels densePanels;
    private String measured = "";
    private boolean hasRun;
    private boolean isClosed;

    // Set for the time of a run.
    private @Nullable PanelMatrix input;
    private @Nullable PanelMatrix output;
    private @Nullable DenseMatrix denseInput;
    private @Nullable DenseMatrix denseOutput;
    private int samples;
    private int panelsOfRun;
    private int sampleOfRun;

    private SpmmPlan(
            KernelArena arena,
            KernelArena scratchArena,
            SparseMatrix w,
            boolean transposed,
            int batch,
            Layout layout,
            Epilogue epilogue,
            Workers workers,
            PlanChoice choice,
            @Nullable StoredValues room) {
        Check.range("batch", batch, 0, Integer.MAX_VALUE - 64);
        this.arena = arena;
        this.scratchArena = scratchArena;
        this.w = w;
        this.choice = choice;
        this.room = room;
        rows = w.rows();
        cols = w.cols();
        this.transposed = transposed;
        this.batch = batch;
        this.layout = Objects.requireNonNull(layout, "layout: null; accepted are those of Layout");
        this.epilogue = epilogue;
        this.workers = workers;
        this.lanes = PanelMatrix.lanesFor(batch);
        this.panels = (batch + lanes - 1) / lanes;
        checkEpilogue();
        setup = new SpmmSetup(
                scratchArena,
                batch,
                lanes,
                panels,
                workers.threads(),
                layout == Layout.FEATURE_MAJOR,
                start(),
                end(),
                room == null ? null : room.memory());
        weights = weigh();
        singleSample = singleSample(weights);
        if (layout != Layout.PANELS && singleSample == null) {
            densePanels = densePanels();
        }
        bias = scratchArena.allocate(epilogue.bias() == null ? 0 : (long) outputs() * Float.BYTES);
        operands = new SpmmOperands[workers.threads()];
        for (int worker = 0; worker < operands.length; worker++) {
            operands[worker] = Providers.active().operands();
            operands[worker].worker = worker;
        }
    }

    private SpmmWeights weigh() {
        return SpmmWeights.of(w, transposed, choice.isDense(storedOverDense()), setup);
    }

    private double storedOverDense() {
        return CostModel.spmm(w.pattern(), transposed, batch);
    }

    private @Nullable SingleSample singleSample(SpmmWeights of) {
        SpmvKernel spmv = of.spmv();
        return spmv == null ? null : new SingleSample(scratchArena, spmv, epilogue, inputs(), workers.threads());
    }

    private DensePanels densePanels() {
        return new DensePanels(scratchArena, layout, batch, lanes, inputs(), workers.threads());
    }

    /**
     * Prepares {@code Y = X·Wᵀ}. Rows of N:M weights that keep the same places ({@link NmPattern#sharedRows}) are computed together, which is
     * faster.
     *
     * @param arena where the plan's scratch comes from
     * @param w the weights, outputs × inputs
     * @param batch samples, at least 0
     * @param layout of X (batch × inputs; feature-major: inputs × batch) and Y (batch × outputs; feature-major: outputs × batch)
     * @param epilogue what else happens to Y
     * @param workers who computes
     * @return the plan
     * @throws IllegalArgumentException if an argument does not fit
     */
    public static SpmmPlan forward(
            KernelArena arena, SparseMatrix w, int batch, Layout layout, Epilogue epilogue, Workers workers) {
        return forward(arena, w, batch, layout, epilogue, workers, PlanChoice.AUTOMATIC);
    }

    /**
     * Prepares {@code Y = X·Wᵀ}, by the stored values or by a dense matrix.
     *
     * @param arena where the plan's scratch comes from
     * @param w the weights, outputs × inputs
     * @param batch samples, at least 0
     * @param layout of X (batch × inputs; feature-major: inputs × batch) and Y (batch × outputs; feature-major: outputs × batch)
     * @param epilogue what else happens to Y
     * @param workers who computes
     * @param choice who says which
     * @return the plan
     * @throws IllegalArgumentException if an argument does not fit
     */
    public static SpmmPlan forward(
            KernelArena arena,
            SparseMatrix w,
            int batch,
            Layout layout,
            Epilogue epilogue,
            Workers workers,
            PlanChoice choice) {
        return of(arena, w, false, batch, layout, epilogue, workers, choice, null);
    }

    /**
     * Prepares {@code dX = dY·W}. If an N:M pattern is {@linkplain NmPattern#isTransposable transposable} the transposed matrix is N:M too and
     * multiplied as such. Of any other 2:4 pattern, rows that keep the same two of four columns are multiplied together if a batch has more than 32 samples; else elements are
     * walked one by one, as CSR. Or all are with the zeros between them, whatever is faster. {@link #toString} says which.
     *
     * @param arena where the plan's scratch comes from
     * @param w the weights, outputs × inputs
     * @param batch samples, at least 0
     * @param layout of dY (batch × outputs; feature-major: outputs × batch) and dX (batch × inputs; feature-major: inputs × batch)
     * @param epilogue what else happens to dX
     * @param workers who computes
     * @return the plan
     * @throws IllegalArgumentException if an argument does not fit
     */
    public static SpmmPlan backwardInput(
            KernelArena arena, SparseMatrix w, int batch, Layout layout, Epilogue epilogue, Workers workers) {
        return backwardInput(arena, w, batch, layout, epilogue, workers, PlanChoice.AUTOMATIC);
    }

    /**
     * Prepares {@code dX = dY·W}, by the stored values or by a dense matrix.
     *
     * @param arena where the plan's scratch comes from
     * @param w the weights, outputs × inputs
     * @param batch samples, at least 0
     * @param layout of dY (batch × outputs; feature-major: outputs × batch) and dX (batch × inputs; feature-major: inputs × batch)
     * @param epilogue what else happens to dX
     * @param workers who computes
     * @param choice who says which
     * @return the plan
     * @throws IllegalArgumentException if an argument does not fit
     */
    public static SpmmPlan backwardInput(
            KernelArena arena,
            SparseMatrix w,
            int batch,
            Layout layout,
            Epilogue epilogue,
            Workers workers,
            PlanChoice choice) {
        Check.floats("w", w.type());
        return of(arena, w, true, batch, layout, epilogue, workers, choice, null);
    }

    /**
     * Prepares {@code dX = dY·W} in the memory of a matrix whose values nobody needs meanwhile. Training has one: the gradient of the weights, which is computed afterwards. Single weights
     * are brought into another order by each run; in a plan without such memory this takes as much again as the weights.
     *
     * @param arena where the plan's other scratch comes from
     * @param w the weights, outputs × inputs
     * @param batch samples, at least 0
     * @param layout of dY (batch × outputs; feature-major: outputs × batch) and dX (batch × inputs; feature-major: inputs × batch)
     * @param epilogue what else happens to dX
     * @param workers who computes
     * @param choice who says which
     * @param room a matrix that has as much memory as the weights, in 32-bit floats; a run leaves its values undefined
     * @return the plan
     * @throws IllegalArgumentException if an argument does not fit
     */
    public static SpmmPlan backwardInput(
            KernelArena arena,
            SparseMatrix w,
            int batch,
            Layout layout,
            Epilogue epilogue,
            Workers workers,
            PlanChoice choice,
            SparseMatrix room) {
        Check.floats("w", w.type());
        StoredValues stored = StoredValues.of(w);
        return of(arena, w, true, batch, layout, epilogue, workers, choice, stored.room(room));
    }

    private static SpmmPlan of(
            KernelArena arena,
            SparseMatrix w,
            boolean transposed,
            int batch,
            Layout layout,
            Epilogue epilogue,
            Workers workers,
            PlanChoice choice,
            @Nullable StoredValues room) {
        Objects.requireNonNull(choice, "choice: null; accepted are those of PlanChoice");
        if (choice == PlanChoice.MEASURED) {
            return Fastest.of(
                    one -> of(arena, w, transposed, batch, layout, epilogue, workers, one, room),
                    SpmmPlan::warmUp,
                    (plan, times) -> plan.measured = times,
                    SpmmPlan::close);
        }
        StackRoom.reserveForFirstRun();
        KernelArena scratchArena = arena.openPart();
        try {
            return new SpmmPlan(arena, scratchArena, w, transposed, batch, layout, epilogue, workers, choice, room);
        } catch (Throwable e) {
            arena.closePart(scratchArena);
            throw e;
        }
    }

    /**
     * Prepares for the pattern that the weights have now; needed after they were rewired. Uses the plan's memory again, unless an N:M pattern is no
     * longer transposable or shared by as many rows: then the plan takes new memory from its arena. A plan that has come to walk single elements
     * goes on with them; only a new one sees that a pattern is transposable again.
     */
    public synchronized void replan() {
        checkOpen();
        if (weights.replan()) {
            return;
        }
        SpmmWeights next = weigh();
        // Kernels of a batch of one come with the weights: those of other weights would walk another index.
        SingleSample sample = singleSample(next);
        if (layout != Layout.PANELS && sample == null && densePanels == null) {
            densePanels = densePanels();
        }
        weights = next;
        singleSample = sample;
    }

    /**
     * Multiplies operands in panels.
     *
     * @param x X or dY, of at most the plan's batch
     * @param y Y or dX, of as many samples
     * @throws IllegalArgumentException if a shape or the lanes do not fit, y shares memory with x, the mask or the bias, or the plan is for another layout
     * @throws IllegalStateException if the plan, an arena or the workers are closed, or the weights were rewired since the plan was made
     */
    public synchronized void run(PanelMatrix x, PanelMatrix y) {
        checkPanels();
        checkSamples(x.rows(), x.cols(), y.rows(), y.cols());
        if (x.lanes() != lanes || y.lanes() != lanes) {
            Check.equal("x.lanes", x.lanes(), lanes, LANES);
            Check.equal("y.lanes", y.lanes(), lanes, LANES);
        }
        reserveStack();
        x.arena().acquire("x");
        try {
            y.arena().acquire("y");
            try {
                // Not before both are known to be alive: freed memory may have been given to the other.
                Check.apart("y", y, "x", x);
                input = x;
                output = y;
                setSamples(x.rows());
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
     * Multiplies row-major or feature-major operands, as the plan's layout says. They may be columns of one wider matrix, or the same: then a sample's output
     * replaces its input.
     *
     * @param x X or dY, of at most the plan's batch: samples × features, or features × samples of a {@link Layout#FEATURE_MAJOR} plan
     * @param y Y or dX, of as many samples
     * @throws IllegalArgumentException if a shape does not fit, a segment is out of reach or read-only, they overlap otherwise, y shares
     *     memory with w or the bias, or the plan is for another layout
     * @throws IllegalStateException if the plan, an arena or the workers are closed, or the weights were rewired since the plan was made
     */
    public synchronized void run(DenseMatrix x, DenseMatrix y) {
        checkDense();
        checkSamples(layout.samples(x), layout.features(x), layout.samples(y), layout.features(y));
        Check.alive("x", x.segment());
        workers.checkReach("x", x.segment());
        Check.alive("y", y.segment());
        workers.checkReach("y", y.segment());
        PanelCopying.checkWritable("y", y);
        checkApart(x, y);
        reserveStack();
        denseInput = x;
        denseOutput = y;
        setSamples(layout.samples(x));
        DensePanels panelsOfDense = singleSample == null ? densePanels : null;
        try {
            if (panelsOfDense == null) {
                runTasks();
            } else {
                panelsOfDense.begin(x, y, weights);
                run(panelsOfDense);
            }
        } finally {
            denseInput = null;
            denseOutput = null;
            if (panelsOfDense != null) {
                panelsOfDense.end();
            }
        }
    }

    private void run(DensePanels of) {
        KernelArena inputArena = of.inputArena() == null ? arena : of.inputArena();
        KernelArena outputArena = of.outputArena() == null ? arena : of.outputArena();
        inputArena.acquire(inputArena == arena ? "plan" : "x");
        try {
            outputArena.acquire(outputArena == arena ? "plan" : "y");
            try {
                runTasks();
            } finally {
                outputArena.release();
            }
        } finally {
            inputArena.release();
        }
    }

    /**
     * Runs the product, on operands of its own, until its best time stops falling and the JIT has caught up with whatever code it had to compile: the first
     * runs of a shape in a process wait for kernels to be generated and compiled, which takes 0.3 to 1 s on an idle machine. Kernels are shared by all plans of the process: another one of the same shapes is warm, and
     * warming it up costs the half second that it takes to see that nothing gets faster. It ends after 5 s in any case, or after the run that
     * lasts longer.
     *
     * <p>The values of {@code W}, bias and mask are read and nothing of the caller is written. For the time of the call it takes memory for operands of the plan's batch; the plan runs
     * nothing else meanwhile.
     *
     * @return what it took
     * @throws IllegalStateException if the plan, an arena or the workers are closed, or the weights were rewired since the plan was made
     */
    public synchronized WarmUp warmUp() {
        checkOpen();
        StackRoom.reserveForFirstRun();
        KernelArena own = arena.openPart();
        try {
            if (layout != Layout.PANELS) {
                DenseMatrix x = layout.allocate(own, batch, inputs());
                DenseMatrix y = layout.allocate(own, batch, outputs());
                return WarmUp.of(() -> run(x, y));
            }
            PanelMatrix x = PanelMatrix.allocate(own, batch, inputs(), lanes);
            PanelMatrix y = PanelMatrix.allocate(own, batch, outputs(), lanes);
            return WarmUp.of(() -> run(x, y));
        } finally {
            arena.closePart(own);
        }
    }

    private void setSamples(int rowsOfRun) {
        samples = rowsOfRun;
        panelsOfRun = (rowsOfRun + lanes - 1) / lanes;
    }

    private void reserveStack() {
        if (hasRun) {
            StackRoom.reserve();
        } else {
            StackRoom.reserveForFirstRun();
        }
    }

    private void runTasks() {
        checkOpen();
        if (!weights.isCurrent()) {
            throw new IllegalStateException("w: rewired since this plan was made; call replan()");
        }
        PanelMatrix mask = epilogue.reluMask();
        KernelArena maskArena = mask == null ? arena : mask.arena();
        KernelArena roomArena = room == null ? arena : room.arena();
        arena.acquire("plan");
        try {
            weights.arena().acquire("w");
            try {
                roomArena.acquire("room");
                try {
                    runTasks(mask, maskArena);
                } finally {
                    roomArena.release();
                }
            } finally {
                weights.arena().release();
            }
        } finally {
            arena.release();
        }
    }

    private void runTasks(@Nullable PanelMatrix mask, KernelArena maskArena) {
        maskArena.acquire("reluMask");
        try {
            if (mask != null && output != null) {
                Check.apart("reluMask", mask, "y", output);
            }
            if (denseOutput != null) {
                MemorySegment stored = weights.stored();
                Check.apart("y", denseOutput, "w", stored, stored.byteSize());
            }
            checkRoom(mask);
            readBias();
            weights.clearPadding();
            PreparedValues prepared = weights.prepared();
            if (prepared != null) {
                workers.run(prepared.tasks(), copyTask);
            }
            if (singleSample != null) {
                for (sampleOfRun = 0; sampleOfRun < samples; sampleOfRun++) {
                    gatherSample(singleSample);
                    workers.run(singleSample.preparations(), prepareTask);
                    workers.run(weights.schedule().tasks(1), sampleTask);
                }
            } else if (densePanels != null && densePanels.packsByPanel()) {
                workers.run(panelsOfRun, panelTask);
            } else {
                if (densePanels != null) {
                    workers.run(densePanels.packTasks(), packTask);
                }
                workers.run(weights.schedule().tasks(panelsOfRun), multiplyTask);
            }
            hasRun = true;
        } finally {
            maskArena.release();
        }
    }

    /** What is in use for the product is no room. */
    private void checkRoom(@Nullable PanelMatrix mask) {
        if (room == null) {
            return;
        }
        MemorySegment memory = room.memory();
        if (denseInput != null && denseOutput != null) {
            Check.apart("room", denseInput, "x", memory, memory.byteSize());
            Check.apart("room", denseOutput, "y", memory, memory.byteSize());
        } else if (input != null && output != null) {
            Check.apart("room", memory, "x", input.segment());
            Check.apart("room", memory, "y", output.segment());
        }
        if (mask != null) {
            Check.apart("room", memory, "reluMask", mask.segment());
        }
    }

    private void readBias() {
        DenseMatrix vector = epilogue.bias();
        if (vector != null) {
            Check.alive("bias", vector.segment());
            if (!vector.segment().isAccessibleBy(Thread.currentThread())) {
                throw new IllegalArgumentException("bias: a segment of a confined arena, out of reach of this thread;"
                        + " accepted are segments of a shared or automatic arena, or of the calling thread");
            }
            if (denseOutput != null) {
                Check.apart("y", denseOutput, "bias", vector.segment(), vector.extent());
            } else if (output != null) {
                Check.apart(
                        "bias", vector, "y", output.segment(), output.segment().byteSize());
            }
            MemorySegment.copy(vector.segment(), 0, bias, 0, (long) outputs() * Float.BYTES);
        }
    }

    private void pack(int task, int worker) {
        panelsOfDense().pack(task);
    }

    private DensePanels panelsOfDense() {
        if (densePanels == null) {
            throw new AssertionError("no run of dense operands");
        }
        return densePanels;
    }

    private void copy(int task, int worker) {
        PreparedValues prepared = weights.prepared();
        if (prepared != null) {
            prepared.copy(task, worker);
        }
    }

    private void gatherSample(SingleSample sample) {
        if (denseInput != null) {
            sample.gather(
                    denseInput.segment(),
                    sampleOfRun * layout.sampleStride(denseInput),
                    layout.featureStride(denseInput));
        } else if (input != null) {
            sample.gather(input.segment(), sampleOfRun, lanes);
        }
    }

    private void prepareSample(int task, int worker) {
        if (singleSample != null) {
            singleSample.prepare(task, weights.values());
        }
    }

    private void multiplySample(int task, int worker) {
        SingleSample sample = singleSample;
        MemorySegment y = denseOutput != null ? denseOutput.segment() : output != null ? output.segment() : null;
        if (sample == null || y == null) {
            throw new AssertionError("no run");
        }
        int first = weights.schedule().firstGroup(task);
        int end = weights.schedule().endGroup(task);
        int firstOutput = first * weights.outputsOfGroup();
        PanelMatrix mask = epilogue.reluMask();
        sample.multiply(
                weights.index(),
                first,
                end,
                firstOutput,
                Math.min(end * weights.outputsOfGroup(), outputs()) - firstOutput,
                worker,
                weights.values(),
                bias,
                mask == null ? null : mask.segment(),
                y,
                denseOutput != null ? sampleOfRun * layout.sampleStride(denseOutput) : sampleOfRun,
                denseOutput != null ? layout.featureStride(denseOutput) : lanes);
    }

    private void packAndMultiply(int panel, int worker) {
        panelsOfDense().packPanel(panel, worker);
        for (int task = 0; task < weights.schedule().tasksOfPanel(); task++) {
            multiply(panel, task, worker);
        }
    }

    private void multiply(int task, int worker) {
        multiply(
                weights.schedule().panel(task, panelsOfRun), weights.schedule().taskOfPanel(task, panelsOfRun), worker);
    }

    private void multiply(int panel, int task, int worker) {
        int first = weights.schedule().firstGroup(task);
        int end = weights.schedule().endGroup(task);
        int firstOutput = first * weights.outputsOfGroup();
        int count = Math.min(end * weights.outputsOfGroup(), outputs()) - firstOutput;
        int samplesOfPanel = Math.min(lanes, samples - panel * lanes);

        SpmmOperands at = operands[worker];
        at.count = samplesOfPanel;
        at.values = weights.values();
        at.bias = bias;
        PanelMatrix mask = epilogue.reluMask();
        if (mask != null) {
            at.mask = mask.segment();
            at.maskOffset = panel * mask.panelStride() * Float.BYTES;
        }
        PanelMatrix x = input;
        PanelMatrix y = output;
        if (x != null && y != null) {
            at.input = x.segment();
            at.inputOffset = panel * x.panelStride() * Float.BYTES;
            at.inputStride = (long) lanes * Float.BYTES;
            at.output = y.segment();
            at.outputOffset = panel * y.panelStride() * Float.BYTES;
            at.outputStride = (long) lanes * Float.BYTES;
            weights.multiply(first, end, at);
            activate(at, firstOutput, count);
            clearPaddingLanes(at, samplesOfPanel, firstOutput, count);
        } else {
            DensePanels dense = panelsOfDense();
            dense.input(at, panel, worker);
            dense.output(at, panel, firstOutput, count, worker, epilogue.accumulate());
            weights.multiply(first, end, at);
            activate(at, firstOutput, count);
            dense.finish(at, panel, firstOutput, count);
        }
    }

    /** What kernels leave to do, on the outputs of a task, which are in cache. */
    private void activate(SpmmOperands at, int firstOutput, int count) {
        if (epilogue.isMoreThanKernels()) {
            long stride = at.outputStride / Float.BYTES;
            long first = at.outputOffset / Float.BYTES + firstOutput * stride;
            boolean isOneRun = stride == lanes;
            long length = isOneRun ? (long) count * lanes : lanes;
            for (int i = 0; i < (isOneRun ? 1 : count); i++) {
                long from = first + i * stride;
                Providers.active()
                        .elementwise()
                        .activate(at.output, from, from + length, epilogue.scale(), epilogue.activation());
            }
        }
    }

    /** A bias reaches the lanes behind the last sample too, and what SDDMM sums over must be zero there. */
    private void clearPaddingLanes(SpmmOperands at, int samplesOfPanel, int firstOutput, int count) {
        if (samplesOfPanel == lanes) {
            return;
        }
        for (int i = firstOutput; i < firstOutput + count; i++) {
            long offset = at.outputOffset + ((long) i * lanes + samplesOfPanel) * Float.BYTES;
            at.output
                    .asSlice(offset, (long) (lanes - samplesOfPanel) * Float.BYTES)
                    .fill((byte) 0);
        }
    }

    private Start start() {
        return epilogue.bias() == null
                ? (epilogue.accumulate() ? Start.OUTPUT : Start.ZERO)
                : (epilogue.accumulate() ? Start.OUTPUT_AND_BIAS : Start.BIAS);
    }

    private End end() {
        if (epilogue.reluMask() != null) {
            return End.MASK;
        }
        return epilogue.activation() == Activation.RELU && !epilogue.isMoreThanKernels() ? End.RELU : End.STORE;
    }

    private int inputs() {
        return transposed ? rows : cols;
    }

    private int outputs() {
        return transposed ? cols : rows;
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
            Check.equal("reluMask.rows", mask.rows(), batch, "batch of the plan");
            Check.equal("reluMask.cols", mask.cols(), outputs(), "outputs");
            Check.equal("reluMask.lanes", mask.lanes(), lanes, LANES);
        }
    }

    private void checkOpen() {
        if (isClosed) {
            throw new IllegalStateException("plan: closed; accepted are plans that were not");
        }
    }

    private void checkSamples(int samplesOfX, int featuresOfX, int samplesOfY, int featuresOfY) {
        if (samplesOfX == samplesOfY && samplesOfX <= batch && featuresOfX == inputs() && featuresOfY == outputs()) {
            return; // before the messages are put together: a run leaves no garbage
        }
        String shape = "from the shape of W, " + rows + "×" + cols;
        Check.range("x." + layout.samplesName(), samplesOfX, 0, batch);
        Check.equal("y." + layout.samplesName(), samplesOfY, samplesOfX, "samples of x");
        Check.equal("x." + layout.featuresName(), featuresOfX, inputs(), shape);
        Check.equal("y." + layout.featuresName(), featuresOfY, outputs(), shape);
    }

    private void checkPanels() {
        if (layout != Layout.PANELS) {
            throw new IllegalArgumentException("x: operands are PANELS; this plan accepts " + layout);
        }
    }

    private void checkDense() {
        if (layout == Layout.PANELS) {
            throw new IllegalArgumentException("x: operands are ROW_MAJOR or FEATURE_MAJOR; this plan accepts PANELS");
        }
    }

    /** A worker writes outputs of a panel when its samples are packed, those of others perhaps not yet. Samples are rows here, or feature-major columns. */
    private static void checkApart(DenseMatrix x, DenseMatrix y) {
        long distance = y.segment().address() - x.segment().address();
        boolean apart = distance >= x.extent() || -distance >= y.extent();
        if (!apart && x.rowStride() == y.rowStride()) {
            long row = Math.floorDiv(distance / Float.BYTES, x.rowStride());
            long column = Math.floorMod(distance / Float.BYTES, x.rowStride());
            // A sample's output may replace its input: in the same place, not a few floats beside it.
            apart = column + y.cols() <= x.rowStride() && (column >= x.cols() || (row == 0 && column == 0));
        }
        if (!apart) {
            throw new IllegalArgumentException("y: shares memory with x; accepted are separate matrices, columns of one"
                    + " wider matrix, or the same rows");
        }
    }

    /**
     * Frees the plan's scratch, after the product that runs on it, if any. Without this call the plan's arena frees it. Closing twice does nothing; a
     * closed plan refuses to run.
     */
    @Override
    public synchronized void close() {
        isClosed = true;
        arena.closePart(scratchArena);
    }

    /**
     * Memory that the plan holds to find the weights: indices beside those of their pattern, and values in another order or with zeros between them; on the heap or off it.
     *
     * @return bytes
     */
    public synchronized long heldBytes() {
        return weights.heldBytes();
    }

    /**
     * What is multiplied, whoever chose it.
     *
     * @return {@link PlanChoice#STORED} or {@link PlanChoice#DENSE}
     */
    public synchronized PlanChoice chosen() {
        return weights instanceof ExpandedWeights ? PlanChoice.DENSE : PlanChoice.STORED;
    }

    @Override
    public String toString() {
        return (transposed ? "backward to the input" : "forward") + ", batch " + batch + ", " + weights + ", " + layout
                + (densePanels == null ? "" : densePanels.lastRun()) + ", "
                + Providers.active().name() + " kernels of "
                + Providers.active().vectorBits() + " bits, " + workers.threads()
                + (workers.threads() == 1 ? " worker" : " workers") + ", "
                + (measured.isEmpty() ? choice.because(storedOverDense()) : measured);
    }
}
