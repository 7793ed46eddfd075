package dev.rewire.kernels;

import dev.rewire.kernels.internal.WorkerTask;
import dev.rewire.kernels.internal.scalar.Idle;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Weights and what lies on the same places: what an update of an optimiser walks. Used again by later updates, so that only first ones allocate. */
final class Trained implements WorkerTask {
    private static final int ELEMENTS_OF_TASK = 64 * 1024;

    /** What an optimiser does to elements of its operands: weights, gradient, slots. */
    interface Step {
        void run(MemorySegment[] operands, long from, long to);
    }

    /** A loop over elements. */
    interface Loop {
        void run(long from, long to, int worker);
    }

    /** Weights, gradient, two slots, and with them a mask and two copies. */
    private static final int MOST_OPERANDS = 8;

    private static final Step NO_STEP = (matrices, from, to) -> {};
    private static final Loop NO_LOOP = (from, to, worker) -> {};
    private static final Idle<Trained> IDLE = new Idle<>(Trained::new);

    // The places of w: a pattern, or rows and columns.
    private @Nullable Object pattern;
    private int rows;
    private int cols;

    private @Nullable Workers workers;
    private int operands;
    private final String[] names = new String[MOST_OPERANDS];
    private final MemorySegment[] values = new MemorySegment[MOST_OPERANDS];
    private final long[] counts = new long[MOST_OPERANDS];
    private final @Nullable KernelArena[] arenas = new KernelArena[MOST_OPERANDS];

    // What runs on them.
    private Step step = NO_STEP;
    private Loop loop = NO_LOOP;
    private long first;
    private long end;
    private long elementsOfTask;

    private final Loop stepLoop = (from, to, worker) -> step.run(values, from, to);

    private Trained() {}

    static Trained of(BlockSparseMatrix w, Workers workers) {
        return of(w.pattern(), w.rows(), w.cols(), workers).with("w", w);
    }

    static Trained of(SemiStructuredMatrix w, Workers workers) {
        return of(w.pattern(), w.rows(), w.cols(), workers).with("w", w);
    }

    static Trained of(DenseMatrix w, Workers workers) {
        return of(null, w.rows(), w.cols(), workers).with("w", w);
    }

    private static Trained of(@Nullable Object pattern, int rows, int cols, Workers workers) {
        Trained matrices = IDLE.take();
        matrices.pattern = pattern;
        matrices.rows = rows;
        matrices.cols = cols;
        matrices.workers = workers;
        return matrices;
    }

    Trained with(String name, BlockSparseMatrix matrix) {
        Check.floats(name, matrix.type());
        requireSame(name, matrix.pattern());
        return add(name, matrix.memory(), matrix.pattern().storedElements(), matrix.arena());
    }

    Trained with(String name, SemiStructuredMatrix matrix) {
        Check.floats(name, matrix.type());
        requireSame(name, matrix.pattern());
        return add(name, matrix.memory(), matrix.pattern().elements(), matrix.arena());
    }

    Trained with(String name, DenseMatrix matrix) {
        if (matrix.rowStride() != matrix.cols()) { // first: an update builds no messages
            Check.equal(name + ".rowStride", matrix.rowStride(), matrix.cols(), "rows next to each other");
        }
        Objects.requireNonNull(workers).checkReach(name, matrix.segment());
        if (!name.equals("dw")) {
            PanelCopying.checkWritable(name, matrix);
        }
        if (matrix.rows() != rows || matrix.cols() != cols) {
            throw otherPlaces(name, matrix.rows() + "×" + matrix.cols(), rows + "×" + cols);
        }
        return add(name, matrix.segment(), (long) rows * cols, null);
    }

    /** Something that is written beside and has other places. */
    Trained beside(String name, MemorySegment valuesOfIt, KernelArena arena) {
        return add(name, valuesOfIt, valuesOfIt.byteSize() / Float.BYTES, arena);
    }

    private void requireSame(String name, Object patternOfIt) {
        if (!patternOfIt.equals(pattern)) { // patterns of one training step are one object, which compares at once
            throw otherPlaces(name, patternOfIt, pattern);
        }
    }

    private static IllegalArgumentException otherPlaces(String name, Object placesOfIt, @Nullable Object places) {
        return new IllegalArgumentException(
                name + ": " + placesOfIt + " has other places than w, " + places + "; accepted are the same");
    }

    private Trained add(String name, MemorySegment valuesOfIt, long floats, @Nullable KernelArena arena) {
        Check.alive(name, valuesOfIt); // freed memory may have been given to another
        for (int i = 0; i < operands; i++) {
            boolean apart = valuesOfIt.address() + floats * Float.BYTES <= values[i].address()
                    || values[i].address() + counts[i] * Float.BYTES <= valuesOfIt.address();
            if (!apart) {
                throw new IllegalArgumentException(
                        name + ": shares memory with " + names[i] + "; accepted are separate matrices");
            }
        }
        names[operands] = name;
        values[operands] = valuesOfIt;
        counts[operands] = floats;
        arenas[operands++] = arena;
        return this;
    }

    /** The values of an operand, in the order in which they were given. */
    MemorySegment values(int operand) {
        return values[operand];
    }

    /** Runs a step on all elements, and leaves these matrices to the next update. */
    void update(Step ofAll) {
        step = ofAll;
        forEachPart(0, counts[0], ELEMENTS_OF_TASK, stepLoop);
        step = NO_STEP;
        Arrays.fill(values, 0, operands, MemorySegment.NULL);
        Arrays.fill(arenas, 0, operands, null);
        pattern = null;
        workers = null;
        operands = 0;
        IDLE.give(this);
    }

    /** Runs a loop over elements, cut into tasks of so many, while no arena can be closed. */
    void forEachPart(long first, long end, long elementsOfTask, Loop loop) {
        this.first = first;
        this.end = end;
        this.elementsOfTask = elementsOfTask;
        this.loop = loop;
        StackRoom.reserve();
        int held = 0;
        try {
            for (; held < operands; held++) {
                KernelArena arena = arenas[held];
                if (arena != null) {
                    arena.acquire(names[held]);
                }
            }
            Objects.requireNonNull(workers).run((int) ((end - first + elementsOfTask - 1) / elementsOfTask), this);
        } finally {
            while (held > 0) {
                KernelArena arena = arenas[--held];
                if (arena != null) {
                    arena.release();
                }
            }
            this.loop = NO_LOOP;
        }
    }

    @Override
    public void run(int task, int worker) {
        long from = first + task * elementsOfTask;
        loop.run(from, Math.min(from + elementsOfTask, end), worker);
    }
}
