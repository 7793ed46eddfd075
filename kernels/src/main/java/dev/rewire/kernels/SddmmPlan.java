package dev.rewire.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The product backward to the weights, prepared: {@code dW = pattern ⊙ (dYᵀ·X)}, computed on the stored blocks only, a sampled
 * dense-dense product (SDDMM) summed over the batch.
 *
 * <p>A plan runs any batch up to its own, with the lanes of its own. Vectors decide the order of sums, so that a plan of just that batch may have other bits. Its
 * scratch is freed by {@link #close}, or with its arena.
 *
 * <p>Blocks of at least four rows that are whole vectors are sums of outer products, sample after sample, where operands are row-major or samples at most 128; of few samples, blocks of fewer columns that are
 * whole vectors are products of gradients and inputs that were copied to their lanes. Others, and more samples in panels, are products of rows of samples, whose lanes are added up at the end.
 *
 * <p>Each element is summed in one fixed order by one thread: the same operands give the same bits for any number of workers. A plan runs
 * one product at a time; a second thread waits. A run that ends in an exception or an Error (no stack, no memory) leaves {@code dW} undefined; no
 * worker computes any more then, and the next run works as ever.
 */
public final class SddmmPlan implements AutoCloseable {
    /** Multiplications of a task: some tens of microseconds. */
    private static final long TASK_WORK = 1L << 21;

    /**
     * Bytes of dense operands that are packed at once: few enough to lie in cache when they are multiplied, and enough to outweigh adding
     * up partial sums once more.
     */
    private static final long PACKED_BYTES = 2 << 20;

    private static final String LANES = "those of the plan's panels; PanelMatrix.allocate takes them";

    private final StoredValues dw;
    private final int batch;
    private final int lanes;
    private final int panelsAtOnce;
    private final Layout layout;
    private final boolean accumulate;
    private final boolean strided;
    private final Workers workers;
    private final PlanChoice choice;
    private final KernelArena arena;
    private final KernelArena scratchArena;
    private final @Nullable PanelMatrix packedGradient;
    private final @Nullable PanelMatrix packedInput;
    private final Workers.Task packGradientTask = this::packGradient;
    private final Workers.Task packInputTask = this::packInput;
    private final Workers.Task multiplyTask = this::multiply;
    private final Workers.Task addTask = this::add;
    private final Workers.Task multiplyFewTask = this::multiplyFew;
    private final Workers.Task multiplyRowsTask = this::multiplyRows;
    private final Workers.Task multiplyAllTask = this::multiplyAll;
    private final @Nullable OuterSddmm outer;
    private final @Nullable WholeBlockSddmm wholeBlocks;
    private final @Nullable FewSamplesSddmm fewSamples;
    private final @Nullable DenseSddmm dense;
    private final @Nullable PanelSddmm byPanels;

    /** What is written: the values of dW, unless the plan is warmed up. */
    private MemorySegment target;

    private BlockPattern pattern;
    private int[] rowStarts;
    private int[] colStarts;
    private int blocksOfTask;
    private boolean isPadded;

    /** Whether operands in a {@link KernelArena} are not packed. */
    private boolean readsInPlace;

    /** What the last run did. */
    private boolean wasInPlace;

    private boolean isPlanned;
    private String measured = "";
    private boolean hasRun;
    private boolean isClosed;

    // Set for the time of a run.
    private @Nullable PanelMatrix gradient;
    private @Nullable PanelMatrix input;
    private @Nullable DenseMatrix denseGradient;
    private @Nullable DenseMatrix denseInput;
    private int samples;
    private int firstPanel;
    private int panelsOfRun;

    /** The first of them, which are not packed: all that the samples fill, or none. */
    private int panelsInPlace;

    private SddmmPlan(
            KernelArena arena,
            KernelArena scratchArena,
            StoredValues dw,
            int batch,
            Layout layout,
            boolean accumulate,
            Workers workers,
            PlanChoice choice) {
        Check.range("batch", batch, 0, Integer.MAX_VALUE - 64);
        this.arena = arena;
        this.scratchArena = scratchArena;
        this.dw = dw;
        this.batch = batch;
        this.layout = Objects.requireNonNull(layout, "layout: null; accepted are those of Layout");
        this.accumulate = accumulate;
        this.workers = workers;
        this.choice = choice;
        target = dw.memory();
        pattern = dw.pattern();
        lanes = PanelMatrix.lanesFor(batch);
        int panels = (batch + lanes - 1) / lanes;
        // Single elements load an input for each product, and the stride would cost as much as that.
        strided = layout == Layout.FEATURE_MAJOR && pattern.blockRows() * pattern.blockCols() > 1;
        dense = choice.isDense(storedOverDense())
                ? new DenseSddmm(scratchArena, pattern, batch, layout, workers)
                : null;
        outer = dense == null ? OuterSddmm.of(scratchArena, pattern, batch, layout, workers) : null;
        wholeBlocks = dense == null && outer == null
                ? WholeBlockSddmm.of(scratchArena, pattern, batch, layout, workers)
                : null;
        fewSamples = dense == null && outer == null && wholeBlocks == null
                ? FewSamplesSddmm.of(pattern, batch, accumulate, workers.threads())
                : null;
        byPanels = dense == null && outer == null && wholeBlocks == null && fewSamples == null
                ? new PanelSddmm(
                        scratchArena, dw, batch, strided, layout != Layout.PANELS, accumulate, workers.threads())
                : null;
        boolean packs = layout == Layout.FEATURE_MAJOR || (layout == Layout.ROW_MAJOR && byPanels != null);
        long panelBytes = Math.max(1L, ((long) pattern.rows() + pattern.cols()) * lanes * Float.BYTES);
        panelsAtOnce = packs && byPanels != null
                ? Math.min(PanelSddmm.wholeTurns(Math.max(1, PACKED_BYTES / panelBytes)), Math.max(1, panels))
                : panels;
        int packedBatch = (int) Math.min(batch, (long) panelsAtOnce * lanes);
        packedGradient = packs ? PanelMatrix.allocate(scratchArena, packedBatch, pattern.rows()) : null;
        packedInput = packs ? PanelMatrix.allocate(scratchArena, packedBatch, pattern.cols()) : null;
        rowStarts = new int[0];
        colStarts = new int[0];
        replan();
    }

    /**
     * Prepares {@code dW = pattern ⊙ (dYᵀ·X)}.
     *
     * @param arena where the plan's scratch comes from
     * @param dw what is written, outputs × inputs, in 32-bit floats; its pattern says where
     * @param batch samples, at least 0
     * @param layout of dY (batch × outputs; feature-major: outputs × batch) and X (batch × inputs; feature-major: inputs × batch)
     * @param accumulate whether sums are added to dW (β = 1) or overwrite it (β = 0)
     * @param workers who computes
     * @return the plan
     * @throws IllegalArgumentException if an argument does not fit
     */
    public static SddmmPlan backwardWeight(
            KernelArena arena, SparseMatrix dw, int batch, Layout layout, boolean accumulate, Workers workers) {
        return backwardWeight(arena, dw, batch, layout, accumulate, workers, PlanChoice.AUTOMATIC);
    }

    /**
     * Prepares {@code dW = pattern ⊙ (dYᵀ·X)}, computed on the stored blocks alone or on all places, of which the stored ones are kept.
     *
     * @param arena where the plan's scratch comes from
     * @param dw what is written, outputs × inputs, in 32-bit floats; its pattern says where
     * @param batch samples, at least 0
     * @param layout of dY (batch × outputs; feature-major: outputs × batch) and X (batch × inputs; feature-major: inputs × batch)
     * @param accumulate whether sums are added to dW (β = 1) or overwrite it (β = 0)
     * @param workers who computes
     * @param choice who says which
     * @return the plan
     * @throws IllegalArgumentException if an argument does not fit
     */
    public static SddmmPlan backwardWeight(
            KernelArena arena,
            SparseMatrix dw,
            int batch,
            Layout layout,
            boolean accumulate,
            Workers workers,
            PlanChoice choice) {
        Objects.requireNonNull(choice, "choice: null; accepted are those of PlanChoice");
        if (choice == PlanChoice.MEASURED) {
            return Fastest.of(
                    one -> backwardWeight(arena, dw, batch, layout, accumulate, workers, one),
                    SddmmPlan::warmUp,
                    (plan, times) -> plan.measured = times,
                    SddmmPlan::close);
        }
        StoredValues stored = StoredValues.of(dw).checkFloats("dw");
        StackRoom.reserveForFirstRun();
        KernelArena scratchArena = arena.openPart();
        try {
            return new SddmmPlan(arena, scratchArena, stored, batch, layout, accumulate, workers, choice);
        } catch (Throwable e) {
            arena.closePart(scratchArena);
            throw e;
        }
    }

    private double storedOverDense() {
        return CostModel.sddmm(pattern, batch);
    }

    /** Prepares for the pattern that dW has now; needed after it was rewired. Uses the plan's memory again. */
    public synchronized void replan() {
        checkOpen();
        isPlanned = false;
        pattern = dw.pattern();
        int blocks = pattern.blocks();
        isPadded = pattern.rows() % pattern.blockRows() != 0 || pattern.cols() % pattern.blockCols() != 0;
        OuterSddmm products = dense == null ? outer : dense.products();
        // Behind the last feature a matrix has no zeros for blocks that reach over the edge.
        readsInPlace = products == null ? byPanels != null && strided && !isPadded : products.readsInPlace();
        long workOfBlock = Math.max(1, (long) pattern.blockRows() * pattern.blockCols() * batch);
        long fairShare = (blocks + 4L * workers.threads() - 1) / (4L * workers.threads());
        blocksOfTask = (int) Math.max(1, Math.min(fairShare, TASK_WORK / workOfBlock));
        if (dense != null) {
            dense.replan(pattern);
        }
        if (wholeBlocks != null) {
            wholeBlocks.replan(pattern);
        }
        if (byPanels != null) {
            byPanels.replan(pattern);
        }
        if (isPadded || (dense == null && (byPanels == null || !byPanels.byPattern()))) {
            setStarts();
        }
        isPlanned = true;
    }

    private void setStarts() {
        if (rowStarts.length < pattern.blocks()) {
            rowStarts = new int[pattern.blocks()];
        }
        colStarts = pattern.colStarts(pattern.blockCols(), colStarts);
        for (int row = 0; row < pattern.gridRows(); row++) {
            Arrays.fill(rowStarts, pattern.rowOffset(row), pattern.rowOffset(row + 1), row * pattern.blockRows());
        }
    }

    /**
     * Multiplies operands in panels.
     *
     * @param dy dY, samples × outputs, of at most the plan's batch
     * @param x X, as many samples × inputs
     * @throws IllegalArgumentException if a shape or the lanes do not fit, or the plan is for another layout
     * @throws IllegalStateException if the plan, an arena or the workers are closed, or dW was rewired since the plan was made
     */
    public synchronized void run(PanelMatrix dy, PanelMatrix x) {
        checkPanels();
        checkSamples(dy.rows(), dy.cols(), x.rows(), x.cols());
        if (dy.lanes() != lanes || x.lanes() != lanes) {
            Check.equal("dy.lanes", dy.lanes(), lanes, LANES);
            Check.equal("x.lanes", x.lanes(), lanes, LANES);
        }
        reserveStack();
        dy.arena().acquire("dy");
        try {
            x.arena().acquire("x");
            try {
                samples = dy.rows();
                panelsOfRun = dy.panels();
                runTasks(dy, x);
            } finally {
                x.arena().release();
            }
        } finally {
            dy.arena().release();
        }
    }

    /**
     * Multiplies row-major or feature-major operands, as the plan's layout says.
     *
     * @param dy dY, samples × outputs, or outputs × samples of a {@link Layout#FEATURE_MAJOR} plan; of at most the plan's batch
     * @param x X, as many samples × inputs, or inputs × samples
     * @throws IllegalArgumentException if a shape does not fit, a segment is out of reach or shares memory with dW, or the plan is for another layout
     * @throws IllegalStateException if the plan, an arena or the workers are closed, or dW was rewired since the plan was made
     */
    public synchronized void run(DenseMatrix dy, DenseMatrix x) {
        checkDense();
        checkSamples(layout.samples(dy), layout.features(dy), layout.samples(x), layout.features(x));
        Check.alive("dy", dy.segment());
        workers.checkReach("dy", dy.segment());
        Check.alive("x", x.segment());
        workers.checkReach("x", x.segment());
        reserveStack();
        denseGradient = dy;
        denseInput = x;
        samples = layout.samples(dy);
        panelsOfRun = (samples + lanes - 1) / lanes;
        KernelArena dyArena = dy.arena();
        KernelArena xArena = x.arena();
        try {
            wasInPlace = false;
            if (readsInPlace && dyArena != null && xArena != null) {
                wasInPlace = true;
                runInPlace(dyArena, xArena);
            } else {
                runTasks(packedGradient, packedInput);
            }
        } finally {
            panelsInPlace = 0;
            denseGradient = null;
            denseInput = null;
        }
    }

    private void runInPlace(KernelArena dyArena, KernelArena xArena) {
        dyArena.acquire("dy");
        try {
            xArena.acquire("x");
            try {
                panelsInPlace = layout == Layout.FEATURE_MAJOR ? samples / lanes : 0;
                runTasks(packedGradient, packedInput);
            } finally {
                xArena.release();
            }
        } finally {
            dyArena.release();
        }
    }

    /**
     * Runs the product, on operands of its own, until its best time stops falling and the JIT has caught up with whatever code it had to compile: the first
     * runs of a shape in a process wait for kernels to be generated and compiled, which takes 0.3 to 1 s on an idle machine. Kernels are shared by all plans of the process: another one of the same shapes is warm, and
     * warming it up costs the half second that it takes to see that nothing gets faster. It ends after 5 s in any case, or after the run that
     * lasts longer.
     *
     * <p>Nothing of the caller is written, {@code dW} neither. For the time of the call it takes memory for operands of the plan's batch; the plan runs
     * nothing else meanwhile.
     *
     * @return what it took
     * @throws IllegalStateException if the plan, an arena or the workers are closed, or dW was rewired since the plan was made
     */
    public synchronized WarmUp warmUp() {
        checkOpen();
        StackRoom.reserveForFirstRun();
        KernelArena own = arena.openPart();
        try {
            target = own.allocate(dw.memory().byteSize());
            if (layout != Layout.PANELS) {
                DenseMatrix dy = layout.allocate(own, batch, pattern.rows());
                DenseMatrix x = layout.allocate(own, batch, pattern.cols());
                return WarmUp.of(() -> run(dy, x));
            }
            PanelMatrix dy = PanelMatrix.allocate(own, batch, pattern.rows(), lanes);
            PanelMatrix x = PanelMatrix.allocate(own, batch, pattern.cols(), lanes);
            return WarmUp.of(() -> run(dy, x));
        } finally {
            target = dw.memory();
            arena.closePart(own);
        }
    }

    private void reserveStack() {
        if (hasRun) {
            StackRoom.reserve();
        } else {
            StackRoom.reserveForFirstRun();
        }
    }

    @SuppressWarnings("ReferenceEquality") // a rewiring is what makes the plan stale, not a difference in content
    private void runTasks(@Nullable PanelMatrix dy, @Nullable PanelMatrix x) {
        checkOpen();
        if (!isPlanned || dw.pattern() != pattern) {
            throw new IllegalStateException("dw: rewired since this plan was made; call replan()");
        }
        arena.acquire("plan");
        try {
            gradient = dy;
            input = x;
            dw.arena().acquire("dw");
            try {
                // Not before all are known to be alive: freed memory may have been given to another.
                checkApart("dw: shares memory with dy; accepted are separate matrices", denseGradient);
                checkApart("dw: shares memory with x; accepted are separate matrices", denseInput);
                if (panelsOfRun == 0) {
                    sumOfNothing();
                    return;
                }
                if (dense != null) {
                    multiply(dense.products(), dense.tasks(), multiplyAllTask);
                    clearPadding(0, pattern.blocks());
                } else if (outer != null) {
                    multiply(outer, tasks(), addTask);
                } else if (wholeBlocks != null) {
                    multiply(wholeBlocks);
                } else if (fewSamples != null) {
                    gather(fewSamples);
                    workers.run(tasksOfRows(), multiplyFewTask);
                } else {
                    multiplyPanels();
                }
                hasRun = true;
            } finally {
                dw.arena().release();
            }
        } finally {
            arena.release();
            gradient = null;
            input = null;
        }
    }

    private void multiply(OuterSddmm products, int tasks, Workers.Task task) {
        if (layout == Layout.ROW_MAJOR && denseGradient != null && denseInput != null) {
            products.run(denseGradient, denseInput, wasInPlace, tasks, task);
        } else if (gradient != null && input != null) {
            pack(gradient, input);
            products.run(gradient, input, samples, tasks, task);
        }
    }

    private void multiply(WholeBlockSddmm products) {
        if (layout == Layout.ROW_MAJOR && denseGradient != null && denseInput != null) {
            products.run(denseGradient, denseInput, tasksOfRows(), multiplyRowsTask);
        } else if (gradient != null && input != null) {
            pack(gradient, input);
            products.run(gradient, input, samples, tasksOfRows(), multiplyRowsTask);
        }
    }

    private void multiplyPanels() {
        if (gradient == null || input == null) {
            throw new AssertionError("no run");
        }
        for (firstPanel = 0; firstPanel < panelsOfRun; firstPanel += panelsOfTurn()) {
            pack(gradient, input);
            workers.run(tasks(), multiplyTask);
        }
    }

    /** Packs operands of the turn that are not panels. */
    private void pack(PanelMatrix dy, PanelMatrix x) {
        if (denseInput != null && !isTurnInPlace()) {
            workers.run(panelsOfTurn() * PanelCopying.chunks(dy), packGradientTask);
            workers.run(panelsOfTurn() * PanelCopying.chunks(x), packInputTask);
        }
    }

    private void multiplyAll(int band, int worker) {
        if (dense != null) {
            dense.run(band, worker, target, accumulate);
        }
    }

    private int tasks() {
        return (pattern.blocks() + blocksOfTask - 1) / blocksOfTask;
    }

    private void checkApart(String refusal, @Nullable DenseMatrix operand) {
        if (operand != null && operand.overlaps(dw.memory(), dw.memory().byteSize())) {
            throw new IllegalArgumentException(refusal);
        }
    }

    private void gather(FewSamplesSddmm few) {
        for (int sample = 0; sample < samples; sample++) {
            if (denseGradient != null && denseInput != null) {
                few.gatherGradient(
                        sample,
                        denseGradient.segment(),
                        pattern.rows(),
                        sample * layout.sampleStride(denseGradient),
                        layout.featureStride(denseGradient));
                few.gatherInput(
                        sample,
                        denseInput.segment(),
                        pattern.cols(),
                        sample * layout.sampleStride(denseInput),
                        layout.featureStride(denseInput));
            } else if (gradient != null && input != null) {
                few.gatherGradient(sample, gradient.segment(), pattern.rows(), sample, lanes);
                few.gatherInput(sample, input.segment(), pattern.cols(), sample, lanes);
            }
        }
    }

    private int tasksOfRows() {
        return Math.min(pattern.gridRows(), 4 * workers.threads());
    }

    /** The first row of blocks of a task. */
    private int firstRow(int task) {
        return (int) ((long) pattern.gridRows() * task / tasksOfRows());
    }

    private void multiplyFew(int task, int worker) {
        if (fewSamples == null) {
            throw new AssertionError("no run");
        }
        int firstRow = firstRow(task);
        int endRow = firstRow(task + 1);
        fewSamples.run(pattern, colStarts, firstRow, endRow, samples, target, worker);
        clearPadding(pattern.rowOffset(firstRow), pattern.rowOffset(endRow));
    }

    private void multiplyRows(int task, int worker) {
        if (wholeBlocks == null) {
            throw new AssertionError("no run");
        }
        int firstRow = firstRow(task);
        int endRow = firstRow(task + 1);
        wholeBlocks.run(colStarts, firstRow, endRow, accumulate, target);
        clearPadding(pattern.rowOffset(firstRow), pattern.rowOffset(endRow));
    }

    /** A batch without samples has no panel that a kernel could read. */
    private void sumOfNothing() {
        if (!accumulate) {
            target.asSlice(0, pattern.storedElements() * Float.BYTES).fill((byte) 0);
        }
    }

    private int panelsOfTurn() {
        return isTurnInPlace() ? panelsInPlace : Math.min(panelsAtOnce, panelsOfRun - firstPanel);
    }

    private boolean isTurnInPlace() {
        return firstPanel < panelsInPlace;
    }

    private void packGradient(int task, int worker) {
        if (denseGradient != null && gradient != null) {
            PanelCopying.pack(layout, denseGradient, firstPanel, gradient, task);
        }
    }

    private void packInput(int task, int worker) {
        if (denseInput != null && input != null) {
            PanelCopying.pack(layout, denseInput, firstPanel, input, task);
        }
    }

    private void add(int task, int worker) {
        if (outer != null) {
            int first = task * blocksOfTask;
            int end = Math.min(first + blocksOfTask, pattern.blocks());
            outer.add(rowStarts, colStarts, first, end, accumulate || !outer.isFirstTurn(), target);
            clearPadding(first, end);
        }
    }

    private void multiply(int task, int worker) {
        PanelMatrix dy = gradient;
        PanelMatrix x = input;
        if (byPanels == null || dy == null || x == null) {
            throw new AssertionError("no run");
        }
        boolean isFirst = firstPanel == 0;
        if (byPanels.byPattern()) {
            boolean isLast = firstPanel + panelsOfTurn() == panelsOfRun;
            byPanels.run(task, tasks(), isFirst, isLast, panelsOfTurn(), dy, x, target, worker);
            return;
        }
        int first = task * blocksOfTask;
        int end = Math.min(first + blocksOfTask, pattern.blocks());
        DenseMatrix dyRows = isTurnInPlace() ? denseGradient : null;
        DenseMatrix xRows = isTurnInPlace() ? denseInput : null;
        long featureBytes = (long) lanes * Float.BYTES;
        byPanels.run(
                rowStarts,
                colStarts,
                first,
                end,
                isFirst,
                panelsOfTurn(),
                dyRows == null ? dy.segment() : dyRows.segment(),
                dyRows == null ? dy.panelStride() * Float.BYTES : featureBytes,
                dyRows == null ? featureBytes : dyRows.rowStride() * Float.BYTES,
                xRows == null ? x.segment() : xRows.segment(),
                xRows == null ? x.panelStride() * Float.BYTES : featureBytes,
                xRows == null ? featureBytes : xRows.rowStride() * Float.BYTES,
                target,
                worker);
        clearPadding(first, end);
    }

    private void clearPadding(int firstBlock, int endBlock) {
        if (isPadded) {
            for (int block = firstBlock; block < endBlock; block++) {
                clearPadding(block);
            }
        }
    }

    /** Sums beyond the edge of the matrix are of zeros, but a zero times an infinity is none. */
    private void clearPadding(int block) {
        int height = pattern.blockRows();
        int width = pattern.blockCols();
        int rows = Math.min(height, pattern.rows() - rowStarts[block]);
        int cols = Math.min(width, pattern.cols() - colStarts[block]);
        if (rows == height && cols == width) {
            return;
        }
        for (int i = 0; i < height; i++) {
            for (int j = i < rows ? cols : 0; j < width; j++) {
                long element = ((long) block * height + i) * width + j;
                target.setAtIndex(ValueLayout.JAVA_FLOAT, element, 0);
            }
        }
    }

    private void checkOpen() {
        if (isClosed) {
            throw new IllegalStateException("plan: closed; accepted are plans that were not");
        }
    }

    private void checkPanels() {
        if (layout != Layout.PANELS) {
            throw new IllegalArgumentException("dy: operands are PANELS; this plan accepts " + layout);
        }
    }

    private void checkDense() {
        if (layout == Layout.PANELS) {
            throw new IllegalArgumentException("dy: operands are ROW_MAJOR or FEATURE_MAJOR; this plan accepts PANELS");
        }
    }

    private void checkSamples(int samplesOfDy, int featuresOfDy, int samplesOfX, int featuresOfX) {
        if (samplesOfDy == samplesOfX
                && samplesOfDy <= batch
                && featuresOfDy == pattern.rows()
                && featuresOfX == pattern.cols()) {
            return; // before the messages are put together: a run leaves no garbage
        }
        String shape = "from the shape of dW, " + pattern.rows() + "×" + pattern.cols();
        Check.range("dy." + layout.samplesName(), samplesOfDy, 0, batch);
        Check.equal("x." + layout.samplesName(), samplesOfX, samplesOfDy, "samples of dy");
        Check.equal("dy." + layout.featuresName(), featuresOfDy, pattern.rows(), shape);
        Check.equal("x." + layout.featuresName(), featuresOfX, pattern.cols(), shape);
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
     * Memory that the plan holds to find the places of dW, beside their pattern: on the heap or off it.
     *
     * @return bytes
     */
    public synchronized long heldBytes() {
        return (long) Integer.BYTES * (rowStarts.length + colStarts.length)
                + (dense == null ? 0 : dense.heldBytes())
                + (wholeBlocks == null ? 0 : wholeBlocks.heldBytes())
                + (byPanels == null ? 0 : byPanels.heldBytes());
    }

    /**
     * What is computed, whoever chose it.
     *
     * @return {@link PlanChoice#STORED} for the stored blocks alone, or {@link PlanChoice#DENSE} for all places
     */
    public PlanChoice chosen() {
        return dense == null ? PlanChoice.STORED : PlanChoice.DENSE;
    }

    @Override
    public String toString() {
        return "backward to the weights, batch " + batch + ", " + pattern + ", " + layout
                + (wasInPlace ? " (read in place)" : "")
                + (accumulate ? ", accumulating" : "") + ", "
                + Providers.active().name() + " kernels of "
                + Providers.active().vectorBits() + " bits, " + workers.threads()
                + (workers.threads() == 1 ? " worker" : " workers")
                + (dense == null ? ", stored values, " : ", all places, ")
                + (measured.isEmpty() ? choice.because(storedOverDense()) : measured);
    }
}
