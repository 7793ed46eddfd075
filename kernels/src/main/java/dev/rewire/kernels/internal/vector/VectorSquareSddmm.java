package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.SddmmShape;
import dev.rewire.kernels.internal.SquareSddmmKernel;
import java.lang.foreign.MemorySegment;

/** SDDMM of squares by generated tiles. */
final class VectorSquareSddmm implements SquareSddmmKernel {
    private static final TileCache<SddmmShape, WatchedTile<SquareSddmmTile>> GENERATED =
            new TileCache<>(SquareSddmmGenerator::generate);

    private final WatchedTile<SquareSddmmTile> squares;
    private final WatchedTile<SquareSddmmTile> halves;
    private final int vectors;

    /** Where single elements have the same order of sums: an element has the same bits in every pattern. */
    static boolean fit(int lanes, int samples) {
        return SddmmRowGenerator.fits(new SddmmShape(1, 1, lanes, false, samples, false), Span.of(samples));
    }

    VectorSquareSddmm(int lanes, int samples, boolean accumulate) {
        Span span = Span.of(samples);
        squares = GENERATED.of(
                new SddmmShape(SquareSddmmGenerator.mostRows(), SIDE, lanes, false, span.samples(), accumulate));
        halves = GENERATED.of(new SddmmShape(HALF, SIDE, lanes, false, span.samples(), accumulate));
        vectors = span.vectors();
    }

    @Override
    public void run(
            int[] rows,
            int[] cols,
            int firstRow,
            int endOfSquares,
            int endRow,
            int firstPanel,
            int panels,
            MemorySegment gradient,
            long gradientStride,
            MemorySegment input,
            long inputStride,
            MemorySegment sums) {
        long g = gradient.address() + firstPanel * gradientStride;
        long x = input.address() + firstPanel * inputStride;
        run(squares, rows, cols, firstRow, endOfSquares, panels, g, gradientStride, x, inputStride, sums);
        run(halves, rows, cols, endOfSquares, endRow, panels, g, gradientStride, x, inputStride, sums);
    }

    private void run(
            WatchedTile<SquareSddmmTile> tile,
            int[] rows,
            int[] cols,
            int firstRow,
            int endRow,
            int panels,
            long gradient,
            long gradientStride,
            long input,
            long inputStride,
            MemorySegment sums) {
        long start = tile.start();
        tile.tile()
                .run(
                        rows,
                        cols,
                        firstRow,
                        endRow,
                        panels,
                        gradient,
                        gradientStride,
                        input,
                        inputStride,
                        sums.address() + (long) firstRow * SIDE * Float.BYTES);
        if (start != WatchedTile.UNTIMED) {
            // Lanes are exchanged and added as in PartialSums.
            tile.end(start, (long) (endRow - firstRow) * SIDE * (3 + (long) panels * vectors));
        }
    }
}
