package dev.rewire.kernels;

import dev.rewire.kernels.internal.KernelProvider.PanelCopy;
import dev.rewire.kernels.internal.SoftmaxKernels;
import dev.rewire.kernels.internal.SpmmOperands;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Self-attention, prepared: the gradient of queries, keys and values from that of the output of {@link AttentionPlan}. Nothing is kept from the forward product: weights are computed
 * again, to the same bits, which costs one of five products and saves memory that grows with the square of the length.
 *
 * <p>The same operands give the same bits for any number of workers, which share sequences and heads. Padding is not read, and its gradient is zero. A plan runs one product at a time; a
 * second thread waits. Its scratch is freed by {@link #close}, or with its arena.
 */
public final class AttentionGradient implements AutoCloseable {
    /** What a worker computes in. */
    private record Scratch(SpmmOperands at, MemorySegment weights, MemorySegment gradients, MemorySegment turned) {}

    private final KernelArena arena;
    private final KernelArena scratchArena;
    private final AttentionShape shape;
    private final int sequences;
    private final int lanes;
    private final Workers workers;
    private final AttentionTiles tiles;
    private final SoftmaxKernels softmax;
    private final PanelCopy copy;
    private final Scratch[] scratches;
    private final Workers.Task task = this::differentiate;

    private boolean hasRun;
    private boolean isClosed;

    // Set for the time of a run.
    private @Nullable PanelMatrix input;
    private @Nullable PanelMatrix outputGradient;
    private @Nullable PanelMatrix inputGradient;

    private AttentionGradient(
            KernelArena arena, KernelArena scratchArena, AttentionShape shape, int sequences, Workers workers) {
        this.arena = arena;
        this.scratchArena = scratchArena;
        this.shape = shape;
        this.sequences = Check.range("sequences", sequences, 1, Integer.MAX_VALUE);
        this.workers = workers;
        lanes = PanelMatrix.lanesFor(shape.rows(sequences));
        tiles = new AttentionTiles(shape, lanes, true);
        softmax = Providers.active().softmax();
        copy = Providers.active().panelCopy();
        scratches = new Scratch[workers.threads()];
        Arrays.setAll(
                scratches,
                worker -> new Scratch(
                        tiles.operands(),
                        tiles.scratch(scratchArena),
                        tiles.scratch(scratchArena),
                        scratchArena.allocate((long) (shape.partSize() + 1) * lanes * Float.BYTES)));
    }

    /**
     * Prepares the gradient.
     *
     * @param arena where the plan's scratch comes from
     * @param shape the attention
     * @param sequences of a batch, at least 1
     * @param workers who computes
     * @return the plan
     * @throws IllegalArgumentException if an argument does not fit
     */
    public static AttentionGradient prepare(KernelArena arena, AttentionShape shape, int sequences, Workers workers) {
        Objects.requireNonNull(shape, "shape: null; accepted are attentions");
        StackRoom.reserveForFirstRun();
        KernelArena scratchArena = arena.openPart();
        try {
            return new AttentionGradient(arena, scratchArena, shape, sequences, workers);
        } catch (Throwable e) {
            arena.closePart(scratchArena);
            throw e;
        }
    }

    /**
     * Computes the gradient of queries, keys and values.
     *
     * @param qkv what the forward product read, of at most the plan's sequences
     * @param dy the gradient of its output
     * @param dqkv what is written, in the places of qkv
     * @throws IllegalArgumentException if a shape or the lanes do not fit, or dqkv shares memory with qkv or dy
     * @throws IllegalStateException if the plan, an arena or the workers are closed
     */
    public synchronized void run(PanelMatrix qkv, PanelMatrix dy, PanelMatrix dqkv) {
        shape.check("qkv", qkv, sequences, 3 * shape.width(), "queries, keys and values", lanes);
        shape.check("dy", dy, sequences, shape.width(), "features of all heads", lanes);
        shape.check("dqkv", dqkv, sequences, 3 * shape.width(), "queries, keys and values", lanes);
        Check.equal("dy.rows", dy.rows(), qkv.rows(), "rows of qkv");
        Check.equal("dqkv.rows", dqkv.rows(), qkv.rows(), "rows of qkv");
        if (hasRun) {
            StackRoom.reserve();
        } else {
            StackRoom.reserveForFirstRun();
        }
        qkv.arena().acquire("qkv");
        try {
            dy.arena().acquire("dy");
            try {
                dqkv.arena().acquire("dqkv");
                try {
                    // Not before all are known to be alive: freed memory may have been given to another.
                    Check.apart("dqkv", dqkv, "qkv", qkv);
                    Check.apart("dqkv", dqkv, "dy", dy);
                    input = qkv;
                    outputGradient = dy;
                    inputGradient = dqkv;
                    runTasks(qkv.rows() / shape.paddedLength());
                } finally {
                    input = null;
                    outputGradient = null;
                    inputGradient = null;
                    dqkv.arena().release();
                }
            } finally {
                dy.arena().release();
            }
        } finally {
            qkv.arena().release();
        }
    }

    private void runTasks(int sequencesOfRun) {
        if (isClosed) {
            throw new IllegalStateException("plan: closed; accepted are plans that were not");
        }
        arena.acquire("plan");
        try {
            workers.run(Math.multiplyExact(sequencesOfRun, shape.heads()), task);
            hasRun = true;
        } finally {
            arena.release();
        }
    }

    /** A head of a sequence: the gradients of keys and values are sums over all queries, in their order. */
    private void differentiate(int number, int worker) {
        PanelMatrix qkv = input;
        PanelMatrix dy = outputGradient;
        PanelMatrix dqkv = inputGradient;
        if (qkv == null || dy == null || dqkv == null) {
            throw new AssertionError("no run");
        }
        int sequence = number / shape.heads();
        int feature = number % shape.heads() * shape.headSize();
        for (int queries = 0; queries < shape.parts(); queries++) {
            differentiate(qkv, dy, dqkv, sequence, feature, queries, scratches[worker]);
        }
        for (int i = 0; i < 3; i++) {
            tiles.clearPadding(dqkv, sequence, i * shape.width() + feature, shape.headSize());
        }
    }

    private void differentiate(
            PanelMatrix qkv,
            PanelMatrix dy,
            PanelMatrix dqkv,
            int sequence,
            int feature,
            int queries,
            Scratch scratch) {
        SpmmOperands at = scratch.at;
        int keyFeature = shape.width() + feature;
        int valueFeature = 2 * shape.width() + feature;
        int row = shape.row(sequence, queries * AttentionShape.PART);
        tiles.weights(at, softmax, qkv, sequence, feature, queries, scratch.weights);
        tiles.allScores(at, qkv, sequence, valueFeature, dy, feature, queries, scratch.gradients);
        softmax.backward(
                scratch.weights,
                scratch.gradients,
                lanes,
                shape.tokens(queries),
                shape.keys(queries),
                shape.seenByFirst(queries),
                shape.scale());
        tiles.sums(queries)
                .run(
                        at,
                        qkv.segment(),
                        qkv.offset(shape.row(sequence, 0), keyFeature),
                        scratch.gradients,
                        0,
                        dqkv.segment(),
                        dqkv.offset(row, feature));
        for (int keys = 0; keys < shape.partsSeen(queries); keys++) {
            int rowOfKeys = shape.row(sequence, keys * AttentionShape.PART);
            AttentionTiles.Products products = tiles.gradients(queries, keys);
            turn(scratch.weights, keys, scratch.turned);
            products.run(
                    at,
                    dy.segment(),
                    dy.offset(row, feature),
                    scratch.turned,
                    0,
                    dqkv.segment(),
                    dqkv.offset(rowOfKeys, valueFeature));
            turn(scratch.gradients, keys, scratch.turned);
            products.run(
                    at,
                    qkv.segment(),
                    qkv.offset(row, feature),
                    scratch.turned,
                    0,
                    dqkv.segment(),
                    dqkv.offset(rowOfKeys, keyFeature));
        }
    }

    /** Whole vectors, whatever tokens there are: what lies behind them is not read, or reaches lanes that are cleared. */
    private void turn(MemorySegment from, int keys, MemorySegment to) {
        int size = shape.partSize();
        copy.unpack(from, tiles.partOffset(keys), lanes, size, size, to, 0, (long) lanes * Float.BYTES);
    }

    /** Frees the plan's scratch, after the product that runs on it, if any. Closing twice does nothing; a closed plan refuses to run. */
    @Override
    public synchronized void close() {
        isClosed = true;
        arena.closePart(scratchArena);
    }

    @Override
    public String toString() {
        return "gradient of " + shape + ", " + sequences + (sequences == 1 ? " sequence, " : " sequences, ")
                + Providers.active().name() + " kernels of "
                + Providers.active().vectorBits() + " bits, " + workers.threads()
                + (workers.threads() == 1 ? " worker" : " workers");
    }
}
