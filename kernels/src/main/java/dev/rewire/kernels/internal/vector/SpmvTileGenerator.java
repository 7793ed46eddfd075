package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.ValueType;
import dev.rewire.kernels.internal.SpmmShape;
import java.lang.classfile.Label;

/**
 * Writes the product of a block-sparse matrix and one sample: vectors run along the rows of blocks, since there is no batch to run along. Forward,
 * a row of a block times inputs gives partial sums, one vector per output ({@link PartialSums} adds them up); backward, an input times a row
 * of a block gives outputs. In Java it would read
 *
 * <pre>
 * for each group
 *   forward:
 *     target = 0                                 // a vector per output
 *     for each item of the group                 // a block
 *       for each row of the block, some at a time
 *         for each vector of inputs: target[row] += value[row] * inputs
 *   backward:
 *     sums = 0
 *     for each item of the group
 *       for each row i of the block, chains at a time
 *         for each vector j: sums[i % chains][j] += value[i][j] * input[i]
 *     target = sums
 * </pre>
 *
 * <p>What limits it is the memory that the values come from, so they are read once and in order, by few instructions: the processor foresees what
 * an instruction will read that goes on by some lines a turn. A whole block per turn, with its sums in registers, is read half as fast (docs/performance.md).
 */
final class SpmvTileGenerator {
    private static final int MOST_CHAINS = 4;

    /** Of blocks of one output, whose vectors are multiplied in one turn whatever the type of values is: sums must have the same order. */
    private static final int MOST_VECTORS_OF_CHAINS = 8;

    /** Bytes of values that one turn of a loop over rows reads at most. */
    private static final long TURN_BYTES = 256;

    private final TileCode tile;
    private final SpmmShape shape;
    private final int copies;
    private final boolean scaled;
    private final int vectors;
    private final int vectorsOfTurn;
    private final int rowsOfTurn;
    private final boolean sumsInMemory;

    /** Sums of one output, of which vectors of inputs take turns, or a multiplication would wait for the last; and blocks that it takes to reach all. */
    private final int chains;

    private final int blocksOfTurn;

    // The parameters' slots; 0 is the tile itself.
    private final int offsets = 1;
    private final int inputs = 2;
    private final int blocks = 3;
    private final int group = 4;
    private final int endGroup = 5;
    private final int values = 6;
    private final int input = 8;
    private final int target = 10;

    private final int item;
    private final int itemsLeft;
    private final int value;
    private final int lastValue;
    private final int valueOfPart;
    private final int endOfSample;
    private final int sample;
    private final int sum;
    private final int endOfSums;
    private final int valueBase;
    private final int base;
    private final int[][] sums;
    private final int[] samples;
    private final int vector;
    private final int noted;

    private SpmvTileGenerator(TileCode tile, SpmmShape shape, int copies, boolean scaled) {
        this.tile = tile;
        this.shape = shape;
        this.copies = copies;
        this.scaled = scaled;
        boolean forward = isForward(shape);
        vectors = (forward ? shape.steps() : shape.outputs()) / RawMemory.LANES;
        vectorsOfTurn = vectorsOfTurn();
        rowsOfTurn = rowsOfTurn(forward ? shape.outputs() : shape.steps());
        sumsInMemory = forward && (rowsOfTurn < shape.outputs() || vectorsOfTurn < vectors);
        chains = forward && shape.outputs() == 1 && vectors <= MOST_VECTORS_OF_CHAINS ? MOST_CHAINS : 1;
        blocksOfTurn = Math.max(1, chains / vectors);
        item = tile.newInt();
        itemsLeft = tile.newLong();
        value = tile.newLong();
        lastValue = tile.newLong();
        valueOfPart = tile.newLong();
        endOfSample = tile.newLong();
        sample = tile.newLong();
        valueBase = tile.newLong();
        base = tile.newLong();
        sum = tile.newLong();
        endOfSums = tile.newLong();
        sums = tile.newVectors(rowsOfTurn, forward ? chains : vectors);
        samples = tile.newVectors(sumsInMemory ? vectorsOfTurn : 1);
        vector = tile.newVector();
        noted = tile.newVector();
    }

