package dev.rewire.kernels.internal.vector;

import static dev.rewire.kernels.internal.vector.RawMemory.LANES;
import static dev.rewire.kernels.internal.vector.RawMemory.ORDER;
import static dev.rewire.kernels.internal.vector.RawMemory.SPECIES;
import static dev.rewire.kernels.internal.vector.RawMemory.VECTOR_BYTES;

import dev.rewire.kernels.internal.MaskKernels;
import dev.rewire.kernels.internal.scalar.GroupSelection;
import dev.rewire.kernels.internal.scalar.ScalarMasks;
import dev.rewire.kernels.internal.scalar.TileMasks;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** Masks of rows through checked access; the scalar loops take what is left of a vector, and other N:M than 2:4 where one is chosen. */
final class VectorMasks implements MaskKernels {
    private static final long LANE_BITS = -1L >>> (Long.SIZE - LANES);

    /** Of any NaN, as {@link GroupSelection#key(float)} has it. */
    private static final int NAN_KEY = Float.floatToRawIntBits(Float.POSITIVE_INFINITY) + 1;

    private static final VectorSpecies<Integer> INTS = SPECIES.withLanes(int.class);

    // Within groups of four.
    private static final VectorShuffle<Integer> NEIGHBOUR = VectorShuffle.fromOp(INTS, lane -> lane ^ 1);
    private static final VectorShuffle<Integer> OTHER_PAIR = VectorShuffle.fromOp(INTS, lane -> lane ^ 2);

    /** For half of the lanes, which is what N:2N keeps. */
    private static final VectorSpecies<Float> HALF =
            VectorSpecies.of(float.class, VectorShape.forBitSize(SPECIES.vectorBitSize() / 2));

    private static final VectorSpecies<Double> DOUBLES = SPECIES.withLanes(double.class);
    private static final int TILES = DOUBLES.length();

    private final ScalarMasks rest = new ScalarMasks();

    @Override
    public void largest(MemorySegment floats, long offset, int n, int m, int cols, long[] mask) {
        if (n != 2 || m != 4) {
            rest.largest(floats, offset, n, m, cols, mask);
            return;
        }
        Arrays.fill(mask, 0);
        int vectors = cols / LANES;
        boolean tied = cols % LANES != 0;
        for (int i = 0; i < vectors; i++) {
            IntVector keys = Exact.ints(
                            INTS, load(floats, offset + (long) i * VECTOR_BYTES).reinterpretAsInts())
                    .and(Integer.MAX_VALUE)
                    .min(NAN_KEY);
            IntVector neighbours = keys.rearrange(NEIGHBOUR);
            IntVector larger = keys.max(neighbours);
            IntVector smaller = keys.min(neighbours);
            // The second of four is the smaller one of the pairs' larger ones, or the larger one of their smaller ones.
            IntVector second = larger.min(larger.rearrange(OTHER_PAIR)).max(smaller.max(smaller.rearrange(OTHER_PAIR)));
            long kept = keys.compare(VectorOperators.GE, second).toLong();
            // Of each group at least two are not smaller than the second: more than half of all are so only if some are
            // equal.
            tied |= Long.bitCount(kept) != LANES / 2;
            mask[i * LANES / Long.SIZE] |= kept << (i * LANES);
        }
        if (tied) {
            resolve(floats, offset, cols, mask);
        }
    }

    /** Chooses anew, float by float, where a group of four does not keep two: some are equal, or no vector came so far. */
    private static void resolve(MemorySegment floats, long offset, int cols, long[] mask) {
        GroupSelection selection = new GroupSelection(2, 4);
        long[] keys = new long[4];
        long[] chosen = new long[1];
        for (int from = 0; from < cols; from += 4) {
            long kept = (mask[from / Long.SIZE] >>> from) & 0xf;
            if (Long.bitCount(kept) != 2) {
                for (int i = 0; i < 4; i++) {
                    keys[i] = GroupSelection.key(floats.get(RawMemory.FLOAT, offset + (long) (from + i) * Float.BYTES));
                }
                selection.select(keys, chosen);
                mask[from / Long.SIZE] ^= (kept ^ chosen[0]) << from;
            }
        }
    }

