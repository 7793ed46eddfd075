package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.WholeBlockSddmmKernel;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;

/** Gradients of blocks that are whole vectors by generated tiles, some vectors of all blocks after the other. */
final class VectorWholeBlockSddmm implements WholeBlockSddmmKernel {
    private static final int LANES = RawMemory.LANES;

    /** More take no less time for each, in tiles that are longer. */
    private static final int MOST_SAMPLES = 16;

    private static final TileCache<WholeBlockSddmmShape, WatchedTile<WholeBlockSddmmTile>> GENERATED =
            new TileCache<>(WholeBlockSddmmGenerator::generate);

    private final int rows;
    private final WholeBlockSddmmShape shape;
    private final WatchedTile<WholeBlockSddmmTile> tile;
    private final int[] inputOfLane = new int[LANES];
    private final int[] gradientOfLane = new int[LANES];

    /** Of blocks that it {@link #fits}, and so many samples, or as many of them as there is room for. */
    VectorWholeBlockSddmm(int rows, int cols, int batch) {
        this.rows = rows;
        int turns = (batch + mostSamples() - 1) / mostSamples();
        shape = new WholeBlockSddmmShape(cols, rows * cols / LANES, (batch + turns - 1) / turns);
        tile = GENERATED.of(shape);
        for (int lane = 0; lane < LANES; lane++) {
            inputOfLane[lane] = lane % cols;
            gradientOfLane[lane] = lane / cols;
        }
    }

    private static int mostSamples() {
        return Math.min(MOST_SAMPLES, WholeBlockSddmmShape.gradients());
    }

    static boolean fits(int rows, int cols) {
        return LANES % cols == 0 && rows * cols % LANES == 0;
    }

    @Override
    public int samples() {
        return shape.samples();
    }

    @Override
    public long inputBytes() {
        return shape.gradientBytes();
    }

    @Override
    public long gradientBytes() {
        return shape.blockVectors() * shape.gradientBytes();
    }

    @Override
    public int margin() {
        return LANES;
    }

    @Override
    public void repeatInputs(
            MemorySegment samples, long offset, long sampleBytes, int first, int end, MemorySegment inputs) {
        repeat(samples.address() + offset, sampleBytes, first, end, shape.cols(), inputOfLane, inputs);
    }

    @Override
    public void repeatGradients(
            MemorySegment samples, long offset, long sampleBytes, int first, int end, MemorySegment gradients) {
        int vectors = shape.blockVectors();
        repeat(
                samples.address() + offset,
                sampleBytes,
                first * vectors,
                end * vectors,
                rows / vectors,
                gradientOfLane,
                gradients);
    }

    /** From each sample as many features to a vector, sample after sample. */
    private void repeat(
            long samples,
            long sampleBytes,
            int first,
            int end,
            int features,
            int[] featureOfLane,
            MemorySegment repeated) {
        IntVector lanes = Exact.ints(RawMemory.INTS, IntVector.fromArray(RawMemory.INTS, featureOfLane, 0));
        long to = repeated.address() + first * shape.gradientBytes();
        for (int i = first; i < end; i++) {
            long from = samples + (long) i * features * Float.BYTES;
            for (int sample = 0; sample < shape.samples(); sample++) {
                IntVector some = Exact.ints(RawMemory.INTS, Exact.load(from).reinterpretAsInts());
                Exact.store(
                        Exact.floats(
                                RawMemory.SPECIES,
                                Exact.ints(RawMemory.INTS, lanes.selectFrom(some))
                                        .reinterpretAsFloats()),
                        to);
                from += sampleBytes;
                to += RawMemory.VECTOR_BYTES;
            }
        }
    }

    @Override
    public void run(
            int[] starts,
            int from,
            int to,
            int firstRow,
            int endRow,
            int[] colStarts,
            boolean add,
            MemorySegment gradients,
            MemorySegment inputs,
            MemorySegment values) {
        int vectors = shape.vectors();
        for (int vector = 0; vector < shape.blockVectors(); vector += vectors) {
            long start = tile.start();
            tile.tile()
                    .run(
                            starts,
                            from,
                            to,
                            firstRow,
                            endRow,
                            colStarts,
                            add ? 1 : 0,
                            gradients.address() + vector * shape.gradientBytes(),
                            inputs.address(),
                            values.address() + (long) vector * RawMemory.VECTOR_BYTES);
            if (start != WatchedTile.UNTIMED) {
                long operations = 0;
                for (int row = firstRow; row < endRow; row++) {
                    operations += (starts[to + row] - starts[from + row]) * (2L + shape.samples()) + shape.samples();
                }
                tile.end(start, vectors * operations);
            }
        }
    }
}