    /** A divisor, so that there is no rest. Rows are cut into parts, not left to other kernels: those add in another order than that of the same values in floats. */
    private int vectorsOfTurn() {
        int most = Math.min(vectors, mostVectors(shape.type()));
        while (vectors % most > 0) {
            most--;
        }
        return most;
    }

    /** A divisor of the rows, so that there is no rest; each row has sums of its own. */
    private int rowsOfTurn(int rows) {
        long fitting = Math.max(1, TURN_BYTES / valueOffset(1, 0));
        int most = isForward(shape)
                ? Tiling.accumulators()
                : Math.min(MOST_CHAINS, Tiling.powerOfTwo(Tiling.accumulators() / vectors));
        if (shape.type() == ValueType.F16 && !scaled) {
            most = Math.min(most, 2); // widening takes most of the registers
        }
        most = Math.min(most, Math.max(1, mostVectors(shape.type()) / vectorsOfTurn));
        return Math.min(
                Integer.lowestOneBit(rows), Math.min(Tiling.powerOfTwo(most), Tiling.powerOfTwo((int) fitting)));
    }

    /** Of one turn: of more, C1 would not compile the code, and without its profile C2 would never come to it. */
    private static int mostVectors(ValueType type) {
        return switch (type) {
            case F32 -> Integer.MAX_VALUE;
            case BF16 -> 16;
            case F16 -> 8;
        };
    }

    /** Whether rows of blocks are whole vectors, and few enough where they are summed in registers. The type of values must not matter, or sums had another order. */
    static boolean fits(SpmmShape shape) {
        int along = isForward(shape) ? shape.steps() : shape.outputs();
        int vectors = along / RawMemory.LANES;
        return along % RawMemory.LANES == 0 && (isForward(shape) || vectors <= Tiling.accumulators());
    }

    static boolean isForward(SpmmShape shape) {
        return shape.stepStride() == 1 && shape.steps() == shape.outputStride();
    }

    /**
     * Generates a tile.
     *
     * @param copies how many floats of the inputs there are for each
     * @param scaled whether values are scaled and not widened ({@link ScaledHalves}); then it leaves a vector of what it noted behind the last target
     */
    static WatchedTile<SpmvTile> generate(SpmmShape shape, int copies, boolean scaled) {
        return TileCode.define(
                SpmvTile.class,
                shape,
                SpmvTile::idle,
                tile -> new SpmvTileGenerator(tile, shape, copies, scaled).groups());
    }

    private void groups() {
        if (scaled) {
            tile.zeroInts(noted);
        }
        Label loop = tile.code.newLabel();
        Label end = tile.code.newLabel();
        tile.code.labelBinding(loop).iload(group).iload(endGroup).if_icmpge(end);
        start();
        items();
        finish();
        if (scaled) {
            tile.maskAddress(target, base);
            tile.storeInts(noted, base, 0); // where the next group will write
        }
        tile.code.iinc(group, 1).goto_(loop).labelBinding(end);
    }

    private void start() {
        if (sumsInMemory) {
            zeroTarget();
            return;
        }
        for (int[] row : sums) {
            for (int each : row) {
                tile.zero(each);
            }
        }
    }

    private void zeroTarget() {
        tile.zero(vector);
        tile.code.lload(target).lstore(sum);
        tile.code.lload(target).loadConstant((long) shape.outputs() * RawMemory.VECTOR_BYTES);
        tile.code.ladd().lstore(endOfSums);
        tile.until(sum, endOfSums, () -> {
            tile.maskAddress(sum, base);
            for (int row = 0; row < rowsOfTurn; row++) {
                tile.store(vector, base, (long) row * RawMemory.VECTOR_BYTES);
            }
            tile.advance(sum, (long) rowsOfTurn * RawMemory.VECTOR_BYTES);
        });
    }

