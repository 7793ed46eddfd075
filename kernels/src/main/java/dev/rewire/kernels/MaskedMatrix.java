package dev.rewire.kernels;

import dev.rewire.kernels.internal.KernelProvider.PanelCopy;
import dev.rewire.kernels.internal.MaskKernels;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.IntConsumer;
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

    // For each worker, from the first step on: the gradients of some rows, and what is kept of their columns, in
    // panels.
    private MemorySegment[] gradients = {};
    private MemorySegment[] columns = {};

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
        run(true);
    }

    /**
     * Copies the weights that the mask keeps, after weights or mask were written by others.
     *
     * @throws IllegalArgumentException if a worker cannot reach the weights, or matrices share memory
     * @throws IllegalStateException if an arena or the workers are closed, or a transposed copy is asked for of a mask that is not transposable
     */
    public void copy() {
        if (transposed != null) {
            NmPattern places = mask().transpose();
            if (!places.equals(transposed.pattern())) { // else plans stay as they are
                transposed.assigned(places);
            }
        }
        run(false);
    }

    /**
     * A step of stochastic gradient descent on all weights, as {@link Updates#sgd(DenseMatrix, DenseMatrix, DenseMatrix, float, float, boolean, float,
     * Workers)} makes it after {@link Updates#decayMasked}, then copies. The gradient is asked for in bands of rows, and each is used while it is in
     * cache.
     *
     * @param dw the gradient of a band, transposed: inputs × rows of the band; as many rows as w has, or a multiple of 32
     * @param band fills dw with the gradient of w's rows from the given one on; what is behind the last row does not matter
     * @param velocity v, of the shape of w, rows next to each other, updated; null if and only if momentum is 0
     * @param rate learning rate, finite
     * @param momentum 0 for none, below 1
     * @param nesterov whether the step looks ahead
     * @param l2 weight decay of all weights; finite, at least 0
     * @param choose whether the mask is chosen anew before copying
     * @throws IllegalArgumentException if an argument is not as described, or two matrices share memory
     * @throws IllegalStateException if an arena or the workers are closed
     */
    public void sgd(
            PanelMatrix dw,
            IntConsumer band,
            @Nullable DenseMatrix velocity,
            float rate,
            float momentum,
            boolean nesterov,
            float l2,
            boolean choose) {
        SgdStep step = SgdStep.of(velocity != null, rate, momentum, nesterov, l2);
        Trained matrices = Trained.of(w, workers);
        int slots = velocity == null ? 0 : 1;
        run(velocity == null ? matrices : matrices.with("velocity", velocity), slots, dw, band, step.step(), choose);
    }

    /**
     * A step of Adam on all weights, as {@link Updates#adam(DenseMatrix, DenseMatrix, DenseMatrix, DenseMatrix, long, Updates.Adam, float, Workers)}
     * makes it after {@link Updates#decayMasked}, then copies. The gradient is asked for in bands of rows, and each is used while it is in cache.
     *
     * @param dw the gradient of a band, transposed: inputs × rows of the band; as many rows as w has, or a multiple of 32
     * @param band fills dw with the gradient of w's rows from the given one on; what is behind the last row does not matter
     * @param first m, of the shape of w, rows next to each other, updated
     * @param second v, of the shape of w, rows next to each other, updated
     * @param step t, from 1
     * @param settings constants
     * @param rate learning rate, finite
     * @param choose whether the mask is chosen anew before copying
     * @throws IllegalArgumentException if an argument is not as described, or two matrices share memory
     * @throws IllegalStateException if an arena or the workers are closed
     */
    public void adam(
            PanelMatrix dw,
            IntConsumer band,
            DenseMatrix first,
            DenseMatrix second,
            long step,
            Updates.Adam settings,
            float rate,
            boolean choose) {
        AdamStep adam = new AdamStep(step, settings, rate);
        Trained matrices = Trained.of(w, workers).with("first", first).with("second", second);
        run(matrices, 2, dw, band, adam.step(), choose);
    }

    private void run(Trained matrices, int slots, PanelMatrix dw, IntConsumer band, Trained.Step step, boolean choose) {
        Check.equal("dw.rows", dw.rows(), w.cols(), "columns of w");
        if (dw.cols() < w.rows() && (dw.cols() == 0 || dw.cols() % ROWS != 0)) {
            throw new IllegalArgumentException("dw.cols: " + dw.cols() + " is not accepted; accepted are " + w.rows()
                    + " and multiples of " + ROWS);
        }
        matrices.beside("dw", dw.segment(), dw.arena());
        hold(matrices);
        if (gradients.length == 0) {
            gradients = scratch(offset(ROWS));
        }
        byte[] next = begin(choose);
        for (int firstRow = 0; firstRow < w.rows(); firstRow += dw.cols()) {
            int first = firstRow;
            band.accept(first);
            forEachRows(matrices, first, Math.min(first + dw.cols(), w.rows()), (row, end, masks, worker) -> {
                decay(dw, row - first, row, end, masks[0], gradients[worker]);
                MemorySegment[] operands = new MemorySegment[2 + slots];
                operands[0] = rows(w.segment(), row, end);
                operands[1] = gradients[worker];
                for (int slot = 0; slot < slots; slot++) {
                    operands[2 + slot] = rows(matrices.values(1 + slot), row, end);
                }
                step.run(operands, 0, (long) (end - row) * w.cols());
                copy(row, end, choose, next, masks, worker);
            });
        }
        end(choose, next);
    }

    private void run(boolean choose) {
        Trained matrices = Trained.of(w, workers);
        hold(matrices);
        byte[] next = begin(choose);
        forEachRows(matrices, 0, w.rows(), (row, end, masks, worker) -> copy(row, end, choose, next, masks, worker));
        end(choose, next);
    }

    private void hold(Trained matrices) {
        matrices.beside("kept", kept.values(), kept.arena());
        if (inBlocks != null) {
            matrices.beside("copy in blocks", inBlocks.values(), inBlocks.arena());
        }
        if (transposed != null) {
            matrices.beside("transposed copy", transposed.values(), transposed.arena());
        }
    }

    /** Where the masks are, or will be when all are chosen. */
    private byte[] begin(boolean choose) {
        if (transposed != null && columns.length == 0) {
            columns = scratch(panels() * panelBytes());
        }
        return choose ? new byte[mask().rows() * mask().rowBytes()] : mask().codes();
    }

    private MemorySegment[] scratch(long bytes) {
        MemorySegment[] ofWorkers = new MemorySegment[workers.threads()];
        Arrays.setAll(ofWorkers, worker -> kept.arena().allocate(bytes));
        return ofWorkers;
    }

    private void end(boolean choose, byte[] next) {
        if (choose) {
            kept.assigned(new NmPattern(mask().rows(), mask().cols(), mask().n(), mask().m(), next));
            if (transposed != null) {
                transposed.assigned(mask().transpose());
            }
        }
    }

    /** What is done to some rows, with room for the masks of a tile. */
    private interface Rows {
        void run(int first, int end, long[][] masks, int worker);
    }

    private void forEachRows(Trained matrices, int firstRow, int endRow, Rows rows) {
        long cols = Math.max(1, w.cols()); // of no columns there are no parts
        long rowsOfTask = Math.max(1, ELEMENTS_OF_TASK / cols / ROWS) * ROWS;
        matrices.forEachPart(
                firstRow * (long) w.cols(), endRow * (long) w.cols(), rowsOfTask * cols, (from, to, worker) -> {
                    long[][] masks = new long[mask().m()][MaskKernels.words(w.cols())];
                    int end = (int) (to / cols);
                    for (int row = (int) (from / cols); row < end; row += ROWS) {
                        rows.run(row, Math.min(row + ROWS, end), masks, worker);
                    }
                });
    }

    /** The gradients of rows, of which the first is the given one of the band, with the decay of what is masked. */
    private void decay(PanelMatrix dw, int ofBand, int firstRow, int endRow, long[] ofRow, MemorySegment target) {
        MaskKernels kernels = Providers.active().masks();
        for (int row = firstRow; row < endRow; row++) {
            codes.unpack(mask().codes(), row, ofRow);
            kernels.decay(
                    dw.segment(),
                    (long) (ofBand + row - firstRow) * dw.lanes() * Float.BYTES,
                    dw.lanes(),
                    dw.panelStride() * Float.BYTES,
                    w.segment(),
                    offset(row),
                    w.cols(),
                    ofRow,
                    decay,
                    target,
                    offset(row - firstRow));
        }
    }

    private MemorySegment rows(MemorySegment of, int first, int end) {
        return of.asSlice(offset(first), offset(end - first));
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
                        w.segment(),
                        offset(row),
                        offset(1),
                        mask.n(),
                        w.cols(),
                        masks,
                        columns[worker],
                        first,
                        LANES,
                        panelBytes());
            }
        }
        transpose(firstRow, endRow, worker);
    }

    private void copyIntoBlocks(MaskKernels kernels, int row, long[] mask) {
        if (inBlocks != null) {
            BlockPattern blocks = inBlocks.pattern();
            long blockBytes = (long) blocks.blockRows() * blocks.blockCols() * Float.BYTES;
            long first = (long) row / blocks.blockRows() * blocks.gridCols() * blockBytes
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
