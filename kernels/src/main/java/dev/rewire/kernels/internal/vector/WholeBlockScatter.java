package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.VectorScatter;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Blocks that are whole vectors, while their rows are parts of one, scattered vector by vector: each is multiplied by the inputs of its lanes, and all of a block are added to
 * one vector of sums for its column. By columns, whose blocks lie anywhere, it takes twice as long.
 */
final class WholeBlockScatter implements VectorScatter {
    private static final int LANES = RawMemory.LANES;

    /** Vectors of a block whose inputs stay in registers. */
    private static final int AT_ONCE = 4;

    private final int rows;
    private final int cols;
    private final int[] inputOfLane = new int[LANES];

    /** For each step of adding lanes up the partner of each lane. */
    private final int[][] partners;

    WholeBlockScatter(int rows, int cols) {
        this.rows = rows;
        this.cols = cols;
        for (int lane = 0; lane < LANES; lane++) {
            inputOfLane[lane] = lane / cols;
        }
        partners = new int[Integer.numberOfTrailingZeros(LANES / cols)][LANES];
        for (int step = 0; step < partners.length; step++) {
            for (int lane = 0; lane < LANES; lane++) {
                partners[step][lane] = lane ^ (LANES >> (step + 1));
            }
        }
    }

    static boolean fits(int rows, int cols) {
        return cols < LANES && LANES % cols == 0 && rows * cols % LANES == 0;
    }

    @Override
    public boolean takesLines() {
        return false;
    }

    @Override
    public int sumsOfColumn() {
        return LANES;
    }

    @Override
    public long inputFloats(int inputs) {
        return inputs;
    }

    @Override
    public void run(
            int[] offsets,
            int[] columns,
            MemorySegment records,
            int linesOfRow,
            int firstRow,
            int endRow,
            MemorySegment values,
            float[] sample,
            MemorySegment inputs,
            MemorySegment sums) {
        int vectors = rows * cols / LANES;
        long blockBytes = (long) vectors * RawMemory.VECTOR_BYTES;
        for (int row = firstRow; row < endRow; row++) {
            int first = offsets[row];
            int end = offsets[row + 1];
            int vector = 0;
            for (; vector + AT_ONCE <= vectors; vector += AT_ONCE) {
                four(
                        columns,
                        first,
                        end,
                        address(values, vector),
                        blockBytes,
                        sample,
                        input(row, vector),
                        sums.address());
            }
            for (; vector < vectors; vector++) {
                one(
                        columns,
                        first,
                        end,
                        address(values, vector),
                        blockBytes,
                        sample,
                        input(row, vector),
                        sums.address());
            }
        }
    }

    @Override
    public void add(MemorySegment to, MemorySegment from, int first, int end) {
        addVectors(to, from, first, end);
    }

    /** {@link #add} of any kernel. */
    static void addVectors(MemorySegment to, MemorySegment from, int first, int end) {
        int i = first;
        for (; i <= end - LANES; i += LANES) {
            long at = to.address() + (long) i * Float.BYTES;
            Exact.store(Exact.load(at).add(Exact.load(from.address() + (long) i * Float.BYTES)), at);
        }
        for (; i < end; i++) {
            long offset = (long) i * Float.BYTES;
            to.set(RawMemory.FLOAT, offset, to.get(RawMemory.FLOAT, offset) + from.get(RawMemory.FLOAT, offset));
        }
    }

    @Override
    public void finish(MemorySegment sums, int firstColumn, int endColumn, MemorySegment outputs) {
        long output = outputs.address();
        for (int column = firstColumn; column < endColumn; column++) {
            FloatVector sum = Exact.load(sums.address() + (long) column * RawMemory.VECTOR_BYTES);
            for (int[] step : partners) {
                IntVector partner = Exact.ints(RawMemory.INTS, IntVector.fromArray(RawMemory.INTS, step, 0));
                sum = exact(sum)
                        .add(exact(Exact.ints(
                                        RawMemory.INTS,
                                        partner.selectFrom(exact(sum).reinterpretAsInts()))
                                .reinterpretAsFloats()));
            }
            Exact.store(exact(sum), output);
            output += (long) cols * Float.BYTES;
        }
    }

    private static long address(MemorySegment values, int vector) {
        return values.address() + (long) vector * RawMemory.VECTOR_BYTES;
    }

    private int input(int row, int vector) {
        return row * rows + vector * (LANES / cols);
    }

    private void one(
            int[] columns, int first, int end, long values, long blockBytes, float[] sample, int input, long sums) {
        FloatVector g = inputs(sample, input);
        for (int block = first; block < end; block++) {
            long base = values + block * blockBytes & RawMemory.ADDRESS_MASK;
            long sum = sums + (long) columns[block] * RawMemory.VECTOR_BYTES & RawMemory.ADDRESS_MASK;
            store(load(base, 0).fma(g, load(sum, 0)), sum);
        }
    }

    private void four(
            int[] columns, int first, int end, long values, long blockBytes, float[] sample, int input, long sums) {
        FloatVector g0 = inputs(sample, input);
        FloatVector g1 = inputs(sample, input + LANES / cols);
        FloatVector g2 = inputs(sample, input + 2 * LANES / cols);
        FloatVector g3 = inputs(sample, input + 3 * LANES / cols);
        for (int block = first; block < end; block++) {
            long base = values + block * blockBytes & RawMemory.ADDRESS_MASK;
            long sum = sums + (long) columns[block] * RawMemory.VECTOR_BYTES & RawMemory.ADDRESS_MASK;
            FloatVector even = load(base, 0).fma(g0, load(sum, 0));
            FloatVector odd = exact(load(base, 1).mul(g1));
            even = exact(load(base, 2).fma(g2, even));
            odd = exact(load(base, 3).fma(g3, odd));
            store(even.add(odd), sum);
        }
    }

    private FloatVector inputs(float[] sample, int first) {
        FloatVector some = exact(FloatVector.fromArray(RawMemory.SPECIES, sample, first));
        IntVector lanes = Exact.ints(RawMemory.INTS, IntVector.fromArray(RawMemory.INTS, inputOfLane, 0));
        return exact(Exact.ints(RawMemory.INTS, lanes.selectFrom(some.reinterpretAsInts()))
                .reinterpretAsFloats());
    }

    private static FloatVector load(long base, long vector) {
        return Exact.load(RawMemory.ALL, base + vector * RawMemory.VECTOR_BYTES);
    }

    private static void store(FloatVector vector, long base) {
        exact(vector).intoMemorySegment(RawMemory.ALL, base, RawMemory.ORDER);
    }

    private static FloatVector exact(FloatVector vector) {
        return Exact.floats(RawMemory.SPECIES, vector);
    }
}
