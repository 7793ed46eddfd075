package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.SddmmRowsKernel;
import java.lang.foreign.MemorySegment;

/** SDDMM of single elements by generated tiles, some rows at a time, so that their partial sums stay in cache until they are added up. */
final class VectorSddmmRows implements SddmmRowsKernel {
    private record Key(int lanes, int samples, boolean narrow) {}

    private static final TileCache<Key, WatchedTile<SddmmRowsTile>> GENERATED =
            new TileCache<>(key -> SddmmRowGenerator.generateRows(key, key.lanes, Span.of(key.samples), key.narrow));

    private final WatchedTile<SddmmRowsTile> tile;
    private final Span span;

    VectorSddmmRows(int lanes, int samples, boolean narrow) {
        span = Span.of(samples);
        tile = GENERATED.of(new Key(lanes, span.samples(), narrow));
    }

    @Override
    public int panelsAtOnce() {
        return SddmmRowGenerator.panelsAtOnce(span);
    }

    @Override
    public long scratchBytes() {
        return VectorSddmm.scratchBytes(VectorSddmm.ELEMENTS);
    }

    @Override
    public void run(
            int[] starts,
            char[] narrowCols,
            int[] wideCols,
            int from,
            int to,
            int firstRow,
            int endRow,
            int firstElement,
            int endElement,
            int panels,
            MemorySegment gradient,
            long gradientStride,
            MemorySegment input,
            long inputStride,
            MemorySegment sums,
            long firstSum,
            boolean add,
            MemorySegment scratch) {
        long sum = firstSum;
        int row = firstRow;
        int element = firstElement;
        while (row < endRow) {
            int first = row;
            int firstOfRow = element;
            int elements = 0;
            int end = element;
            // Rows as a whole, and of the last one as many elements as there is room for.
            while (row < endRow && elements < VectorSddmm.ELEMENTS) {
                int endOfRow = Math.min(starts[row + to], endElement);
                end = Math.min(endOfRow, element + VectorSddmm.ELEMENTS - elements);
                elements += end - element;
                element = end;
                if (end == endOfRow && ++row < endRow) {
                    element = starts[row + from];
                }
            }
            run(
                    starts,
                    narrowCols,
                    wideCols,
                    from,
                    to,
                    first,
                    row < endRow && end > starts[row + from] ? row + 1 : row,
                    firstOfRow,
                    end,
                    panels,
                    gradient.address(),
                    gradientStride,
                    input.address(),
                    inputStride,
                    scratch.address(),
                    elements);
            VectorSddmm.addUp(elements, scratch, sums, sum, add);
            sum += elements;
        }
    }

    private void run(
            int[] starts,
            char[] narrowCols,
            int[] wideCols,
            int from,
            int to,
            int firstRow,
            int endRow,
            int firstElement,
            int endElement,
            int panels,
            long gradient,
            long gradientStride,
            long input,
            long inputStride,
            long partials,
            int elements) {
        long start = tile.start();
        tile.tile()
                .run(
                        starts,
                        narrowCols,
                        wideCols,
                        from,
                        to,
                        firstRow,
                        endRow,
                        firstElement,
                        endElement,
                        panels,
                        gradient,
                        gradientStride,
                        input,
                        inputStride,
                        partials);
        if (start != WatchedTile.UNTIMED) {
            tile.end(start, (long) elements * (1 + (long) panels * span.vectors()) + endRow - firstRow);
        }
    }
}
