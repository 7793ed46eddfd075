package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.SpmmIndex;
import dev.rewire.kernels.internal.SpmmKernel;
import dev.rewire.kernels.internal.SpmmOperands;
import dev.rewire.kernels.internal.SpmmShape;
import java.util.List;

/** SpMM by generated tiles; one set of tiles serves all plans of a shape. */
final class VectorSpmm implements SpmmKernel {
    private static final TileCache<SpmmShape, List<SpmmTile>> GENERATED = new TileCache<>(VectorSpmm::generate);

    private final List<SpmmTile> tiles;

    VectorSpmm(SpmmShape shape) {
        tiles = GENERATED.of(shape);
    }

    private static List<SpmmTile> generate(SpmmShape shape) {
        return Tiling.parts(shape.outputs(), outputsOfTile(shape.lanes())).stream()
                .map(part -> SpmmTileGenerator.generate(shape, part, vectorsOfTile(shape.lanes(), part.size())))
                .toList();
    }

    /** A tile as tall as wide loads least; where the panel is narrow it must be tall to keep enough sums in flight. */
    static int outputsOfTile(int lanes) {
        return Math.max(4, Tiling.accumulators() / 2 / (lanes / RawMemory.LANES));
    }

    static int vectorsOfTile(int lanes, int outputs) {
        return Math.min(lanes / RawMemory.LANES, Tiling.powerOfTwo(Tiling.accumulators() / outputs));
    }

    @Override
    public void run(SpmmIndex index, int firstGroup, int endGroup, SpmmOperands at) {
        int stride = index.cutStride();
        for (int i = 0; i < tiles.size(); i++) {
            for (int chunk = 0; chunk < index.chunks(); chunk++) {
                tiles.get(i)
                        .run(
                                index.cuts(),
                                index.inputs(),
                                index.blocks(),
                                firstGroup,
                                endGroup,
                                at.values.address(),
                                at.input.address() + at.inputOffset,
                                at.output.address() + at.outputOffset,
                                at.bias.address(),
                                at.mask.address() + at.maskOffset,
                                chunk * stride,
                                (chunk + 1) * stride,
                                chunk == index.chunks() - 1 ? 1 : 0);
            }
        }
    }
}
