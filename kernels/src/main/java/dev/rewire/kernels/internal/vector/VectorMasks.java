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
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/** Masks of rows, through checked access but for kernel memory; the scalar loops take what is left of a vector, and other N:M than 2:4 where one is chosen. */
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

    private static final byte[] PAIRS_OF_CODE = new byte[16];

    static {
        for (int code = 0; code < PAIRS_OF_CODE.length; code++) {
            PAIRS_OF_CODE[code] = (byte) MaskKernels.pair(code);
        }
    }

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
            long kept = largest(load(floats, offset + (long) i * VECTOR_BYTES));
            tied |= isTied(kept);
            mask[i * LANES / Long.SIZE] |= kept << (i * LANES);
        }
        if (tied) {
            resolve(floats, offset, cols, mask);
        }
    }

    /** Those that are not smaller than the second of their group of four. */
    private static long largest(FloatVector floats) {
        IntVector keys = Exact.ints(INTS, floats.reinterpretAsInts())
                .and(Integer.MAX_VALUE)
                .min(NAN_KEY);
        IntVector neighbours = keys.rearrange(NEIGHBOUR);
        IntVector larger = keys.max(neighbours);
        IntVector smaller = keys.min(neighbours);
        // The second of four is the smaller one of the pairs' larger ones, or the larger one of their smaller ones.
        IntVector second = larger.min(larger.rearrange(OTHER_PAIR)).max(smaller.max(smaller.rearrange(OTHER_PAIR)));
        return keys.compare(VectorOperators.GE, second).toLong();
    }

    /** Of each group at least two are not smaller than the second: more than half of all are so only if some are equal. */
    private static boolean isTied(long kept) {
        return Long.bitCount(kept) != LANES / 2;
    }

    /** Choice and copies in one loop. */
    @Override
    public void copyLargest(
            MemorySegment from,
            long offset,
            int n,
            int m,
            int cols,
            long[] mask,
            MemorySegment kept,
            long keptOffset,
            @Nullable MemorySegment blocks,
            long blocksOffset,
            int blockCols,
            long blockBytes) {
        if (n != 2 || m != 4 || !areWhole(cols, blockCols)) {
            largest(from, offset, n, m, cols, mask);
            copy(from, offset, cols, mask, kept, keptOffset, blocks, blocksOffset, blockCols, blockBytes);
            return;
        }
        Arrays.fill(mask, 0);
        int vectors = cols / LANES;
        int shift = shift(cols, blockCols);
        long toKept = kept.address() + keptOffset;
        long toBlocks = blocks == null ? 0 : blocks.address() + blocksOffset;
        boolean tied = false;
        for (int i = 0; i < vectors; i++) {
            FloatVector row = load(from, offset + (long) i * VECTOR_BYTES);
            long bits = largest(row);
            tied |= isTied(bits);
            mask[i * LANES / Long.SIZE] |= bits << (i * LANES);
            VectorMask<Float> isKept = VectorMask.fromLong(SPECIES, bits);
            store(half(row.compress(isKept)), toKept + (long) i * (VECTOR_BYTES / 2));
            if (blocks != null) {
                FloatVector spread =
                        Exact.floats(SPECIES, FloatVector.zero(SPECIES)).blend(row, isKept);
                store(spread, inBlocks(i, toBlocks, shift, blockBytes));
            }
        }
        if (tied) {
            resolve(from, offset, cols, mask);
            copy(from, offset, cols, mask, kept, keptOffset, blocks, blocksOffset, blockCols, blockBytes);
        }
    }

    /** Whether rows and blocks are whole vectors, and those of a block so many that a shift divides by them. */
    private static boolean areWhole(int cols, int blockCols) {
        return cols % LANES == 0 && (blockCols >= cols || (blockCols % LANES == 0 && Integer.bitCount(blockCols) == 1));
    }

    /** Divides the number of a vector by the vectors of a block. */
    private static int shift(int cols, int blockCols) {
        return blockCols >= cols ? Integer.SIZE - 1 : Integer.numberOfTrailingZeros(blockCols / LANES);
    }

    /** Where a vector of a row lies. One loop over a row takes two thirds of the time of one in another over the few vectors of a block. */
    private static long inBlocks(int vector, long offset, int shift, long blockBytes) {
        return offset + (vector >> shift) * blockBytes + (vector & ((1L << shift) - 1)) * VECTOR_BYTES;
    }

    private static FloatVector half(FloatVector vector) {
        return Exact.floats(HALF, (FloatVector) vector.reinterpretShape(HALF, 0));
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
        if (!areWhole(cols, blockCols)) {
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
        int shift = shift(cols, blockCols);
        for (int i = 0; i < vectors; i++) {
            FloatVector g = load(gradients, inBlocks(i, gradientsOffset, shift, blockBytes));
            long at = (long) i * VECTOR_BYTES;
            // A blend, as a masked addition is none where the processor has no masks.
            FloatVector decayed = g.add(load(weights, offset + at).mul(decay));
            decayed.blend(g, kept(mask, i)).intoMemorySegment(target, targetOffset + at, ORDER);
        }
    }

    @Override
    public void sgd(
            MemorySegment gradients,
            long gradientsOffset,
            int blockCols,
            long blockBytes,
            MemorySegment weights,
            MemorySegment velocity,
            long offset,
            int cols,
            long[] mask,
            float maskedDecay,
            float rate,
            float momentum,
            boolean nesterov,
            float decay) {
        if (!areWhole(cols, blockCols)) {
            rest.sgd(
                    gradients,
                    gradientsOffset,
                    blockCols,
                    blockBytes,
                    weights,
                    velocity,
                    offset,
                    cols,
                    mask,
                    maskedDecay,
                    rate,
                    momentum,
                    nesterov,
                    decay);
            return;
        }
        int vectors = cols / LANES;
        int shift = shift(cols, blockCols);
        long from = gradients.address() + gradientsOffset;
        for (int i = 0; i < vectors; i++) {
            long at = offset + (long) i * VECTOR_BYTES;
            FloatVector w = load(weights, at);
            FloatVector dw = load(inBlocks(i, from, shift, blockBytes));
            FloatVector g = dw.add(w.mul(maskedDecay)).blend(dw, kept(mask, i)).add(w.mul(decay));
            FloatVector v =
                    VectorElementwise.flushed(load(velocity, at).mul(momentum).add(g));
            v.intoMemorySegment(velocity, at, ORDER);
            FloatVector direction = nesterov ? g.add(v.mul(momentum)) : v;
            VectorElementwise.flushed(w.sub(direction.mul(rate))).intoMemorySegment(weights, at, ORDER);
        }
    }

    @Override
    public void gather(MemorySegment from, long offset, int cols, long[] mask, MemorySegment kept, long keptOffset) {
        int vectors = cols / LANES;
        long to = kept.address();
        long next = keptOffset;
        for (int i = 0; i < vectors; i++) {
            long bits = bits(mask, i);
            int count = Long.bitCount(bits);
            FloatVector gathered =
                    load(from, offset + (long) i * VECTOR_BYTES).compress(VectorMask.fromLong(SPECIES, bits));
            if (count == LANES / 2) {
                store(half(gathered), to + next);
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
        if (!areWhole(cols, blockCols)) {
            rest.spread(from, offset, cols, mask, blocks, blocksOffset, blockCols, blockBytes);
            return;
        }
        int vectors = cols / LANES;
        int shift = shift(cols, blockCols);
        long to = blocks.address() + blocksOffset;
        for (int i = 0; i < vectors; i++) {
            FloatVector spread = Exact.floats(SPECIES, FloatVector.zero(SPECIES))
                    .blend(load(from, offset + (long) i * VECTOR_BYTES), kept(mask, i));
            store(spread, inBlocks(i, to, shift, blockBytes));
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
        if (n != 2 || masks.length != 4 || !areWhole(cols, blockCols)) {
            rest.gatherColumns(from, offset, rowBytes, n, cols, masks, blocks, blocksOffset, blockCols, blockBytes);
            return;
        }
        int vectors = cols / LANES;
        int shift = shift(cols, blockCols);
        long toBlocks = blocks.address() + blocksOffset;
        for (int i = 0; i < vectors; i++) {
            long at = offset + (long) i * VECTOR_BYTES;
            FloatVector row1 = load(from, at + rowBytes);
            FloatVector row2 = load(from, at + 2 * rowBytes);
            // Two of four are kept: if none of the first two, then the last two, and the other way round.
            FloatVector first = row2.blend(row1, kept(masks[1], i)).blend(load(from, at), kept(masks[0], i));
            FloatVector second =
                    row1.blend(row2, kept(masks[2], i)).blend(load(from, at + 3 * rowBytes), kept(masks[3], i));
            long to = inBlocks(i, toBlocks, shift, blockBytes);
            store(first, to);
            store(second, to + (long) blockCols * Float.BYTES);
        }
    }

    /** Two groups, which share a byte of indices, after the other. */
    @Override
    public void sortPairs(
            byte[] codes,
            int rowBytes,
            int first,
            int end,
            int rows,
            int groups,
            MemorySegment values,
            int[] next,
            int[] rowsOfPairs,
            MemorySegment sorted,
            MemorySegment near) {
        byte[] pairs = PAIRS_OF_CODE;
        long to = sorted.address();
        long rowOfNear = (long) (end - first) * Long.BYTES;
        for (int firstRow = 0; firstRow < rows; firstRow += ROWS_NEAR) {
            int endRow = Math.min(firstRow + ROWS_NEAR, rows);
            bringNear(
                    values.address() + ((long) firstRow * groups + first) * Long.BYTES,
                    (long) groups * Long.BYTES,
                    endRow - firstRow,
                    rowOfNear,
                    near.address());
            long value = near.address();
            for (int row = firstRow; row < endRow; row++) {
                int code = row * rowBytes + first / 2;
                int pair = 0;
                for (int group = first; group < end; group += 2) {
                    int both = codes[code++];
                    int at = pair + pairs[both & 0xf];
                    int place = next[at]++;
                    rowsOfPairs[place] = row;
                    copy(value, to + (long) place * Long.BYTES);
                    value += Long.BYTES;
                    if (group + 1 < end) {
                        at = pair + PAIRS + pairs[(both >>> 4) & 0xf];
                        place = next[at]++;
                        rowsOfPairs[place] = row;
                        copy(value, to + (long) place * Long.BYTES);
                        value += Long.BYTES;
                    }
                    pair += 2 * PAIRS;
                }
            }
        }
    }

    /** Copies a few columns of rows that lie far apart: so short a loop waits for many of them at a time. */
    private static void bringNear(long from, long stride, int rows, long bytes, long to) {
        for (int row = 0; row < rows; row++) {
            if (bytes % VECTOR_BYTES == 0) {
                int vectors = (int) (bytes / VECTOR_BYTES);
                for (int i = 0; i < vectors; i++) {
                    store(
                            load(from + row * stride + (long) i * VECTOR_BYTES),
                            to + row * bytes + (long) i * VECTOR_BYTES);
                }
            } else {
                for (long at = 0; at < bytes; at += Long.BYTES) {
                    copy(from + row * stride + at, to + row * bytes + at);
                }
            }
        }
    }

    /** Two floats of kernel memory. */
    private static void copy(long from, long to) {
        long floats = RawMemory.ALL.get(ValueLayout.JAVA_LONG, from & RawMemory.ADDRESS_MASK);
        RawMemory.ALL.set(ValueLayout.JAVA_LONG, to & RawMemory.ADDRESS_MASK, floats);
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

    /** From kernel memory. */
    private static FloatVector load(long address) {
        return load(RawMemory.ALL, address & RawMemory.ADDRESS_MASK);
    }

    /** To kernel memory: a check of each store would take longer than all else in these loops. */
    private static void store(FloatVector vector, long address) {
        vector.intoMemorySegment(RawMemory.ALL, address & RawMemory.ADDRESS_MASK, ORDER);
    }
}
