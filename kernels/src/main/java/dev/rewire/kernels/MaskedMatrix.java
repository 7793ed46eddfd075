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
        if (velocity == null) {
            run(matrices, dw, band, update(matrices, 0, dw, step), choose);
            return;
        }
        MaskKernels kernels = Providers.active().masks();
        RowUpdate inOneLoop = (row, ofBand, mask, worker) -> kernels.sgd(
                dw.segment(),
                (long) ofBand * dw.lanes() * Float.BYTES,
                dw.lanes(),
                dw.panelStride() * Float.BYTES,
                w.segment(),
                velocity.segment(),
                offset(row),
                w.cols(),
                mask,
                decay,
                rate,
                momentum,
                nesterov,
                l2);
        run(matrices.with("velocity", velocity), dw, band, inOneLoop, choose);
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
        AdamStep adam = AdamStep.of(step, settings, rate);
        Trained matrices = Trained.of(w, workers).with("first", first).with("second", second);
        run(matrices, dw, band, update(matrices, 2, dw, adam), choose);
    }

    /** What a step does to a row of weights, which has the given number in its band. */
    private interface RowUpdate {
        void run(int row, int ofBand, long[] mask, int worker);
    }

    /** An update of a row whose gradient, with the decay of what is masked, is written before. */
    private RowUpdate update(Trained matrices, int slots, PanelMatrix dw, Trained.Step step) {
        return (row, ofBand, mask, worker) -> {
            decay(dw, ofBand, row, mask, gradients[worker]);
            MemorySegment[] operands = new MemorySegment[2 + slots];
            operands[0] = row(w.segment(), row);
            operands[1] = gradients[worker];
            for (int slot = 0; slot < slots; slot++) {
                operands[2 + slot] = row(matrices.values(1 + slot), row);
            }
            step.run(operands, 0, w.cols());
        };
    }

    private void run(Trained matrices, PanelMatrix dw, IntConsumer band, RowUpdate update, boolean choose) {
        Check.equal("dw.rows", dw.rows(), w.cols(), "columns of w");
        if (dw.cols() < w.rows() && (dw.cols() == 0 || dw.cols() % ROWS != 0)) {
            throw new IllegalArgumentException("dw.cols: " + dw.cols() + " is not accepted; accepted are " + w.rows()
                    + " and multiples of " + ROWS);
        }
        matrices.beside("dw", dw.segment(), dw.arena());
        hold(matrices);
        if (gradients.length == 0) {
            gradients = scratch(offset(1));
        }
        byte[] next = begin(choose);
        for (int firstRow = 0; firstRow < w.rows(); firstRow += dw.cols()) {
            int first = firstRow;
            band.accept(first);
            int end = Math.min(first + dw.cols(), w.rows());
            forEachRow(matrices, first, end, next, (row, mask, worker) -> update.run(row, row - first, mask, worker));
        }
        end(next);
    }

    private void run(boolean choose) {
        Trained matrices = Trained.of(w, workers);
        hold(matrices);
        byte[] next = begin(choose);
        forEachRow(matrices, 0, w.rows(), next, (row, mask, worker) -> {});
        end(next);
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

    /** Where the masks will be, packed, when all are chosen; null if none is. */
    private byte @Nullable [] begin(boolean choose) {
        if (transposed != null && columns.length == 0) {
            columns = scratch(panels() * panelBytes());
        }
        return choose ? new byte[mask().rows() * mask().rowBytes()] : null;
    }

    private MemorySegment[] scratch(long bytes) {
        MemorySegment[] ofWorkers = new MemorySegment[workers.threads()];
        Arrays.setAll(ofWorkers, worker -> kept.arena().allocate(bytes));
        return ofWorkers;
    }

    private void end(byte @Nullable [] next) {
        if (next != null) {
            kept.assigned(new NmPattern(mask().rows(), mask().cols(), mask().n(), mask().m(), next));
            if (transposed != null) {
                transposed.assigned(mask().transpose());
            }
        }
    }

    /** What is done to a row before it is copied, with its mask. */
    private interface Before {
        void run(int row, long[] mask, int worker);
    }

    /** Rows whose masks are chosen together: a tile. */
    private int together() {
        return transposable ? mask().m() : 1;
    }

    /** Goes through the rows that have their masks together, one after the other, and copies them while they are in cache. */
    private void forEachRow(Trained matrices, int firstRow, int endRow, byte @Nullable [] next, Before before) {
        int together = together();
        long cols = Math.max(1, w.cols()); // of no columns there are no parts
        long rowsOfTask = Math.max(1, ELEMENTS_OF_TASK / cols / ROWS) * ROWS;
        matrices.forEachPart(
                firstRow * (long) w.cols(), endRow * (long) w.cols(), rowsOfTask * cols, (from, to, worker) -> {
                    long[][] masks = new long[together][MaskKernels.words(w.cols())];
                    int end = (int) (to / cols);
                    for (int first = (int) (from / cols); first < end; first += ROWS) {
                        int endOfPanels = Math.min(first + ROWS, end);
                        for (int row = first; row < endOfPanels; row += together) {
                            for (int i = 0; i < together; i++) {
                                codes.unpack(mask().codes(), row + i, masks[i]);
                                before.run(row + i, masks[i], worker);
                            }
                            copy(row, masks, next);
                            gatherColumns(row, (row - first) / together, masks, worker);
                        }
                        transpose(first, endOfPanels, worker);
                    }
                });
    }

    /** The gradient of a row, which has the given number in its band, with the decay of what is masked. */
    private void decay(PanelMatrix dw, int ofBand, int row, long[] mask, MemorySegment target) {
        Providers.active()
                .masks()
                .decay(
                        dw.segment(),
                        (long) ofBand * dw.lanes() * Float.BYTES,
                        dw.lanes(),
                        dw.panelStride() * Float.BYTES,
                        w.segment(),
                        offset(row),
                        w.cols(),
                        mask,
                        decay,
                        target,
                        0);
    }

    private MemorySegment row(MemorySegment of, int row) {
        return of.asSlice(offset(row), offset(1));
    }

    /** Chooses the masks of rows that have them together, if they are to be chosen, and copies. */
    private void copy(int firstRow, long[][] masks, byte @Nullable [] next) {
        MaskKernels kernels = Providers.active().masks();
        NmPattern mask = mask();
        if (next != null && transposable) {
            kernels.tiles(w.segment(), offset(firstRow), offset(1), mask.n(), mask.m(), w.cols(), masks);
        }
        for (int i = 0; i < masks.length; i++) {
            copyRow(kernels, firstRow + i, next != null && !transposable, masks[i]);
            if (next != null) {
                codes.pack(masks[i], next, firstRow + i);
            }
        }
    }

    private void copyRow(MaskKernels kernels, int row, boolean choose, long[] mask) {
        NmPattern pattern = mask();
        long keptOffset = (long) row * pattern.rowElements() * Float.BYTES;
        MemorySegment blocks = null;
        long firstBlock = 0;
        int blockCols = w.cols();
        long blockBytes = 0;
        if (inBlocks != null) {
            BlockPattern grid = inBlocks.pattern();
            blocks = inBlocks.memory();
            blockCols = grid.blockCols();
            blockBytes = (long) grid.blockRows() * blockCols * Float.BYTES;
            firstBlock = (long) row / grid.blockRows() * grid.gridCols() * blockBytes
                    + (long) row % grid.blockRows() * blockCols * Float.BYTES;
        }
        if (choose) {
            kernels.copyLargest(
                    w.segment(),
                    offset(row),
                    pattern.n(),
                    pattern.m(),
                    w.cols(),
                    mask,
                    kept.memory(),
                    keptOffset,
                    blocks,
                    firstBlock,
                    blockCols,
                    blockBytes);
        } else {
            kernels.copy(
                    w.segment(),
                    offset(row),
                    w.cols(),
                    mask,
                    kept.memory(),
                    keptOffset,
                    blocks,
                    firstBlock,
                    blockCols,
                    blockBytes);
        }
    }

    /** Writes what is kept of the columns of a tile of rows to panels, behind the tiles before. */
    private void gatherColumns(int firstRow, int tile, long[][] masks, int worker) {
        if (transposed != null) {
            int n = mask().n();
            Providers.active()
                    .masks()
                    .gatherColumns(
                            w.segment(),
                            offset(firstRow),
                            offset(1),
                            n,
                            w.cols(),
                            masks,
                            columns[worker],
                            (long) tile * n * LANES * Float.BYTES,
                            LANES,
                            panelBytes());
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