    /** A tile in each lane. */
    @Override
    public void tiles(MemorySegment floats, long offset, long rowBytes, int n, int m, int cols, long[][] masks) {
        TileMasks tile = TileMasks.of(n, m);
        int[] choices = tile.choices();
        int[] places = tile.places();
        double[] magnitudes = new double[m * m * TILES];
        double[] sums = new double[m * choices.length * TILES];
        double[] best = new double[TILES];
        for (long[] mask : masks) {
            Arrays.fill(mask, 0);
        }
        int tiles = cols / m;
        for (int first = 0; first < tiles; first += TILES) {
            int count = Math.min(TILES, tiles - first);
            for (int row = 0; row < m; row++) {
                long from = offset + row * rowBytes + (long) first * m * Float.BYTES;
                for (int i = 0; i < count * m; i++) {
                    float element = floats.get(RawMemory.FLOAT, from + (long) i * Float.BYTES);
                    magnitudes[(row * m + i % m) * TILES + i / m] = TileMasks.finite(element);
                }
                sum(magnitudes, row * m, choices, sums, row * choices.length);
            }
            choose(sums, places, m, best);
            for (int i = 0; i < count; i++) {
                int col = (first + i) * m;
                for (int row = 0; row < m; row++) {
                    masks[row][col / Long.SIZE] |= (long) tile.bits((int) best[i], row) << col;
                }
            }
        }
    }

    /** What each choice keeps of a row, in ascending order of columns. */
    private static void sum(double[] magnitudes, int firstMagnitude, int[] choices, double[] sums, int firstSum) {
        for (int choice = 0; choice < choices.length; choice++) {
            DoubleVector sum = DoubleVector.zero(DOUBLES);
            for (int left = choices[choice]; left != 0; left &= left - 1) {
                int at = firstMagnitude + Integer.numberOfTrailingZeros(left);
                sum = Exact.doubles(DOUBLES, sum).add(DoubleVector.fromArray(DOUBLES, magnitudes, at * TILES));
            }
            Exact.doubles(DOUBLES, sum).intoArray(sums, (firstSum + choice) * TILES);
        }
    }

    /** The number of the mask that keeps the most, for each lane. */
    private static void choose(double[] sums, int[] places, int m, double[] best) {
        DoubleVector most = DoubleVector.broadcast(DOUBLES, -1);
        DoubleVector number = DoubleVector.zero(DOUBLES);
        for (int place = 0, mask = 0; place < places.length; place += m, mask++) {
            DoubleVector sum = at(sums, places[place]).add(at(sums, places[place + 1]));
            if (m == 4) {
                sum = sum.add(at(sums, places[place + 2]).add(at(sums, places[place + 3])));
            }
            VectorMask<Double> isMore = sum.compare(VectorOperators.GT, most);
            most = Exact.doubles(DOUBLES, most).blend(sum, isMore);
            number = Exact.doubles(DOUBLES, number).blend((double) mask, isMore);
        }
        Exact.doubles(DOUBLES, number).intoArray(best, 0);
    }

    private static DoubleVector at(double[] sums, int place) {
        return Exact.doubles(DOUBLES, DoubleVector.fromArray(DOUBLES, sums, place * TILES));
    }

    @Override
    public void decay(
            MemorySegment gradients,
            long gradientsOffset,
            int blockCols,
            long blockBytes,
            MemorySegment weights,
            long offset,
            int cols,
            long[] mask,
            float decay,
            MemorySegment target,
            long targetOffset) {
        if (cols % LANES != 0 || blockCols % LANES != 0) {
            rest.decay(
                    gradients,
                    gradientsOffset,
                    blockCols,
                    blockBytes,
                    weights,
                    offset,
                    cols,
                    mask,
                    decay,
                    target,
                    targetOffset);
            return;
        }
        int vectors = cols / LANES;
        int vectorsOfBlock = blockCols / LANES;
        long block = gradientsOffset;
        for (int first = 0; first < vectors; first += vectorsOfBlock) {
            for (int i = 0; i < Math.min(vectorsOfBlock, vectors - first); i++) {
                FloatVector g = load(gradients, block + (long) i * VECTOR_BYTES);
                long at = (long) (first + i) * VECTOR_BYTES;
                // A blend, as a masked addition is none where the processor has no masks.
                FloatVector decayed = g.add(load(weights, offset + at).mul(decay));
                decayed.blend(g, kept(mask, first + i)).intoMemorySegment(target, targetOffset + at, ORDER);
            }
            block += blockBytes;
        }
    }

