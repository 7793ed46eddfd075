package dev.rewire.kernels.internal.vector;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.rewire.kernels.internal.CacheSizes;
import dev.rewire.kernels.internal.SddmmKernel;
import dev.rewire.kernels.internal.SddmmShape;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** SDDMM by generated tiles, some blocks at a time, so that their partial sums stay in cache until they are added up. */
final class VectorSddmm implements SddmmKernel {
    /** Elements whose partial sums are kept: with 512-bit vectors half of the first-level cache. */
    static final int ELEMENTS = CacheSizes.items(CacheSizes.L1 / 2, 64, 1024);

    /** A tile, and how many elements of each block it computes. */
    private record Part(WatchedTile<SddmmTile> tile, int elements) {}

    private static final TileCache<SddmmShape, List<Part>> GENERATED = new TileCache<>(VectorSddmm::generate);
    private static final WatchedTile<PartialSums> WRITE = PartialSums.generate(false);
    private static final WatchedTile<PartialSums> ADD = PartialSums.generate(true);

    private final List<Part> parts;
    private final Span span;
    private final boolean accumulate;
    private final int blockElements;
    private final int blocksAtOnce;

    VectorSddmm(SddmmShape shape) {
        span = Span.of(shape.samples());
        // The tiles do not depend on what is done with the sums, and sum over whole vectors.
        parts = GENERATED.of(
                new SddmmShape(shape.rows(), shape.cols(), shape.lanes(), shape.strided(), span.samples(), false));
        accumulate = shape.accumulate();
        blockElements = shape.rows() * shape.cols();
        blocksAtOnce = Math.max(1, ELEMENTS / blockElements);
    }

    private static List<Part> generate(SddmmShape shape) {
        Span span = Span.of(shape.samples());
        if (SddmmRowGenerator.fits(shape, span)) {
            return List.of(new Part(SddmmRowGenerator.generate(shape, span), 1));
        }
        List<Part> parts = new ArrayList<>();
        for (Tiling.Part rows : Tiling.parts(shape.rows(), 4)) {
            for (Tiling.Part cols :
                    Tiling.parts(shape.cols(), Tiling.powerOfTwo(Tiling.accumulators() / rows.size()))) {
                int chains = chains(rows.size(), cols.size());
                parts.add(new Part(
                        SddmmTileGenerator.generate(shape, rows, cols, span.turns(chains)),
                        (rows.to() - rows.from()) * (cols.to() - cols.from())));
            }
        }
        return parts;
    }

    /** As many as there are registers for, with all operands: C2 loads those of all chains before it multiplies. */
    private static int chains(int rows, int cols) {
        int sums = Tiling.accumulators() / (rows * cols);
        int operands = VectorWidth.registers() / (rows * cols + rows + cols);
        return Tiling.powerOfTwo(Math.min(sums, operands));
    }

    @Override
    public long scratchBytes() {
        return scratchBytes(Math.max(ELEMENTS, blockElements));
    }

    /** Bytes of the partial sums of so many elements, and of one group more than whole groups, for the lanes behind the last element. */
    static long scratchBytes(int elements) {
        return (long) (elements + RawMemory.LANES + 1) * RawMemory.VECTOR_BYTES;
    }

    @Override
    public void run(
            int[] rowStarts,
            int[] colStarts,
            int firstBlock,
            int endBlock,
            int panels,
            MemorySegment gradient,
            long gradientStride,
            long gradientFeature,
            MemorySegment input,
            long inputStride,
            long inputFeature,
            MemorySegment values,
            MemorySegment scratch) {
        for (int block = firstBlock; block < endBlock; block += blocksAtOnce) {
            int end = Math.min(block + blocksAtOnce, endBlock);
            for (int i = 0; i < parts.size(); i++) {
                Part part = parts.get(i);
                long start = part.tile.start();
                part.tile
                        .tile()
                        .run(
                                rowStarts,
                                colStarts,
                                block,
                                end,
                                panels,
                                gradient.address(),
                                gradientStride,
                                gradientFeature,
                                input.address(),
                                inputStride,
                                inputFeature,
                                scratch.address());
                if (start != WatchedTile.UNTIMED) {
                    part.tile.end(start, (long) (end - block) * part.elements * (1 + (long) panels * span.vectors()));
                }
            }
            addUp((end - block) * blockElements, scratch, values, (long) block * blockElements, accumulate);
        }
    }

    /** Adds up the lanes of partial sums, which lie at the start of the scratch. */
    static void addUp(
            int elements, MemorySegment scratch, MemorySegment values, long firstElement, boolean accumulate) {
        int groups = elements / RawMemory.LANES;
        long target = values.address() + firstElement * Float.BYTES;
        PartialSums.run(accumulate ? ADD : WRITE, scratch.address(), groups, target);
        int done = groups * RawMemory.LANES;
        if (done < elements) {
            // A last group takes what the scratch holds behind the elements; those lanes are not copied.
            long sums = scratch.byteSize() - RawMemory.VECTOR_BYTES;
            PartialSums.run(
                    WRITE, scratch.address() + (long) done * RawMemory.VECTOR_BYTES, 1, scratch.address() + sums);
            for (int i = done; i < elements; i++) {
                float sum = scratch.get(JAVA_FLOAT_UNALIGNED, sums + (long) (i - done) * Float.BYTES);
                if (accumulate) {
                    sum += values.getAtIndex(JAVA_FLOAT_UNALIGNED, firstElement + i);
                }
                values.setAtIndex(JAVA_FLOAT_UNALIGNED, firstElement + i, sum);
            }
        }
    }
}
