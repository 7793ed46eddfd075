package dev.rewire.kernels;

import dev.rewire.kernels.internal.SddmmKernel;
import dev.rewire.kernels.internal.SddmmRowsKernel;
import dev.rewire.kernels.internal.SddmmShape;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The product backward to the weights by panels: the lanes of a vector are samples, and are added up at the end. */
final class PanelSddmm {
    private final KernelArena arena;
    private final int lanes;
    private final boolean accumulate;
    private final SddmmKernel kernel;
    private final SddmmKernel addingKernel;

    private final MemorySegment[] scratch;
    private final int samples;
    private final boolean inTurns;
    private BlockPattern pattern;

    /** Of single elements, for which it does without an index of their own. */
    private final @Nullable SddmmRowsKernel rowsKernel;

    /** For each worker the sums of a tile, which wait to be brought to their places. */
    private final MemorySegment[] sumsOfTile;

    private @Nullable SddmmTiles tiles;
    private @Nullable SddmmSquares squares;
    private MemorySegment sums = MemorySegment.NULL;

    /**
     * Without tiles, until {@link #replan}.
     *
     * @param arena the plan's scratch
     * @param dw what is written
     * @param strided whether features of a panel may be farther apart than its lanes are long
     * @param inTurns whether not all panels may come at once
     */
    PanelSddmm(
            KernelArena arena,
            StoredValues dw,
            int batch,
            boolean strided,
            boolean inTurns,
            boolean accumulate,
            int threads) {
        this.arena = arena;
        this.inTurns = inTurns;
        this.accumulate = accumulate;
        lanes = PanelMatrix.lanesFor(batch);
        pattern = dw.pattern();
        samples = Math.min(batch, lanes);
        SddmmShape adding = new SddmmShape(pattern.blockRows(), pattern.blockCols(), lanes, strided, samples, true);
        SddmmShape overwriting =
                new SddmmShape(pattern.blockRows(), pattern.blockCols(), lanes, strided, samples, false);
        addingKernel = Providers.active().sddmm(adding);
        kernel = accumulate ? addingKernel : Providers.active().sddmm(overwriting);
        scratch = new MemorySegment[threads];
        for (int worker = 0; worker < threads; worker++) {
            scratch[worker] = arena.allocate(kernel.scratchBytes());
        }
        rowsKernel = pattern.blockRows() * pattern.blockCols() == 1
                ? Providers.active().sddmmRows(lanes, samples, BlockPattern.areNarrow(pattern.cols()))
                : null;
        sumsOfTile = new MemorySegment[threads];
        Arrays.fill(sumsOfTile, MemorySegment.NULL);
    }

    /** So many panels or less: sums are added in the same order then, however many of them are packed at once. */
    static int wholeTurns(long panels) {
        return (int) (panels < SquareOrder.PANELS ? panels : panels - panels % SquareOrder.PANELS);
    }

    /** Sets the pattern. */
    void replan(BlockPattern to) {
        pattern = to;
        tiles = null; // until all is done
        squares = null;
        if (lanes < 64) {
            return;
        }
        SddmmSquares matched = SddmmSquares.of(pattern, lanes, samples);
        if (matched != null) {
            reserveSums(SquareOrder.mostElements(pattern));
            squares = matched;
        } else if (rowsKernel != null && SddmmTiles.pay(pattern)) {
            tiles = tilesOf(pattern, rowsKernel.panelsAtOnce());
        }
    }

    private SddmmTiles tilesOf(BlockPattern of, int panelsAtOnce) {
        SddmmTiles next = new SddmmTiles(of, panelsAtOnce);
        next.replan(of);
        long bytes = (long) next.mostElements() * Float.BYTES;
        if (sumsOfTile[0].byteSize() < bytes) {
            // The tiles of another pattern are hardly larger.
            Arrays.setAll(sumsOfTile, worker -> arena.allocate(bytes + bytes / 4));
        }
        if (inTurns && accumulate) {
            reserveSums(of.blocks());
        }
        return next;
    }

    private void reserveSums(long elements) {
        if (sums.byteSize() < elements * Float.BYTES) {
            sums = arena.allocate(elements * Float.BYTES);
        }
    }