    @Override
    public void gather(MemorySegment from, long offset, int cols, long[] mask, MemorySegment kept, long keptOffset) {
        int vectors = cols / LANES;
        long next = keptOffset;
        for (int i = 0; i < vectors; i++) {
            long bits = bits(mask, i);
            int count = Long.bitCount(bits);
            FloatVector gathered =
                    load(from, offset + (long) i * VECTOR_BYTES).compress(VectorMask.fromLong(SPECIES, bits));
            if (count == LANES / 2) {
                Exact.floats(HALF, (FloatVector) gathered.reinterpretShape(HALF, 0))
                        .intoMemorySegment(kept, next, ORDER);
            } else {
                gathered.intoMemorySegment(kept, next, ORDER, SPECIES.indexInRange(0, count));
            }
            next += (long) count * Float.BYTES;
        }
        rest.gather(from, offset, vectors * LANES, cols, mask, kept, next);
    }

    @Override
    public void spread(
            MemorySegment from,
            long offset,
            int cols,
            long[] mask,
            MemorySegment blocks,
            long blocksOffset,
            int blockCols,
            long blockBytes) {
        if (cols % LANES != 0 || blockCols % LANES != 0) {
            rest.spread(from, offset, cols, mask, blocks, blocksOffset, blockCols, blockBytes);
            return;
        }
        int vectors = cols / LANES;
        int vectorsOfBlock = blockCols / LANES;
        long block = blocksOffset;
        for (int first = 0; first < vectors; first += vectorsOfBlock) {
            for (int i = 0; i < Math.min(vectorsOfBlock, vectors - first); i++) {
                Exact.floats(SPECIES, FloatVector.zero(SPECIES))
                        .blend(load(from, offset + (long) (first + i) * VECTOR_BYTES), kept(mask, first + i))
                        .intoMemorySegment(blocks, block + (long) i * VECTOR_BYTES, ORDER);
            }
            block += blockBytes;
        }
    }

    @Override
    public void gatherColumns(
            MemorySegment from,
            long offset,
            long rowBytes,
            int n,
            int cols,
            long[][] masks,
            MemorySegment blocks,
            long blocksOffset,
            int blockCols,
            long blockBytes) {
        if (n != 2 || masks.length != 4 || cols % LANES != 0 || blockCols % LANES != 0) {
            rest.gatherColumns(from, offset, rowBytes, n, cols, masks, blocks, blocksOffset, blockCols, blockBytes);
            return;
        }
        int vectors = cols / LANES;
        int vectorsOfBlock = blockCols / LANES;
        for (int i = 0; i < vectors; i++) {
            long at = offset + (long) i * VECTOR_BYTES;
            FloatVector row1 = load(from, at + rowBytes);
            FloatVector row2 = load(from, at + 2 * rowBytes);
            // Two of four are kept: if none of the first two, then the last two, and the other way round.
            FloatVector first = row2.blend(row1, kept(masks[1], i)).blend(load(from, at), kept(masks[0], i));
            FloatVector second =
                    row1.blend(row2, kept(masks[2], i)).blend(load(from, at + 3 * rowBytes), kept(masks[3], i));
            long to = blocksOffset + i / vectorsOfBlock * blockBytes + (long) (i % vectorsOfBlock) * VECTOR_BYTES;
            first.intoMemorySegment(blocks, to, ORDER);
            second.intoMemorySegment(blocks, to + (long) blockCols * Float.BYTES, ORDER);
        }
    }

    private static VectorMask<Float> kept(long[] mask, int vector) {
        return VectorMask.fromLong(SPECIES, bits(mask, vector));
    }

    private static long bits(long[] mask, int vector) {
        return (mask[vector * LANES / Long.SIZE] >>> (vector * LANES)) & LANE_BITS;
    }

    private static FloatVector load(MemorySegment segment, long offset) {
        return Exact.floats(SPECIES, FloatVector.fromMemorySegment(SPECIES, segment, offset, ORDER));
    }
}