    private void items() {
        Label loop = tile.code.newLabel();
        Label end = tile.code.newLabel();
        tile.code.aload(offsets).iload(group).iaload().istore(item);
        tile.code.aload(offsets).iload(group).iconst_1().iadd().iaload();
        tile.code.iload(item).isub().i2l().loadConstant(2L).lmul().lstore(itemsLeft);
        if (blocksOfTurn > 1) {
            blocksInTurns();
        }
        tile.code.lload(itemsLeft).lconst_0().lcmp().ifle(end).labelBinding(loop);
        block(0);
        tile.code.iinc(item, 1);
        tile.advance(itemsLeft, -2); // in twos, as in SpmmTileGenerator
        tile.code.lload(itemsLeft).lconst_0().lcmp().ifeq(end).goto_(loop).labelBinding(end);
    }

    private void blocksInTurns() {
        Label loop = tile.code.newLabel();
        Label end = tile.code.newLabel();
        tile.code.labelBinding(loop);
        tile.code.lload(itemsLeft).loadConstant(2L * blocksOfTurn).lcmp().iflt(end);
        for (int i = 0; i < blocksOfTurn; i++) {
            block(i);
            tile.code.iinc(item, 1);
        }
        tile.advance(itemsLeft, -2L * blocksOfTurn);
        tile.code.goto_(loop).labelBinding(end);
    }

    private void block(int ofTurn) {
        long blockBytes = (long) shape.blockElements() * shape.type().bytes();
        tile.code.lload(values);
        if (shape.consecutive()) {
            tile.code.iload(item);
        } else {
            tile.code.aload(blocks).iload(item).iaload();
        }
        tile.code.i2l().loadConstant(blockBytes).lmul().ladd().lstore(value);
        tile.code.lload(input).aload(inputs).iload(item).iaload().i2l();
        tile.code.loadConstant((long) copies * Float.BYTES).lmul().ladd().lstore(sample);
        if (!isForward(shape)) {
            inputsTimesRows();
        } else if (sumsInMemory) {
            rowsTimesInputsInTurns();
        } else {
            rowsTimesInputs(ofTurn * vectors);
        }
    }

    private void rowsTimesInputs(int firstChain) {
        tile.maskAddress(sample, base);
        tile.maskAddress(value, valueBase);
        for (int j = 0; j < vectors; j++) {
            loadInputs(samples[0], j);
            for (int i = 0; i < rowsOfTurn; i++) {
                loadValues(i, j);
                tile.fma(sums[i][(firstChain + j) % chains], samples[0], vector);
            }
        }
    }

    /** Part after part of the rows, if one turn does not take a row. */
    private void rowsTimesInputsInTurns() {
        if (vectorsOfTurn == vectors) {
            turns();
            return;
        }
        tile.code.lload(value).lstore(valueOfPart);
        tile.code.lload(sample).loadConstant((long) vectors * RawMemory.VECTOR_BYTES);
        tile.code.ladd().lstore(endOfSample);
        tile.until(sample, endOfSample, () -> {
            tile.code.lload(valueOfPart).lstore(value);
            turns();
            tile.advance(valueOfPart, valueOffset(0, vectorsOfTurn));
            tile.advance(sample, (long) vectorsOfTurn * RawMemory.VECTOR_BYTES);
        });
    }

