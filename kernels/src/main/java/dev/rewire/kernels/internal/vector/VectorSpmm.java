package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.SpmmIndex;
import dev.rewire.kernels.internal.SpmmKernel;
import dev.rewire.kernels.internal.SpmmOperands;
import dev.rewire.kernels.internal.SpmmShape;
import java.util.List;

/** SpMM by generated tiles; one set of tiles serves all plans of a shape. */
final class VectorSpmm implements SpmmKernel {
    /** A tile, and how many vectors it computes of each group. */
    private record Part(WatchedTile<SpmmTile> tile, int vectors) {}

    private static final TileCache<SpmmShape, List<Part>> GENERATED = new TileCache<>(VectorSpmm::generate);

    private final List<Part> parts;
    private final int steps;

    VectorSpmm(SpmmShape shape) {
        parts = GENERATED.of(shape.withSamples(Span.of(shape.samples()).samples()));
        steps = shape.steps();
    }

    private static List<Part> generate(SpmmShape shape) {
        Span span = Span.of(shape.samples());
        return Tiling.parts(shape.outputs(), outputsOfTile(span)).stream()
                .map(part -> {
                    Span.Turns turns = turnsOfTile(span, part.size());
                    return new Part(
                            SpmmTileGenerator.generate(shape, part, turns), (part.to() - part.from()) * turns.total());
                })
                .toList();
    }

    /**
     * A tile as tall as wide loads least; where samples are few it must be tall to keep enough sums in flight. Where C1 may not be kept away it has not the registers
     * for the code of 16 sums.
     */
    static int outputsOfTile(Span span) {
        int least = span.vectors() >= 4 && CompilerRequests.absence().isPresent() ? 3 : 4;
        return Math.max(least, Tiling.accumulators() / 2 / Tiling.powerOfTwo(2 * span.vectors() - 1));
    }

    static Span.Turns turnsOfTile(Span span, int outputs) {
        return span.turns(Tiling.powerOfTwo(Tiling.accumulators() / outputs));
    }

    @Override
    public void run(SpmmIndex index, int firstGroup, int endGroup, SpmmOperands at) {
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            long start = part.tile.start();
            run(part.tile.tile(), index, firstGroup, endGroup, at);
            if (start != WatchedTile.UNTIMED) {
                part.tile.end(start, operations(index, firstGroup, endGroup, part.vectors));
            }
        }
    }

    private static void run(SpmmTile tile, SpmmIndex index, int firstGroup, int endGroup, SpmmOperands at) {
        int stride = index.cutStride();
        long addend = at.addend.address() == 0 ? 0 : at.addend.address() - at.output.address();
        for (int chunk = 0; chunk < index.chunks(); chunk++) {
            tile.run(
                    index.cuts(),
                    index.inputs(),
                    index.blocks(),
                    firstGroup,
                    endGroup,
                    at.values.address() + at.valuesOffset,
                    at.input.address() + at.inputOffset,
                    at.output.address() + at.outputOffset,
                    at.bias.address(),
                    at.mask.address() + at.maskOffset,
                    chunk * stride,
                    (chunk + 1) * stride,
                    chunk == index.chunks() - 1 ? 1 : 0,
                    at.inputStride,
                    at.outputStride,
                    index.narrowInputs(),
                    addend);
        }
    }

    /** Each item costs its addresses, too, and each chunk its sums. */
    private long operations(SpmmIndex index, int firstGroup, int endGroup, int vectors) {
        int items = index.offsets()[endGroup] - index.offsets()[firstGroup];
        return items * (1 + (long) steps * vectors) + ((long) endGroup - firstGroup) * index.chunks() * vectors;
    }
}
