package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.NmShape;
import dev.rewire.kernels.internal.NmSpmvKernel;
import dev.rewire.kernels.internal.SpmmIndex;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Products of one sample and N:M weights by generated tiles. */
final class VectorNmSpmv implements NmSpmvKernel {
    /** The tile, and one of a single row for what its streams do not divide. */
    private record Tiles(int streams, NmSpmvTile tile, NmSpmvTile rest) {}

    private static final Map<NmShape, Tiles> GENERATED = new ConcurrentHashMap<>();
    private static final PartialSums ADD_UP = PartialSums.generate(false);

    private final Tiles tiles;
    private final NmSelectors layout;
    private final int outputsOfGroup;

    VectorNmSpmv(NmShape shape) {
        tiles = GENERATED.computeIfAbsent(shape, VectorNmSpmv::generate);
        layout = new NmSelectors(shape);
        outputsOfGroup = shape.outputs();
    }

    /** Rows at once: one stream of values is not read as fast as memory could deliver them, but widening takes registers. */
    private static Tiles generate(NmShape shape) {
        int streams = switch (shape.type()) {
            case F32 -> 4;
            case BF16 -> 4;
            case F16 -> 2;
        };
        return new Tiles(streams, NmSpmvTileGenerator.generate(shape, streams), NmSpmvTileGenerator.generate(shape, 1));
    }

    @Override
    public long selectorBytes(int rows) {
        // Four bytes are read where the last selectors begin.
        return rows * layout.rowBytes() + Integer.BYTES;
    }

    @Override
    public void select(byte[] codes, int rows, MemorySegment selectors) {
        layout.write(codes, rows, selectors);
    }

    @Override
    public long scratchBytes(int outputs) {
        return roundUp(outputs) * (Float.BYTES + RawMemory.VECTOR_BYTES);
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
            MemorySegment scratch) {
        long outputs = roundUp((endGroup - firstGroup) * outputsOfGroup);
        long sums = scratch.address();
        long partials = sums + outputs * Float.BYTES;
        int first = firstGroup * outputsOfGroup;
        int end = endGroup * outputsOfGroup;
        int even = end - (end - first) % tiles.streams;
        long selectors = index.selectors().address();
        tiles.tile.run(first, even, selectors, values.address(), inputs.address(), partials);
        long rest = partials + (long) (even - first) * RawMemory.VECTOR_BYTES;
        tiles.rest.run(even, end, selectors, values.address(), inputs.address(), rest);
        ADD_UP.run(partials, (int) (outputs / RawMemory.LANES), sums);
    }
}
