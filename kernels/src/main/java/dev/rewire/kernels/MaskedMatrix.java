package dev.rewire.kernels;

import dev.rewire.kernels.internal.KernelProvider.PanelCopy;
import dev.rewire.kernels.internal.MaskKernels;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Weights that are all stored and trained, and of which products see the N of each M that a mask keeps: what SR-STE trains (Zhou et al., "Learning N:M
 * fine-grained structured sparse neural networks from scratch", 2021). An update of all weights, the choice of the mask and the copies that products
 * read are made in one pass, by all workers, some rows after the other while they are in the second-level cache.
 *
 * <p>The mask is the pattern of the N:M copy. Plans made with that copy, or with the transposed one, are to be replanned after a step that has chosen
 * another.
 *
 * <p>Operands are checked as those of products are; a step that ends in an Error leaves weights and copies undefined.
 */
public final class MaskedMatrix {
    /** Of weights; as many gradients, velocities and copies lie in cache beside them. */
    private static final int ELEMENTS_OF_TASK = 16 * 1024;

    /** Rows that are transposed together: of 2:4 they are a cache line of each column. All M divide it, and so do the rows of common blocks. */
    private static final int ROWS = 32;

    /** Columns of a panel of {@link #columns}. */
    private static final int LANES = 64;

    private final DenseMatrix w;
    private final SemiStructuredMatrix kept;
    private final @Nullable BlockSparseMatrix inBlocks;
    private final @Nullable SemiStructuredMatrix transposed;
    private final boolean transposable;
    private final float decay;
    private final Workers workers;
    private final MaskCodes codes;

    /** For each worker what is kept of the columns of some rows, in panels. */
    private final MemorySegment[] columns;

    private MaskedMatrix(
            DenseMatrix w,
            SemiStructuredMatrix kept,
            @Nullable BlockSparseMatrix inBlocks,
            @Nullable SemiStructuredMatrix transposed,
            boolean transposable,
            float decay,
            Workers workers) {
        this.w = w;
        this.kept = kept;
        this.inBlocks = inBlocks;
        this.transposed = transposed;
        this.transposable = transposable;
        this.decay = decay;
        this.workers = workers;
        codes = new MaskCodes(kept.pattern().n(), kept.pattern().m(), w.cols());
        columns = new MemorySegment[transposed == null ? 0 : workers.threads()];
        Arrays.setAll(columns, worker -> kept.arena().allocate(panels() * panelBytes()));
    }

    /**
     * Weights with the copy of those that the mask keeps. Nothing is copied before {@link #copy} or a step.
     *
     * @param w outputs × inputs, rows next to each other
     * @param kept the copy, in 32-bit floats; its pattern is the first mask
     * @param transposable whether masks are chosen as {@link dev.rewire.kernels.prune.NmPruning#transposable} does, which needs M of 2 or 4 that
     *     divides the outputs, or as {@link dev.rewire.kernels.prune.NmPruning#magnitude}
     * @param decay λ of SR-STE: {@code decay·w} is added to the gradients of weights that the mask does not keep; finite, at least 0
     * @param workers who computes
     * @return the weights
     * @throws IllegalArgumentException if an argument is not as described
     */
    public static MaskedMatrix of(
            DenseMatrix w, SemiStructuredMatrix kept, boolean transposable, float decay, Workers workers) {
        NmPattern mask = kept.pattern();
        checkShape("kept", kept, w.rows(), w.cols());
        Check.equal("w.rowStride", w.rowStride(), w.cols(), "rows next to each other");
        Check.decay("decay", decay);
        if (transposable) {
            Check.range("m of a transposable mask", mask.m(), 2, 4);
            if (w.rows() % mask.m() != 0) {
                throw new IllegalArgumentException("w.rows: " + w.rows() + " is not divisible by m = " + mask.m());
            }
        }
        return new MaskedMatrix(w, kept, null, null, transposable, decay, workers);
    }

    /**
     * The same weights with one copy more, which has zeros where the mask keeps nothing.
     *
     * @param copy with a full pattern, in 32-bit floats
     * @return weights to be used instead of these
     * @throws IllegalArgumentException if the copy is not as described
     */
    public MaskedMatrix withBlocks(BlockSparseMatrix copy) {
        checkShape("copy", copy, w.rows(), w.cols());
        BlockPattern blocks = copy.pattern();
        long places = (long) blocks.gridRows() * blocks.gridCols();
        Check.range("copy.blocks", blocks.blocks(), places, places);
        return new MaskedMatrix(w, kept, copy, transposed, transposable, decay, workers);
    }

    /**
     * The same weights with one copy more: the transposed one of what the mask keeps, whose forward product is that backward to the input.
     *
     * @param copy inputs × outputs, of the same N:M, in 32-bit floats
     * @return weights to be used instead of these
     * @throws IllegalArgumentException if masks are not chosen to be transposable, or the copy is not as described
     */
    public MaskedMatrix withTransposed(SemiStructuredMatrix copy) {
        if (!transposable) {
            throw new IllegalArgumentException("copy: " + copy + " of masks that need not be transposable");
        }
        checkShape("copy", copy, w.cols(), w.rows());
        Check.equal("copy.n", copy.pattern().n(), kept.pattern().n(), "elements kept of a group");
        Check.equal("copy.m", copy.pattern().m(), kept.pattern().m(), "elements of a group");
        return new MaskedMatrix(w, kept, inBlocks, copy, true, decay, workers);
    }

    private static void checkShape(String argument, SparseMatrix matrix, int rows, int cols) {
        Check.equal(argument + ".rows", matrix.pattern().rows(), rows, "from the shape of w");
        Check.equal(argument + ".cols", matrix.pattern().cols(), cols, "from the shape of w");
        Check.floats(argument, matrix.type());
    }

    /**
     * The weights that the products see.
     *
     * @return the pattern of the N:M copy
     */
    public NmPattern mask() {
        return kept.pattern();
    }

    /**
     * Chooses the mask anew, and copies.
     *
     * @throws IllegalArgumentException if a worker cannot reach the weights, or matrices share memory
     * @throws IllegalStateException if an arena or the workers are closed
     */
    public void choose() {
        run(Trained.of(w, workers), null, true);
    }

    /**
     * Copies the weights that the mask keeps, after weights or mask were written by others.
     *
     * @throws IllegalArgumentException if a worker cannot reach the weights, or matrices share memory
     * @throws IllegalStateException if an arena or the workers are closed, or a transposed copy is asked for of a mask that is not transposable
     */
    public void copy() {
        if (transposed != null) {
            transposed.assigned(mask().transpose());
        }
        run(Trained.of(w, workers), null, false);
    }

    /**
     * A step of stochastic gradient descent on all weights, as {@link Updates#sgd(DenseMatrix, DenseMatrix, DenseMatrix, float, float, boolean, float,
     * Workers)} makes it after {@link Updates#decayMasked}, then copies.
     *
     * @param dw the gradient of all weights, of the same shape, rows next to each other; the decay is added to it
     * @param velocity v, of the same shape, rows next to each other, updated; null if and only if momentum is 0
     * @param rate learning rate, finite
     * @param momentum 0 for none, below 1
     * @param nesterov whether the step looks ahead
     * @param l2 weight decay of all weights; finite, at least 0
     * @param choose whether the mask is chosen anew before copying
     * @throws IllegalArgumentException if an argument is not as described, or two matrices share memory
     * @throws IllegalStateException if an arena or the workers are closed
     */
    public void sgd(
            DenseMatrix dw,
            @Nullable DenseMatrix velocity,
            float rate,
            float momentum,
            boolean nesterov,
            float l2,
            boolean choose) {
        SgdStep step = SgdStep.of(velocity != null, rate, momentum, nesterov, l2);
        PanelCopying.checkWritable("dw", dw);
        Trained matrices = Trained.of(w, workers).with("dw", dw);
        run(velocity == null ? matrices : matrices.with("velocity", velocity), step::loop, choose);
    }

    /**
     * A step of Adam on all weights, as {@link Updates#adam(DenseMatrix, DenseMatrix, DenseMatrix, DenseMatrix, long, Updates.Adam, float, Workers)}
     * makes it after {@link Updates#decayMasked}, then copies.
     *
     * @param dw the gradient of all weights, of the same shape, rows next to each other; the decay is added to it
     * @param first m, of the same shape, rows next to each other, updated
     * @param second v, of the same shape, rows next to each other, updated
     * @param step t, from 1
     * @param settings constants
     * @param rate learning rate, finite
     * @param choose whether the mask is chosen anew before copying
     * @throws IllegalArgumentException if an argument is not as described, or two matrices share memory
     * @throws IllegalStateException if an arena or the workers are closed
     */
    public void adam(
            DenseMatrix dw,
            DenseMatrix first,
            DenseMatrix second,
            long step,
            Updates.Adam settings,
            float rate,
            boolean choose) {
        AdamStep adam = new AdamStep(step, settings, rate);
        PanelCopying.checkWritable("dw", dw);
        Trained matrices =
                Trained.of(w, workers).with("dw", dw).with("first", first).with("second", second);
        run(matrices, adam::loop, choose);
    }

    /** The loop over a part of the weights that an optimiser makes of its operands. */
    private interface Update {
        Trained.Loop of(Trained matrices);
    }

    private void run(Trained matrices, @Nullable Update update, boolean choose) {
        Trained.Loop loop = update == null ? null : update.of(matrices);
        MemorySegment dw = update == null ? null : matrices.values(1);
        matrices.beside("kept", kept.values(), kept.arena());
        if (inBlocks != null) {
            matrices.beside("copy in blocks", inBlocks.values(), inBlocks.arena());
        }
        if (transposed != null) {
            matrices.beside("transposed copy", transposed.values(), transposed.arena());
        }
        byte[] next = choose ? new byte[mask().rows() * mask().rowBytes()] : mask().codes();
        int cols = Math.max(1, w.cols()); // of no columns there are no parts
        long rowsOfTask = Math.max(1, ELEMENTS_OF_TASK / cols / ROWS) * ROWS;
        matrices.forEachPart(rowsOfTask * cols, (from, to, worker) -> {
            int endRow = (int) (to / cols);
            long[][] masks = new long[mask().m()][MaskKernels.words(cols)];
            for (int row = (int) (from / cols); row < endRow; row += ROWS) {
                int end = Math.min(row + ROWS, endRow);
                if (loop != null && dw != null) {
                    decay(dw, row, end, masks[0]);
                    loop.run((long) row * cols, (long) end * cols);
                }
                copy(row, end, choose, next, masks, worker);
            }
        });
        if (choose) {
            kept.assigned(new NmPattern(mask().rows(), mask().cols(), mask().n(), mask().m(), next));
            if (transposed != null) {
                transposed.assigned(mask().transpose());
            }
        }
    }

    private void decay(MemorySegment dw, int firstRow, int endRow, long[] ofRow) {
        if (decay == 0) {
            return;
        }
        MaskKernels kernels = Providers.active().masks();
        for (int row = firstRow; row < endRow; row++) {
            codes.unpack(mask().codes(), row, ofRow);
            kernels.decay(dw, w.segment(), offset(row), w.cols(), ofRow, decay);
        }
    }

    /** Copies rows, a tile or a single one after the other, with the masks that are chosen or are in {@code next}. */
    private void copy(int firstRow, int endRow, boolean choose, byte[] next, long[][] masks, int worker) {
        MaskKernels kernels = Providers.active().masks();
        NmPattern mask = mask();
        int together = transposable ? mask.m() : 1;
        for (int row = firstRow; row < endRow; row += together) {
            if (choose && transposable) {
                kernels.tiles(w.segment(), offset(row), offset(1), mask.n(), mask.m(), w.cols(), masks);
            } else if (choose) {
                kernels.largest(w.segment(), offset(row), mask.n(), mask.m(), w.cols(), masks[0]);
            }
            for (int i = 0; i < together; i++) {
                if (choose) {
                    codes.pack(masks[i], next, row + i);
                } else {
                    codes.unpack(next, row + i, masks[i]);
                }
                long keptOffset = (long) (row + i) * mask.rowElements() * Float.BYTES;
                kernels.gather(w.segment(), offset(row + i), w.cols(), masks[i], kept.memory(), keptOffset);
                copyIntoBlocks(kernels, row + i, masks[i]);
            }
            if (transposed != null) {
                long first = (long) (row - firstRow) / mask.m() * mask.n() * LANES * Float.BYTES;
                kernels.gatherColumns(
                        w.segment(), offset(row), offset(1), mask.n(), w.cols(), masks, columns[worker], first, LANES, panelBytes());
            }
        }
        transpose(firstRow, endRow, worker);
    }

    private void copyIntoBlocks(MaskKernels kernels, int row, long[] mask) {
        if (inBlocks != null) {
            BlockPattern blocks = inBlocks.pattern();
            long blockBytes = (long) blocks.blockRows() * blocks.blockCols() * Float.BYTES;
            long first = row / blocks.blockRows() * blocks.gridCols() * blockBytes
                    + (long) row % blocks.blockRows() * blocks.blockCols() * Float.BYTES;
            kernels.spread(
                    w.segment(), offset(row), w.cols(), mask, inBlocks.memory(), first, blocks.blockCols(), blockBytes);
        }
    }

    /** Writes what is kept of the columns of some rows to the rows of the transposed copy. */
    private void transpose(int firstRow, int endRow, int worker) {
        if (transposed == null) {
            return;
        }
        PanelCopy copy = Providers.active().panelCopy();
        int m = mask().m();
        int n = mask().n();
        long rowBytes = (long) transposed.pattern().rowElements() * Float.BYTES;
        for (int panel = 0; panel < panels(); panel++) {
            int firstCol = panel * LANES;
            copy.unpack(
                    columns[worker],
                    panel * panelBytes(),
                    LANES,
                    Math.min(LANES, w.cols() - firstCol),
                    (endRow - firstRow) / m * n,
                    transposed.memory(),
                    firstCol * rowBytes + (long) firstRow / m * n * Float.BYTES,
                    rowBytes);
        }
    }

    private int panels() {
        return (w.cols() + LANES - 1) / LANES;
    }

    private static long panelBytes() {
        return (long) ROWS * LANES * Float.BYTES;
    }

    private long offset(int row) {
        return (long) row * w.cols() * Float.BYTES;
    }

    @Override
    public String toString() {
        return "MaskedMatrix " + w.rows() + "×" + w.cols() + ", " + (transposable ? "transposable " : "") + mask().n()
                + ":" + mask().m();
    }
}
