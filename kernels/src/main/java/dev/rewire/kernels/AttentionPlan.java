package dev.rewire.kernels;

import dev.rewire.kernels.internal.SoftmaxKernels;
import dev.rewire.kernels.internal.SpmmOperands;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Self-attention, prepared: forward. Queries, keys and values are read where {@link AttentionShape} says, without a copy; scores and their weights live in the plan's scratch, those of
 * one head and at most {@value AttentionShape#PART} queries at a time for each worker. {@link AttentionGradient} is the way back.
 *
 * <p>Weights have an error of at most {@code (8 + 3·(|s| + keys))·u} of themselves beside what the errors of their scores cause, s being how far a score, times 1/√d, lies below the largest, and
 * u = 2⁻²⁴; below e⁻⁸⁷ of the largest they are zero. Differences of scores are taken before the exponential, so that large ones do not overflow. Padding is not attended to, and its output is zero.
 *
 * <p>Sums run over features and keys in a fixed order, each in one thread: the same operands give the same bits for any number of workers. A number that is not finite stays in its
 * sequence and head; there it may reach earlier tokens, too, those of the same 16, because a causal mask multiplies by zero.
 *
 * <p>A plan runs one product at a time; a second thread waits. Its scratch is freed by {@link #close}, or with its arena.
 */
public final class AttentionPlan implements AutoCloseable {
    private final KernelArena arena;
    private final KernelArena scratchArena;
    private final AttentionShape shape;
    private final int sequences;
    private final int lanes;
    private final Workers workers;
    private final AttentionTiles tiles;
    private final SoftmaxKernels softmax;
    private final SpmmOperands[] operands;
    private final MemorySegment[] scores;
    private final Workers.Task task = this::attend;

    private boolean hasRun;
    private boolean isClosed;

    // Set for the time of a run.
    private @Nullable PanelMatrix input;
    private @Nullable PanelMatrix output;

    private AttentionPlan(
            KernelArena arena, KernelArena scratchArena, AttentionShape shape, int sequences, Workers workers) {
        this.arena = arena;
        this.scratchArena = scratchArena;
        this.shape = shape;
        this.sequences = Check.range("sequences", sequences, 1, Integer.MAX_VALUE);
        this.workers = workers;
        lanes = PanelMatrix.lanesFor(shape.rows(sequences));
        tiles = new AttentionTiles(shape, lanes, false);
        softmax = Providers.active().softmax();
        operands = new SpmmOperands[workers.threads()];
        Arrays.setAll(operands, worker -> tiles.operands());
        scores = new MemorySegment[workers.threads()];
        Arrays.setAll(scores, worker -> tiles.scratch(scratchArena));
    }

    /**
     * Prepares attention.
     *
     * @param arena where the plan's scratch comes from
     * @param shape the attention
     * @param sequences of a batch, at least 1
     * @param workers who computes
     * @return the plan
     * @throws IllegalArgumentException if an argument does not fit
     */
    public static AttentionPlan forward(KernelArena arena, AttentionShape shape, int sequences, Workers workers) {
        Objects.requireNonNull(shape, "shape: null; accepted are attentions");
        StackRoom.reserveForFirstRun();
        KernelArena scratchArena = arena.openPart();
        try {
            return new AttentionPlan(arena, scratchArena, shape, sequences, workers);
        } catch (Throwable e) {
            arena.closePart(scratchArena);
            throw e;
        }
    }

    /**
     * Computes the output.
     *
     * @param qkv queries, keys and values of at most the plan's sequences: {@code shape.rows(sequences)} × 3·width, in panels of as many lanes as the plan's rows would get
     * @param y the output, of as many rows × width
     * @throws IllegalArgumentException if a shape or the lanes do not fit, or y shares memory with qkv
     * @throws IllegalStateException if the plan, an arena or the workers are closed
     */
    public synchronized void run(PanelMatrix qkv, PanelMatrix y) {
        shape.check("qkv", qkv, sequences, 3 * shape.width(), "queries, keys and values", lanes);
        shape.check("y", y, sequences, shape.width(), "features of all heads", lanes);
        Check.equal("y.rows", y.rows(), qkv.rows(), "rows of qkv");
        if (hasRun) {
            StackRoom.reserve();
        } else {
            StackRoom.reserveForFirstRun();
        }
        qkv.arena().acquire("qkv");
        try {
            y.arena().acquire("y");
            try {
                // Not before both are known to be alive: freed memory may have been given to the other.
                Check.apart("y", y, "qkv", qkv);
                input = qkv;
                output = y;
                runTasks(qkv.rows() / shape.paddedLength());
            } finally {
                input = null;
                output = null;
                y.arena().release();
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
            workers.run(Math.multiplyExact(Math.multiplyExact(sequencesOfRun, shape.heads()), shape.parts()), task);
            hasRun = true;
        } finally {
            arena.release();
        }
    }

    /** One head of some queries of a sequence; those that see most keys come first, so that the last tasks end together. */
    private void attend(int number, int worker) {
        PanelMatrix qkv = input;
        PanelMatrix y = output;
        if (qkv == null || y == null) {
            throw new AssertionError("no run");
        }
        int ofPart = qkv.rows() / shape.paddedLength() * shape.heads();
        int queries = shape.parts() - 1 - number / ofPart;
        int sequence = number % ofPart / shape.heads();
        int feature = number % shape.heads() * shape.headSize();
        SpmmOperands at = operands[worker];
        MemorySegment s = scores[worker];
        tiles.weights(at, softmax, qkv, sequence, feature, queries, s);
        tiles.sums(queries)
                .run(
                        at,
                        qkv.segment(),
                        qkv.offset(shape.row(sequence, 0), 2 * shape.width() + feature),
                        s,
                        0,
                        y.segment(),
                        y.offset(shape.row(sequence, queries * AttentionShape.PART), feature));
        if (queries == shape.parts() - 1) {
            tiles.clearPadding(y, sequence, feature, shape.headSize());
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
        return shape + ", " + sequences + (sequences == 1 ? " sequence, " : " sequences, ")
                + Providers.active().name() + " kernels of "
                + Providers.active().vectorBits() + " bits, " + workers.threads()
                + (workers.threads() == 1 ? " worker" : " workers");
    }
}
