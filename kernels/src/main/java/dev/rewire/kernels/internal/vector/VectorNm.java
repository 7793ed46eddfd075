package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.NmShape;
import dev.rewire.kernels.internal.SpmmIndex;
import dev.rewire.kernels.internal.SpmmKernel;
import dev.rewire.kernels.internal.SpmmOperands;

/** SpMM with N:M weights by generated tiles. */
final class VectorNm implements SpmmKernel {
    /** The tile, and one of a single group for what its streams do not divide. */
    private record Tiles(int streams, int vectors, WatchedTile<NmTile> tile, WatchedTile<NmTile> rest) {}

    private static final TileCache<NmShape, Tiles> GENERATED = new TileCache<>(VectorNm::generate);

    private final Tiles tiles;
    private final long operationsOfGroup;

    VectorNm(NmShape shape) {
        tiles = GENERATED.of(shape.withSamples(Span.of(shape.samples()).samples()));
        operationsOfGroup = (1L + shape.rowElements()) * shape.outputs() * (1 + tiles.vectors);
    }

    private static Tiles generate(NmShape shape) {
        Span span = Span.of(shape.samples());
        Span.Turns turns = span.turns(Tiling.powerOfTwo(Tiling.accumulators() / shape.outputs()));
        // Fewer than eight sums in flight would wait for each other: a multiplication takes four cycles, and two start
        // in each.
        int streams = Tiling.powerOfTwo(8 / (shape.outputs() * turns.vectors()));
        WatchedTile<NmTile> tile = NmTileGenerator.generate(shape, streams, turns);
        WatchedTile<NmTile> rest = streams == 1 ? tile : NmTileGenerator.generate(shape, 1, turns);
        return new Tiles(streams, turns.total(), tile, rest);
    }

    @Override
    public void run(SpmmIndex index, int firstGroup, int endGroup, SpmmOperands at) {
        int even = endGroup - (endGroup - firstGroup) % tiles.streams;
        run(tiles.tile, index, firstGroup, even, at);
        run(tiles.rest, index, even, endGroup, at);
    }

    private void run(WatchedTile<NmTile> tile, SpmmIndex index, int firstGroup, int endGroup, SpmmOperands at) {
        if (firstGroup < endGroup) {
            long start = tile.start();
            tile.tile()
                    .run(
                            firstGroup,
                            endGroup,
                            index.places().address(),
                            at.values.address() + at.valuesOffset,
                            at.input.address() + at.inputOffset,
                            at.output.address() + at.outputOffset,
                            at.bias.address(),
                            at.mask.address() + at.maskOffset);
            if (start != WatchedTile.UNTIMED) {
                tile.end(start, (endGroup - firstGroup) * operationsOfGroup);
            }
        }
    }
}