    /** Bytes of what tells where elements lie, and of sums that wait for the panels to come. */
    long heldBytes() {
        return sums.byteSize()
                + (tiles == null ? 0 : (long) Integer.BYTES * tiles.starts().length)
                + (squares == null ? 0 : squares.order().heldBytes());
    }

    /** Whether elements are computed tile by tile or row by row, and not block by block. */
    boolean byPattern() {
        return rowsKernel != null || squares != null;
    }

    /** Computes blocks over some panels, the first of the batch or others. */
    void run(
            int[] rowStarts,
            int[] colStarts,
            int firstBlock,
            int endBlock,
            boolean isFirst,
            int panels,
            MemorySegment gradient,
            long gradientStride,
            long gradientFeature,
            MemorySegment input,
            long inputStride,
            long inputFeature,
            MemorySegment target,
            int worker) {
        (isFirst ? kernel : addingKernel)
                .run(
                        rowStarts,
                        colStarts,
                        firstBlock,
                        endBlock,
                        panels,
                        gradient,
                        gradientStride,
                        gradientFeature,
                        input,
                        inputStride,
                        inputFeature,
                        target,
                        scratch[worker]);
    }

    /** Computes the elements of a task over some panels, and brings them to where they belong, those of squares after the last of the batch. */
    void run(
            int task,
            int tasks,
            boolean isFirst,
            boolean isLast,
            int panels,
            PanelMatrix gradient,
            PanelMatrix input,
            MemorySegment target,
            int worker) {
        if (squares != null) {
            squares.run(task, tasks, isFirst, isLast, panels, gradient, input, sums, target, accumulate);
        } else if (tiles != null) {
            runTiles(tiles, task, tasks, isFirst, isLast, panels, gradient, input, target, worker);
        } else {
            int first = (int) ((long) task * pattern.blocks() / tasks);
            int end = (int) ((task + 1L) * pattern.blocks() / tasks);
            if (first < end) {
                int[] starts = pattern.offsets();
                int firstRow = pattern.gridRow(first);
                boolean add = accumulate || !isFirst;
                run(
                        starts,
                        0,
                        1,
                        firstRow,
                        pattern.gridRow(end - 1) + 1,
                        first,
                        end,
                        panels,
                        gradient,
                        input,
                        target,
                        first,
                        add,
                        worker);
            }
        }
    }

    private void runTiles(
            SddmmTiles of,
            int task,
            int tasks,
            boolean isFirst,
            boolean isLast,
            int panels,
            PanelMatrix gradient,
            PanelMatrix input,
            MemorySegment target,
            int worker) {
        boolean isOneTurn = isFirst && isLast;
        // What is added to dW is the sum of all turns.
        MemorySegment sumsOfTurns = accumulate && !isOneTurn ? sums : target;
        boolean add = !isFirst || (accumulate && isOneTurn);
        MemorySegment ofTile = sumsOfTile[worker];
        int end = (int) ((task + 1L) * of.count() / tasks);
        for (int tile = (int) ((long) task * of.count() / tasks); tile < end; tile++) {
            int first = of.firstRow(tile);
            run(
                    of.starts(),
                    of.from(tile),
                    of.to(tile),
                    first,
                    of.endRow(tile),
                    of.firstElement(tile),
                    of.endElement(tile),
                    panels,
                    gradient,
                    input,
                    ofTile,
                    0,
                    false,
                    worker);
            of.store(tile, ofTile, sumsOfTurns, add);
            if (accumulate && isLast && !isOneTurn) {
                of.add(tile, sumsOfTurns, target);
            }
        }
    }

    private void run(
            int[] starts,
            int from,
            int to,
            int firstRow,
            int endRow,
            int firstElement,
            int endElement,
            int panels,
            PanelMatrix gradient,
            PanelMatrix input,
            MemorySegment target,
            long firstSum,
            boolean add,
            int worker) {
        if (rowsKernel == null) {
            throw new AssertionError("no rows");
        }
        rowsKernel.run(
                starts,
                pattern.narrowCols(),
                pattern.wideCols(),
                from,
                to,
                firstRow,
                endRow,
                firstElement,
                endElement,
                panels,
                gradient.segment(),
                gradient.panelStride() * Float.BYTES,
                input.segment(),
                input.panelStride() * Float.BYTES,
                target,
                firstSum,
                add,
                scratch[worker]);
    }
}
