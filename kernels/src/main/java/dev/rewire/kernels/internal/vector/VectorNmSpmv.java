package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.NmShape;
import dev.rewire.kernels.internal.SpmmIndex;
import dev.rewire.kernels.internal.SpmvKernel;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Products of one sample and N:M weights by generated tiles. */
final class VectorNmSpmv implements SpmvKernel {
    private static final Map<NmShape, NmSpmvTile> GENERATED = new ConcurrentHashMap<>();
    private static final PartialSums ADD_UP = PartialSums.generate(false);

    private final NmSpmvTile tile;
    private final int outputsOfGroup;

    VectorNmSpmv(NmShape shape) {
        tile = GENERATED.computeIfAbsent(shape, NmSpmvTileGenerator::generate);
        outputsOfGroup = shape.outputs();
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
        tile.run(
                firstGroup * outputsOfGroup,
                endGroup * outputsOfGroup,
                index.codes().address(),
                values.address(),
                inputs.address(),
                partials);
        ADD_UP.run(partials, (int) (outputs / RawMemory.LANES), sums);
    }
}