    private void turns() {
        Label loop = tile.code.newLabel();
        Label done = tile.code.newLabel();
        long turnBytes = valueOffset(rowsOfTurn, 0);
        long sumBytes = (long) rowsOfTurn * RawMemory.VECTOR_BYTES;
        tile.maskAddress(sample, base);
        for (int j = 0; j < vectorsOfTurn; j++) {
            loadInputs(samples[j], j);
        }
        beforeFirstTurn(turnBytes, shape.outputs());
        tile.code.lload(target).loadConstant(sumBytes).lsub().lstore(sum);
        tile.code.labelBinding(loop);
        tile.advance(value, turnBytes);
        tile.advance(sum, sumBytes);
        tile.maskAddress(value, valueBase);
        tile.maskAddress(sum, base);
        for (int i = 0; i < rowsOfTurn; i++) {
            tile.load(sums[i][0], base, (long) i * RawMemory.VECTOR_BYTES);
            for (int j = 0; j < vectorsOfTurn; j++) {
                loadValues(i, j);
                tile.fma(sums[i][0], samples[j], vector);
            }
            tile.store(sums[i][0], base, (long) i * RawMemory.VECTOR_BYTES);
        }
        tile.code.lload(value).lload(lastValue).lcmp().ifeq(done).goto_(loop).labelBinding(done);
    }

    private void inputsTimesRows() {
        Label loop = tile.code.newLabel();
        Label done = tile.code.newLabel();
        long turnBytes = valueOffset(rowsOfTurn, 0);
        long sampleBytes = (long) rowsOfTurn * Float.BYTES;
        beforeFirstTurn(turnBytes, shape.steps());
        tile.advance(sample, -sampleBytes);
        tile.code.labelBinding(loop);
        tile.advance(value, turnBytes);
        tile.advance(sample, sampleBytes);
        tile.maskAddress(sample, base);
        tile.maskAddress(value, valueBase);
        for (int i = 0; i < rowsOfTurn; i++) {
            tile.broadcast(samples[0], base, (long) i * Float.BYTES);
            for (int j = 0; j < vectors; j++) {
                loadValues(i, j);
                tile.fma(sums[i][j], samples[0], vector);
            }
        }
        tile.code.lload(value).lload(lastValue).lcmp().ifeq(done).goto_(loop).labelBinding(done);
    }

    private void loadInputs(int inputs, int j) {
        long offset = (long) j * RawMemory.VECTOR_BYTES;
        if (scaled) {
            tile.loadScaledUp(inputs, base, offset, noted);
        } else {
            tile.load(inputs, base, offset);
        }
    }

    private void loadValues(int i, int j) {
        if (scaled) {
            tile.loadScaledDown(vector, valueBase, valueOffset(i, j), noted);
        } else {
            tile.loadValues(vector, valueBase, valueOffset(i, j), shape.type());
        }
    }

    private void beforeFirstTurn(long turnBytes, int rows) {
        tile.code
                .lload(value)
                .loadConstant(valueOffset(rows, 0) - turnBytes)
                .ladd()
                .lstore(lastValue);
        tile.advance(value, -turnBytes);
    }

    /** Where vector {@code j} of row {@code i} of a block lies. */
    private long valueOffset(int i, int j) {
        return ((long) i * vectors + j) * RawMemory.LANES * shape.type().bytes();
    }

    private void finish() {
        if (sumsInMemory) {
            tile.advance(target, (long) shape.outputs() * RawMemory.VECTOR_BYTES);
            return;
        }
        tile.maskAddress(target, base);
        int count = 0;
        if (isForward(shape)) {
            for (int[] row : sums) {
                for (int step = 1; step < chains; step *= 2) {
                    for (int i = 0; i < chains; i += 2 * step) {
                        tile.add(row[i], row[i + step]);
                    }
                }
                tile.store(row[0], base, (long) count++ * RawMemory.VECTOR_BYTES);
            }
        } else {
            for (int j = 0; j < vectors; j++) {
                for (int i = 1; i < rowsOfTurn; i++) {
                    tile.add(sums[0][j], sums[i][j]);
                }
                tile.store(sums[0][j], base, (long) count++ * RawMemory.VECTOR_BYTES);
            }
        }
        tile.advance(target, (long) count * RawMemory.VECTOR_BYTES);
    }
}
