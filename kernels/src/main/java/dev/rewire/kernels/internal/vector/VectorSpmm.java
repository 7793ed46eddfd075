package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.SpmmIndex;
import dev.rewire.kernels.internal.SpmmKernel;
import dev.rewire.kernels.internal.SpmmOperands;
import dev.rewire.kernels.internal.SpmmShape;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** SpMM by generated tiles; one set of tiles serves all plans of a shape. */
final class VectorSpmm implements SpmmKernel {
    private record Pass(SpmmTile tile, int laneBytes) {}

    /** Samples of a tile of one output: more at once were slower for 1×1 blocks, with vectors of 256 bits as of 512 (docs/performance.md). */
    private static final int SAMPLES_OF_ROW = 32;

    private static final Map<SpmmShape, List<Pass>> GENERATED = new ConcurrentHashMap<>();

    private final List<Pass> passes;
    private final int panelBytes;

    VectorSpmm(SpmmShape shape) {
        passes = GENERATED.computeIfAbsent(shape, VectorSpmm::generate);
        panelBytes = shape.lanes() * Float.BYTES;
    }

    private static List<Pass> generate(SpmmShape shape) {
        int vectorsOfPanel = shape.lanes() / RawMemory.LANES;
        // A tile as tall as wide loads least; where the panel is narrow it must be tall to keep enough sums in flight.
        int size = Math.max(4, Tiling.accumulators() / 2 / vectorsOfPanel);
        return Tiling.parts(shape.outputs(), size).stream()
                .map(part -> {
                    int most =
                            part.size() == 1 ? SAMPLES_OF_ROW / RawMemory.LANES : Tiling.accumulators() / part.size();
                    int vectors = Math.min(vectorsOfPanel, Tiling.powerOfTwo(most));
                    return new Pass(SpmmTileGenerator.generate(shape, part, vectors), vectors * RawMemory.VECTOR_BYTES);
                })
                .toList();
    }

    @Override
    public void run(SpmmIndex index, int firstGroup, int endGroup, SpmmOperands at) {
        long input = at.input.address() + at.inputOffset;
        long output = at.output.address() + at.outputOffset;
        long mask = at.mask.address() + at.maskOffset;
        for (int pass = 0; pass < passes.size(); pass++) {
            SpmmTile tile = passes.get(pass).tile;
            int laneBytes = passes.get(pass).laneBytes;
            for (int lane = 0; lane < panelBytes; lane += laneBytes) {
                tile.run(
                        index.offsets(),
                        index.inputs(),
                        index.blocks(),
                        firstGroup,
                        endGroup,
                        at.values.address(),
                        input + lane,
                        output + lane,
                        at.bias.address(),
                        mask + lane);
            }
        }
    }
}
