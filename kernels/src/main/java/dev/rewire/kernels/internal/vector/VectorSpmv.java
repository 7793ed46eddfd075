package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.ValueType;
import dev.rewire.kernels.internal.SpmmIndex;
import dev.rewire.kernels.internal.SpmmShape;
import dev.rewire.kernels.internal.SpmvKernel;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Products of one sample by generated tiles. */
class VectorSpmv implements SpmvKernel {
    /** The tile, and one that may not take all values and inputs, but is faster. */
    private record Tiles(
            WatchedTile<SpmvTile> all, @Nullable WatchedTile<SpmvTile> scaled) {}

    /** Blocks as a tile sees them, and floats of the inputs for each. */
    private record Key(SpmmShape shape, int copies) {}

    private static final TileCache<Key, Tiles> GENERATED = new TileCache<>(VectorSpmv::generate);
    private static final WatchedTile<PartialSums> ADD_UP = PartialSums.generate(false);

    /** Values of one use each come from memory, which may take as long as some operations. */
    static final int FROM_MEMORY = 2;

    private final Tiles tiles;
    private final boolean partial;
    private final int outputsOfGroup;
    private final long vectorsOfBlock;

    VectorSpmv(SpmmShape shape, int copies) {
        tiles = GENERATED.of(new Key(shape, copies));
        partial = SpmvTileGenerator.isForward(shape);
        outputsOfGroup = shape.outputs();
        vectorsOfBlock = shape.blockElements() / RawMemory.LANES;
    }

    private static Tiles generate(Key key) {
        SpmmShape shape = key.shape;
        boolean scaled = shape.type() == ValueType.F16 && SpmvTileGenerator.isForward(shape);
        return new Tiles(
                SpmvTileGenerator.generate(shape, key.copies, false),
                scaled ? SpmvTileGenerator.generate(shape, key.copies, true) : null);
    }

    @Override
    public long scratchBytes(int outputs) {
        long sums = roundUp(outputs) * Float.BYTES;
        return partial ? sums + (roundUp(outputs) + 1) * RawMemory.VECTOR_BYTES : sums;
    }

    static long roundUp(int outputs) {
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
        int outputs = outputs(endGroup - firstGroup);
        long sums = scratch.address();
        long target = partial ? sums + roundUp(outputs) * Float.BYTES : sums;
        WatchedTile<SpmvTile> scaled = tiles.scaled;
        if (scaled == null) {
            run(tiles.all, index, firstGroup, endGroup, values, inputs, target);
        } else {
            run(scaled, index, firstGroup, endGroup, values, inputs, target);
            long end = target + (long) (endGroup - firstGroup) * outputsOfGroup * RawMemory.VECTOR_BYTES;
            if (!ScaledHalves.areExact(scratch, end - sums)) {
                run(tiles.all, index, firstGroup, endGroup, values, inputs, target);
            }
        }
        if (partial) {
            addUp(outputs, target, sums);
        }
    }

    /** Outputs of some groups. */
    int outputs(int groups) {
        return groups * outputsOfGroup;
    }

    /** Adds up the lanes of the vectors that were left for some outputs. */
    void addUp(int outputs, long partials, long sums) {
        PartialSums.run(ADD_UP, partials, (int) (roundUp(outputs) / RawMemory.LANES), sums);
    }

    private void run(
            WatchedTile<SpmvTile> tile,
            SpmmIndex index,
            int firstGroup,
            int endGroup,
            MemorySegment values,
            MemorySegment inputs,
            long target) {
        long start = tile.start();
        tile.tile()
                .run(
                        index.offsets(),
                        index.inputs(),
                        index.blocks(),
                        firstGroup,
                        endGroup,
                        values.address(),
                        inputs.address(),
                        target);
        if (start != WatchedTile.UNTIMED) {
            int blocks = index.offsets()[endGroup] - index.offsets()[firstGroup];
            int outputs = (endGroup - firstGroup) * outputsOfGroup;
            tile.end(start, blocks * (1 + FROM_MEMORY * vectorsOfBlock) + outputs);
        }
    }
}
