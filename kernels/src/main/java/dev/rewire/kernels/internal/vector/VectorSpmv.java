package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.SpmmIndex;
import dev.rewire.kernels.internal.SpmmShape;
import dev.rewire.kernels.internal.SpmvKernel;
import java.lang.foreign.MemorySegment;

/** Products of one sample by generated tiles. */
final class VectorSpmv implements SpmvKernel {
    private static final TileCache<SpmmShape, WatchedTile<SpmvTile>> GENERATED =
            new TileCache<>(SpmvTileGenerator::generate);
    private static final WatchedTile<PartialSums> ADD_UP = PartialSums.generate(false);

    /** Values of one use each come from memory, which may take as long as some operations. */
    static final int FROM_MEMORY = 2;

    private final WatchedTile<SpmvTile> tile;
    private final boolean partial;
    private final int outputsOfGroup;
    private final long vectorsOfBlock;

    VectorSpmv(SpmmShape shape) {
        tile = GENERATED.of(shape);
        partial = SpmvTileGenerator.isForward(shape);
        outputsOfGroup = shape.outputs();
        vectorsOfBlock = shape.blockElements() / RawMemory.LANES;
    }

    @Override
    public long scratchBytes(int outputs) {
        long sums = roundUp(outputs) * Float.BYTES;
        return partial ? sums + roundUp(outputs) * RawMemory.VECTOR_BYTES : sums;
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
        long outputs = roundUp((endGroup - firstGroup) * outputsOfGroup);
        long sums = scratch.address();
        long target = partial ? sums + outputs * Float.BYTES : sums;
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
            tile.end(start, blocks * (1 + FROM_MEMORY * vectorsOfBlock) + outputs);
        }
        if (partial) {
            PartialSums.run(ADD_UP, target, (int) (outputs / RawMemory.LANES), sums);
        }
    }
}
