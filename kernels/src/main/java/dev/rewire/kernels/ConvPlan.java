package dev.rewire.kernels;

import dev.rewire.kernels.internal.SpmmIndex;
import dev.rewire.kernels.internal.SpmmKernel;
import dev.rewire.kernels.internal.SpmmOperands;
import dev.rewire.kernels.internal.SpmmShape;
import dev.rewire.kernels.internal.SpmmShape.End;
import dev.rewire.kernels.internal.SpmmShape.Start;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A convolution with sparse weights, prepared: forward, or backward to the input. Images lie in panels as a {@link FeatureMap} says, and the kernels of
 * {@link SpmmPlan} run on them at each position, without a copy of their windows (im2col).
 *
 * <p>Sums run over taps and channels in a fixed order, each in one thread: the same operands give the same bits for any number of workers. Taps in the margin
 * multiply by its zeros. Only positions of the image are written, so the margin of the output stays as it is.
 *
 * <p>Each run multiplies by the values that the weights hold then, and runs any batch up to the plan's. A plan runs one product at a time; a second thread
 * waits. Its scratch is freed by {@link #close}, or with its arena.
 */
public final class ConvPlan implements AutoCloseable {
    private static final String LANES = "those of the plan's panels; PanelMatrix.allocate takes them";

    /** Tasks for each worker, so that the last ones end together. */
    private static final int TASKS_PER_WORKER = 4;

    private final KernelArena arena;
    private final KernelArena scratchArena;
    private final StoredValues w;
    private final ConvShape shape;
    private final boolean transposed;
    private final FeatureMap from;
    private final FeatureMap to;
    private final int batch;
    private final int lanes;
    private final Epilogue epilogue;
    private final Workers workers;
    private final @Nullable StoredValues room;
    private final int outputsOfGroup;
    private final SpmmKernel kernel;
    private final @Nullable SpmmKernel lastGroupKernel;
    private final MemorySegment bias;
    private final SpmmOperands[] operands;
    private final Workers.Task task = this::multiply;
    private final Workers.Task copyTask = this::copy;
    private final Runnable preparation = this::prepare;

    /** Whether inputs are told in 16 bits; forward these are found by each run. */
    private final boolean isNarrow;

    private final @Nullable ConvColumns columns;
    private @Nullable ConvWindow window;
    private BlockPattern pattern;
    private ConvWalk[] walks = {};
    private boolean isPlanned;
    private boolean hasRun;
    private boolean isClosed;

    // Set for the time of a run.
    private @Nullable PanelMatrix input;
    private @Nullable PanelMatrix output;
    private @Nullable PanelMatrix addend;
    private int rowsOfTask = 1;

    private ConvPlan(
            KernelArena arena,
            KernelArena scratchArena,
            StoredValues w,
            ConvShape shape,
            boolean transposed,
            int batch,
            Epilogue epilogue,
            Workers workers,
            @Nullable StoredValues room) {
        Check.range("batch", batch, 0, Integer.MAX_VALUE - 64);
        this.arena = arena;
        this.scratchArena = scratchArena;
        this.w = w;
        this.shape = shape;
        this.transposed = transposed;
        this.batch = batch;
        this.epilogue = epilogue;
        this.workers = workers;
        this.room = room;
        pattern = w.pattern();
        shape.check(pattern);
        from = transposed ? shape.output() : shape.input();
        to = transposed ? shape.input() : shape.output();
        if (transposed) {
            Check.range("output.halo", shape.output().halo(), shape.backwardHalo(), Integer.MAX_VALUE);
        }
        lanes = PanelMatrix.lanesFor(batch);
        checkEpilogue();
        columns = transposed ? new ConvColumns(scratchArena, shape, w, room == null ? null : room.memory()) : null;
        isNarrow = transposed ? shape.isBackwardWindowNarrow() : shape.isWindowNarrow();
        int panels = (batch + lanes - 1) / lanes;
        SpmmSetup setup =
                new SpmmSetup(scratchArena, batch, lanes, panels, workers.threads(), false, start(), end(), null);
        SpmmShape tile = tile(setup);
        outputsOfGroup = tile.outputs();
        kernel = LastPanel.kernel(setup, samples -> Providers.active().spmm(tile.withSamples(samples)));
        int remainder = to.channels() % outputsOfGroup;
        SpmmShape rest = tile.withOutputs(remainder);
        lastGroupKernel = remainder == 0
                ? null
                : LastPanel.kernel(setup, samples -> Providers.active().spmm(rest.withSamples(samples)));
        bias = scratchArena.allocate(epilogue.bias() == null ? 0 : (long) to.channels() * Float.BYTES);
        operands = new SpmmOperands[workers.threads()];
        Arrays.setAll(operands, worker -> Providers.active().operands());
        replan();
    }

    private SpmmShape tile(SpmmSetup setup) {
        int rows = pattern.blockRows();
        int cols = pattern.blockCols();
        return new SpmmShape(
                transposed ? cols : rows,
                transposed ? rows : cols,
                transposed ? 1 : cols,
                transposed ? cols : 1,
                rows * cols,
                lanes,
                false,
                lanes,
                columns == null || columns.copies(),
                ValueType.F32,
                setup.start(),
                setup.end(),
                isNarrow);
    }

    /**
     * Prepares the convolution of images.
     *
     * @param arena where the plan's scratch comes from
     * @param w the weights, as {@link ConvShape} orders them, in 32-bit floats; the columns of a block divide the input's channels
     * @param shape input, window and output
     * @param batch samples, at least 0
     * @param epilogue what else happens to the output; a bias has a float for each channel, a mask the features of the output
     * @param workers who computes
     * @return the plan
     * @throws IllegalArgumentException if an argument does not fit
     */
    public static ConvPlan forward(
            KernelArena arena, SparseMatrix w, ConvShape shape, int batch, Epilogue epilogue, Workers workers) {
        return of(arena, w, shape, false, batch, epilogue, workers, null);
    }

    /**
     * Prepares the gradient of the input from that of the output, whose margin is at least {@link ConvShape#backwardHalo} wide.
     *
     * @param arena where the plan's scratch comes from
     * @param w the weights, as {@link ConvShape} orders them, in 32-bit floats; the columns of a block divide the input's channels
     * @param shape input, window and output
     * @param batch samples, at least 0
     * @param epilogue what else happens to the gradient of the input; a mask has its features
     * @param workers who computes
     * @return the plan
     * @throws IllegalArgumentException if an argument does not fit
     */
    public static ConvPlan backwardInput(
            KernelArena arena, SparseMatrix w, ConvShape shape, int batch, Epilogue epilogue, Workers workers) {
        return of(arena, w, shape, true, batch, epilogue, workers, null);
    }

    /**
     * Prepares the gradient of the input in the memory of a matrix whose values nobody needs meanwhile. Training has one: the gradient of the weights, which is computed
     * afterwards. Single weights are brought into another order by each run; in a plan without such memory this takes as much again as the weights.
     *
     * @param arena where the plan's other scratch comes from
     * @param w the weights, as {@link ConvShape} orders them, in 32-bit floats; the columns of a block divide the input's channels
     * @param shape input, window and output
     * @param batch samples, at least 0
     * @param epilogue what else happens to the gradient of the input; a mask has its features
     * @param workers who computes
     * @param room a matrix that has as much memory as the weights, in 32-bit floats; a run leaves its values undefined
     * @return the plan
     * @throws IllegalArgumentException if an argument does not fit
     */
    public static ConvPlan backwardInput(
            KernelArena arena,
            SparseMatrix w,
            ConvShape shape,
            int batch,
            Epilogue epilogue,
            Workers workers,
            SparseMatrix room) {
        StoredValues stored = StoredValues.of(w).checkFloats("w");
        return of(arena, w, shape, true, batch, epilogue, workers, stored.room(room));
    }

    private static ConvPlan of(
            KernelArena arena,
            SparseMatrix w,
            ConvShape shape,
            boolean transposed,
            int batch,
            Epilogue epilogue,
            Workers workers,
            @Nullable StoredValues room) {
        Objects.requireNonNull(shape, "shape: null; accepted are convolutions");
        StoredValues stored = StoredValues.of(w).checkFloats("w");
        StackRoom.reserveForFirstRun();
        KernelArena scratchArena = arena.openPart();
        try {
            return new ConvPlan(arena, scratchArena, stored, shape, transposed, batch, epilogue, workers, room);
        } catch (Throwable e) {
            arena.closePart(scratchArena);
            throw e;
        }
    }

    /**
     * Memory that the plan holds to find the weights, beside their pattern: on the heap.
     *
     * @return bytes
     */
    public synchronized long heldBytes() {
        if (columns != null) {
            return columns.heldBytes();
        }
        // The pattern has the offsets of the forward product.
        return window != null
                ? window.heldBytes()
                : (long) Integer.BYTES * walks[0].index().inputs().length;
    }

    /** Prepares for the pattern that the weights have now; needed after they were rewired. */
    public synchronized void replan() {
        checkOpen();
        isPlanned = false; // until all is done
        pattern = w.pattern();
        ConvColumns byColumns = columns;
        if (byColumns != null) {
            byColumns.replan(pattern);
            int stride = shape.stride();
            ConvWalk[] next = new ConvWalk[stride * stride];
            Arrays.setAll(next, i -> ConvWalk.backward(shape, byColumns.index(i), i / stride, i % stride));
            walks = next;
        } else if (isNarrow) {
            window = ConvWindow.of(shape, pattern);
            walkForward(new int[0], workers.scratch().inputs(pattern.blocks()));
        } else {
            int[] inputs = pattern.colIndices();
            for (int item = 0; item < inputs.length; item++) {
                inputs[item] = shape.windowFeature(inputs[item] * pattern.blockCols());
            }
            walkForward(inputs, new char[0]);
        }
        isPlanned = true;
    }

    private void walkForward(int[] inputs, char[] narrowInputs) {
        walks = new ConvWalk[] {
            ConvWalk.forward(shape, SpmmIndex.ofInputs(pattern.offsets(), inputs, narrowInputs, new int[0]))
        };
    }

    /** Finds the inputs of a forward product. */
    @SuppressWarnings("ReferenceEquality") // memory, whatever it holds
    private void prepare() {
        if (window != null) {
            char[] inputs = workers.scratch().inputs(pattern.blocks());
            window.write(pattern, inputs);
            if (inputs != walks[0].index().narrowInputs()) {
                walkForward(new int[0], inputs); // another plan needed more room
            }
        }
    }

    /**
     * Computes the output, or the gradient of the input.
     *
     * @param x images, or the gradient of the output; of at most the plan's batch
     * @param y the output, or the gradient of the input, of as many samples
     * @throws IllegalArgumentException if a shape or the lanes do not fit, or y shares memory with x, the mask or the bias
     * @throws IllegalStateException if the plan, an arena or the workers are closed, or the weights were rewired since the plan was made
     */
    public void run(PanelMatrix x, PanelMatrix y) {
        run(x, y, y);
    }

    /**
     * Computes the output, or the gradient of the input, and adds it to something else than what was there: a sum that costs no pass of its own.
     *
     * @param x images, or the gradient of the output; of at most the plan's batch
     * @param addend what an accumulating {@link Epilogue} adds to, of the shape of y; y itself without one
     * @param y the output, or the gradient of the input, of as many samples
     * @throws IllegalArgumentException if a shape or the lanes do not fit, y shares memory with x, the mask or the bias, or with a part of the addend, or there is an addend and the epilogue does not accumulate
     * @throws IllegalStateException if the plan, an arena or the workers are closed, or the weights were rewired since the plan was made
     */
    public synchronized void run(PanelMatrix x, PanelMatrix addend, PanelMatrix y) {
        if (!y.equals(addend)) {
            checkAddend(addend, y);
        }
        check("x", x, from);
        check("y", y, to);
        Check.equal("y.rows", y.rows(), x.rows(), "samples of x");
        if (hasRun) {
            StackRoom.reserve();
        } else {
            StackRoom.reserveForFirstRun();
        }
        x.arena().acquire("x");
        try {
            y.arena().acquire("y");
            try {
                // Not before both are known to be alive: freed memory may have been given to the other.
                Check.apart("y", y, "x", x);
                addend.arena().acquire("addend");
                try {
                    if (!y.equals(addend)) {
                        Check.apart("y", y, "addend", addend);
                    }
                    input = x;
                    output = y;
                    this.addend = addend;
                    runTasks(x, y);
                } finally {
                    addend.arena().release();
                }
            } finally {
                input = null;
                output = null;
                this.addend = null;
                y.arena().release();
            }
        } finally {
            x.arena().release();
        }
    }

    @SuppressWarnings("ReferenceEquality") // a rewiring is what makes a plan stale, not a difference in content
    private void runTasks(PanelMatrix x, PanelMatrix y) {
        checkOpen();
        if (!isPlanned || w.pattern() != pattern) {
            throw new IllegalStateException("w: rewired since this plan was made; call replan()");
        }
        PanelMatrix mask = epilogue.reluMask();
        KernelArena maskArena = mask == null ? arena : mask.arena();
        KernelArena roomArena = room == null ? arena : room.arena();
        arena.acquire("plan");
        try {
            w.arena().acquire("w");
            try {
                roomArena.acquire("room");
                try {
                    runTasks(x, y, mask, maskArena);
                } finally {
                    roomArena.release();
                }
            } finally {
                w.arena().release();
            }
        } finally {
            arena.release();
        }
    }

    private void runTasks(PanelMatrix x, PanelMatrix y, @Nullable PanelMatrix mask, KernelArena maskArena) {
        maskArena.acquire("reluMask");
        try {
            if (mask != null) {
                Check.apart("reluMask", mask, "y", y);
            }
            checkRoom(x, y, mask);
            readBias(y);
            w.clearPadding().run();
            if (columns != null) {
                workers.run(columns.tasks(), copyTask);
            }
            int wanted = TASKS_PER_WORKER * workers.threads();
            int rowsOfAll = Math.max(1, y.panels() * to.height());
            rowsOfTask = Math.clamp(rowsOfAll / wanted, 1, Math.max(1, longestWalk()));
            workers.run(preparation, y.panels() * tasksOfPanel(), task);
            hasRun = true;
        } finally {
            maskArena.release();
        }
    }

    /** What is in use for the product is no room. */
    private void checkRoom(PanelMatrix x, PanelMatrix y, @Nullable PanelMatrix mask) {
        if (room == null) {
            return;
        }
        Check.apart("room", room.memory(), "x", x.segment());
        Check.apart("room", room.memory(), "y", y.segment());
        if (addend != null) {
            Check.apart("room", room.memory(), "addend", addend.segment());
        }
        if (mask != null) {
            Check.apart("room", room.memory(), "reluMask", mask.segment());
        }
    }

    private void readBias(PanelMatrix y) {
        DenseMatrix vector = epilogue.bias();
        if (vector != null) {
            Check.alive("bias", vector.segment());
            if (!vector.segment().isAccessibleBy(Thread.currentThread())) {
                throw new IllegalArgumentException("bias: a segment of a confined arena, out of reach of this thread;"
                        + " accepted are segments of a shared or automatic arena, or of the calling thread");
            }
            Check.apart("bias", vector, "y", y.segment(), y.segment().byteSize());
            MemorySegment.copy(vector.segment(), 0, bias, 0, (long) to.channels() * Float.BYTES);
        }
    }

    private void copy(int number, int worker) {
        if (columns != null) {
            columns.copy(number, worker);
        }
    }

    private int longestWalk() {
        int longest = 0;
        for (ConvWalk walk : walks) {
            longest = Math.max(longest, walk.rows());
        }
        return longest;
    }

    /** Some rows of each walk. */
    private int tasksOfPanel() {
        return walks.length * Math.ceilDiv(longestWalk(), rowsOfTask);
    }

    private void multiply(int number, int worker) {
        PanelMatrix x = input;
        PanelMatrix y = output;
        if (x == null || y == null || addend == null) {
            throw new AssertionError("no run");
        }
        int panel = number / tasksOfPanel();
        int ofPanel = number % tasksOfPanel();
        ConvWalk walk = walks[ofPanel % walks.length];
        int first = ofPanel / walks.length * rowsOfTask;
        SpmmOperands at = operands[worker];
        at.count = Math.min(lanes, x.rows() - panel * lanes);
        at.values = columns == null ? w.memory() : columns.memory();
        at.bias = bias;
        at.input = x.segment();
        at.output = y.segment();
        at.addend = addend.segment();
        long lane = (long) lanes * Float.BYTES;
        at.inputStride = lane;
        at.outputStride = lane;
        PanelMatrix mask = epilogue.reluMask();
        if (mask != null) {
            at.mask = mask.segment();
        }
        for (int row = first; row < Math.min(first + rowsOfTask, walk.rows()); row++) {
            for (int col = 0; col < walk.cols(); col++) {
                long feature = walk.input() + (long) row * walk.inputRow() + (long) col * walk.inputCol();
                long outputs = walk.output() + (long) row * walk.outputRow() + (long) col * walk.outputCol();
                at.inputOffset = panel * x.panelStride() * Float.BYTES + feature * lane;
                at.outputOffset = panel * y.panelStride() * Float.BYTES + outputs * lane;
                at.maskOffset = at.outputOffset;
                multiply(walk, at);
            }
        }
    }

    private void multiply(ConvWalk walk, SpmmOperands at) {
        int groups = walk.index().groups();
        boolean last = lastGroupKernel != null;
        kernel.run(walk.index(), 0, last ? groups - 1 : groups, at);
        if (lastGroupKernel != null) {
            lastGroupKernel.run(walk.index(), groups - 1, groups, at);
        }
        if (epilogue.isMoreThanKernels()) {
            long begin = at.outputOffset / Float.BYTES;
            Providers.active()
                    .elementwise()
                    .activate(
                            at.output,
                            begin,
                            begin + (long) to.channels() * lanes,
                            epilogue.scale(),
                            epilogue.activation());
        }
        if (at.count < lanes) {
            clearPaddingLanes(at);
        }
    }

    /** A bias reaches the lanes behind the last sample too, and what is summed over the batch must be zero there. */
    private void clearPaddingLanes(SpmmOperands at) {
        for (int channel = 0; channel < to.channels(); channel++) {
            long offset = at.outputOffset + ((long) channel * lanes + at.count) * Float.BYTES;
            at.output.asSlice(offset, (long) (lanes - at.count) * Float.BYTES).fill((byte) 0);
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

    private void checkEpilogue() {
        DenseMatrix vector = epilogue.bias();
        if (vector != null) {
            Check.equal("bias.rows", vector.rows(), 1, "a vector");
            Check.equal("bias.cols", vector.cols(), to.channels(), "channels");
        }
        PanelMatrix mask = epilogue.reluMask();
        if (mask != null) {
            Check.equal("reluMask.rows", mask.rows(), batch, "batch of the plan");
            Check.equal("reluMask.cols", mask.cols(), to.features(), "features of the output");
            Check.equal("reluMask.lanes", mask.lanes(), lanes, LANES);
        }
    }

    private void checkAddend(PanelMatrix addend, PanelMatrix y) {
        if (!epilogue.accumulate()) {
            throw new IllegalArgumentException(
                    "addend: given, but the plan's epilogue does not accumulate; accepted is y");
        }
        check("addend", addend, to);
        Check.equal("addend.rows", addend.rows(), y.rows(), "samples of y");
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
        return (transposed ? "backward to the input of a " : "") + shape + ", batch " + batch + ", " + pattern + ", "
                + Providers.active().name() + " kernels of "
                + Providers.active().vectorBits() + " bits, " + workers.threads()
                + (workers.threads() == 1 ? " worker" : " workers");
    }
}
