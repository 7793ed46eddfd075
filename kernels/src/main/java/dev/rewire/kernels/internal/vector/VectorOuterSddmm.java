package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.OuterSddmmKernel;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Sums of outer products by generated tiles, of two blocks of a row at once where they are narrow. */
final class VectorOuterSddmm implements OuterSddmmKernel {
    private static final int MOST_VECTORS = 4;

    /** Fewer rows load an input for too few multiplications, and those of one row wait for each other. */
    private static final int LEAST_ROWS = 4;

    private static final TileCache<OuterSddmmShape, WatchedTile<OuterSddmmTile>> GENERATED =
            new TileCache<>(OuterSddmmGenerator::generate);

    private final WatchedTile<OuterSddmmTile> one;
    private final WatchedTile<OuterSddmmTile> two;
    private final int rows;
    private final int cols;
    private final long featureBytes;
    private final boolean pairs;

    /** Of blocks for which it {@link #pays}, and a gradient whose features are so far apart. */
    VectorOuterSddmm(int rows, int cols, long featureBytes) {
        this.rows = rows;
        this.cols = cols;
        this.featureBytes = featureBytes;
        int vectors = cols / RawMemory.LANES;
        pairs = vectors == 1;
        one = GENERATED.of(new OuterSddmmShape(rows, vectors, 1, featureBytes));
        two = pairs ? GENERATED.of(new OuterSddmmShape(rows, vectors, 2, featureBytes)) : one;
    }

    /** Whether rows are whole vectors, and enough of them. */
    static boolean pays(int rows, int cols) {
        return cols % RawMemory.LANES == 0 && cols / RawMemory.LANES <= MOST_VECTORS && rows >= LEAST_ROWS;
    }

    @Override
    public void run(
            int[] rowStarts,
            int[] colStarts,
            int firstBlock,
            int endBlock,
            int samples,
            boolean add,
            MemorySegment gradient,
            long gradientOffset,
            long sampleBytes,
            MemorySegment strips,
            long stripsOffset,
            long stripBytes,
            MemorySegment values) {
        long bytes = (long) samples * cols * Float.BYTES;
        long gradients = gradient.address() + gradientOffset;
        long inputs = strips.address() + stripsOffset;
        for (int block = firstBlock; block < endBlock; ) {
            boolean pair = pairs && block + 1 < endBlock && rowStarts[block + 1] == rowStarts[block];
            WatchedTile<OuterSddmmTile> tile = pair ? two : one;
            long input = inputs + colStarts[block] / cols * stripBytes;
            long secondInput = pair ? inputs + colStarts[block + 1] / cols * stripBytes : input;
            long start = tile.start();
            tile.tile()
                    .run(
                            gradients + rowStarts[block] * featureBytes,
                            sampleBytes,
                            input,
                            secondInput,
                            bytes,
                            values.address() + (long) block * rows * cols * Float.BYTES,
                            add ? 1 : 0);
            int count = pair ? 2 : 1;
            if (start != WatchedTile.UNTIMED) {
                tile.end(start, (long) count * rows * cols / RawMemory.LANES * (2 + samples));
            }
            block += count;
        }
    }

    @Override
    public void copyStrips(
            MemorySegment source,
            long sourceOffset,
            long sampleBytes,
            int samples,
            int features,
            MemorySegment strips,
            long stripsOffset,
            long stripBytes) {
        int rowBytes = cols * Float.BYTES;
        int whole = features / cols;
        for (int sample = 0; sample < samples; sample++) {
            long from = sourceOffset + sample * sampleBytes;
            long to = stripsOffset + (long) sample * rowBytes;
            for (int strip = 0; strip < whole; strip++) {
                for (int i = 0; i < rowBytes; i += RawMemory.VECTOR_BYTES) {
                    Exact.floats(
                                    RawMemory.SPECIES,
                                    FloatVector.fromMemorySegment(RawMemory.SPECIES, source, from + i, RawMemory.ORDER))
                            .intoMemorySegment(strips, to + i, RawMemory.ORDER);
                }
                from += rowBytes;
                to += stripBytes;
            }
            if (features > whole * cols) {
                MemorySegment.copy(source, from, strips, to, (long) (features - whole * cols) * Float.BYTES);
            }
        }
    }
}
