package dev.rewire.kernels;

import dev.rewire.kernels.internal.SddmmKernel;
import dev.rewire.kernels.internal.SddmmShape;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The product backward to the weights by panels: the lanes of a vector are samples, and are added up at the end. */
final class PanelSddmm {
    private final KernelArena arena;
    private final int lanes;
    private final boolean accumulate;
    private final SddmmKernel kernel;
    private final SddmmKernel addingKernel;

    /** Overwrites: sums of tiles are added to dW, if they are to be, when all are done. */
    private final SddmmKernel tileKernel;

    private final MemorySegment[] scratch;
    private final int samples;
    private @Nullable SddmmTiles tiles;
    private @Nullable SddmmSquares squares;
    private MemorySegment sums = MemorySegment.NULL;

    /**
     * Without tiles, until {@link #replan}.
     *
     * @param arena the plan's scratch
     * @param dw what is written
     * @param strided whether features of a panel may be farther apart than its lanes are long
     */
    PanelSddmm(KernelArena arena, StoredValues dw, int batch, boolean strided, boolean accumulate, int threads) {
        this.arena = arena;
        this.accumulate = accumulate;
        lanes = PanelMatrix.lanesFor(batch);
        BlockPattern pattern = dw.pattern();
        samples = Math.min(batch, lanes);
        SddmmShape adding = new SddmmShape(pattern.blockRows(), pattern.blockCols(), lanes, strided, samples, true);
        SddmmShape overwriting =
                new SddmmShape(pattern.blockRows(), pattern.blockCols(), lanes, strided, samples, false);
        addingKernel = Providers.active().sddmm(adding);
        tileKernel = Providers.active().sddmm(overwriting);
        kernel = accumulate ? addingKernel : tileKernel;
        scratch = new MemorySegment[threads];
        for (int worker = 0; worker < threads; worker++) {
            scratch[worker] = arena.allocate(kernel.scratchBytes());
        }
    }

    /** So many panels or less: sums are added in the same order then, however many of them are packed at once. */
    static int wholeTurns(long panels) {
        return (int) (panels < SquareOrder.PANELS ? panels : panels - panels % SquareOrder.PANELS);
    }

    /** Sets the pattern. */
    void replan(BlockPattern pattern) {
        tiles = null; // until all is done
        squares = null;
        if (lanes < 64 || kernel.panelsAtOnce() == 0) {
            return;
        }
        SddmmSquares matched = SddmmSquares.of(pattern, lanes, samples);
        if (matched != null) {
            reserveSums(SquareOrder.mostElements(pattern));
            squares = matched;
        } else if (SddmmTiles.pay(pattern)) {
            SddmmTiles next = new SddmmTiles(pattern, kernel.panelsAtOnce());
            next.replan(pattern);
            reserveSums(pattern.blocks());
            tiles = next;
        }
    }

    private void reserveSums(long elements) {
        if (sums.byteSize() < elements * Float.BYTES) {
            sums = arena.allocate(elements * Float.BYTES);
        }
    }

    /** Whether elements are computed tile by tile, and not block by block. */
    boolean byTiles() {
        return tiles != null || squares != null;
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

    /** Computes the tiles of a task over some panels, and after the last of the batch brings them to where they belong. */
    void runTiles(
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
            return;
        }
        SddmmTiles of = tiles;
        if (of == null) {
            throw new AssertionError("no tiles");
        }
        long featureBytes = (long) lanes * Float.BYTES;
        int end = (int) ((task + 1L) * of.count() / tasks);
        for (int tile = (int) ((long) task * of.count() / tasks); tile < end; tile++) {
            (isFirst ? tileKernel : addingKernel)
                    .run(
                            of.rows(),
                            of.cols(),
                            of.firstElement(tile),
                            of.firstElement(tile + 1),
                            panels,
                            gradient.segment(),
                            gradient.panelStride() * Float.BYTES,
                            featureBytes,
                            input.segment(),
                            input.panelStride() * Float.BYTES,
                            featureBytes,
                            sums,
                            scratch[worker]);
            if (isLast) {
                of.store(tile, sums, target, accumulate);
            }
        }
    }
}
