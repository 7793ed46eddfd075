package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.ValueType;
import dev.rewire.kernels.internal.NmShape;
import dev.rewire.kernels.internal.NmSpmvKernel;
import dev.rewire.kernels.internal.SpmmIndex;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Products of one sample and N:M weights by generated tiles. */
final class VectorNmSpmv implements NmSpmvKernel {
    /** The tile, and one of a single stream for the rows that are left over. */
    private record Tiles(int streams, WatchedTile<NmSpmvTile> tile, WatchedTile<NmSpmvTile> rest) {}

    private static final TileCache<NmShape, Tiles> GENERATED = new TileCache<>(shape -> generate(shape, false));

    /** They may not take all values and inputs, but are faster. */
    private static final TileCache<NmShape, Tiles> SCALED = new TileCache<>(shape -> generate(shape, true));

    private static final WatchedTile<PartialSums> ADD_UP = PartialSums.generate(false);

    private final Tiles tiles;
    private final @Nullable Tiles scaled;
    private final NmSelectors layout;
    private final int outputsOfGroup;
    private final long operationsOfRow;

    VectorNmSpmv(NmShape shape) {
        tiles = GENERATED.of(shape);
        scaled = shape.type() == ValueType.F16 ? SCALED.of(shape) : null;
        layout = new NmSelectors(shape);
        outputsOfGroup = shape.outputs();
        // Each vector of inputs is selected from and blended.
        operationsOfRow =
                (1L + shape.rowElements() / RawMemory.LANES) * (VectorSpmv.FROM_MEMORY + 2 * shape.m() / shape.n());
    }

    /**
     * A processor foresees four streams of values better than one, and two worst. Where selecting or widening takes long code, the values are not what
     * it waits for, and C1 would not have enough registers: without its profile C2 never comes to compile the tile.
     */
    private static Tiles generate(NmShape shape, boolean scaled) {
        int length = new NmSelectors(shape).inputVectors() * (shape.type() == ValueType.F16 ? 2 : 1);
        int streams = length <= 4 ? 4 : 1;
        return new Tiles(
                streams,
                NmSpmvTileGenerator.generate(shape, streams, scaled),
                NmSpmvTileGenerator.generate(shape, 1, scaled));
    }

    @Override
    public long selectorBytes(int rows) {
        // One byte more is read from the last block.
        return rows * layout.rowBytes() + 1;
    }

    @Override
    public void select(byte[] codes, int rows, MemorySegment selectors) {
        layout.write(codes, rows, selectors);
    }

    @Override
    public long scratchBytes(int outputs) {
        return roundUp(outputs) * (Float.BYTES + RawMemory.VECTOR_BYTES) + RawMemory.VECTOR_BYTES;
    }

    private static long roundUp(int outputs) {
        return (long) (outputs + RawMemory.LANES - 1) / RawMemory.LANES * RawMemory.LANES;
    }

    @Override
    public void run(
            SpmmIndex index,
            int firstGroup,
            int endGroup,
            MemorySegment values,
            MemorySegment inputs,
            float[] sample,
            MemorySegment scratch) {
        int first = firstGroup * outputsOfGroup;
        int rows = (endGroup - firstGroup) * outputsOfGroup;
        long partials = scratch.address() + roundUp(rows) * Float.BYTES;
        long selectors = index.selectors().address();
        if (scaled == null || !areExact(scaled, first, rows, selectors, values, inputs, scratch, partials)) {
            run(tiles.tile, tiles.streams, first, rows / tiles.streams, selectors, values, inputs, partials);
            int rest = rows % tiles.streams;
            run(tiles.rest, 1, first + rows - rest, rest, selectors, values, inputs, end(partials, rows - rest));
        }
        PartialSums.run(ADD_UP, partials, (int) (roundUp(rows) / RawMemory.LANES), scratch.address());
    }

    /** Runs tiles of scaled values; whether they noted nothing. */
    private boolean areExact(
            Tiles scaled,
            int first,
            int rows,
            long selectors,
            MemorySegment values,
            MemorySegment inputs,
            MemorySegment scratch,
            long partials) {
        int rest = rows % scaled.streams;
        long partialsOfRest = end(partials, rows - rest);
        run(scaled.tile, scaled.streams, first, rows / scaled.streams, selectors, values, inputs, partials);
        if (rows > rest && !ScaledHalves.areExact(scratch, partialsOfRest - scratch.address())) {
            return false;
        }
        run(scaled.rest, 1, first + rows - rest, rest, selectors, values, inputs, partialsOfRest);
        return rest == 0 || ScaledHalves.areExact(scratch, end(partials, rows) - scratch.address());
    }

    private static long end(long partials, int rows) {
        return partials + (long) rows * RawMemory.VECTOR_BYTES;
    }

    private void run(
            WatchedTile<NmSpmvTile> tile,
            int streams,
            int firstRow,
            int rows,
            long selectors,
            MemorySegment values,
            MemorySegment inputs,
            long target) {
        if (rows > 0) {
            long start = tile.start();
            tile.tile().run(firstRow, rows, selectors, values.address(), inputs.address(), target);
            if (start != WatchedTile.UNTIMED) {
                tile.end(start, (long) rows * streams * operationsOfRow);
            }
        }
    }
}
