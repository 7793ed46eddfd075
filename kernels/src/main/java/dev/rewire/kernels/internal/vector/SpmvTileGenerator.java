package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.SpmmShape;
import java.lang.classfile.Label;

/**
 * Writes the product of a block-sparse matrix and one sample: vectors run along the rows of blocks, since there is no batch to run along. Forward,
 * a row of a block times inputs gives partial sums, one vector per output ({@link PartialSums} adds them up); backward, an input times a row
 * of a block gives outputs. In Java it would read
 *
 * <pre>
 * for each group
 *   for each tile of the group                   // forward: rows of its blocks; backward: the whole group
 *     sums = 0
 *     for each item of the group                 // a block
 *       forward:  for each vector of inputs, for each row i of the tile: sums[i] += value[i] * inputs
 *       backward: for each row i of the block, for each vector j: sums[i % chains][j] += value[i][j] * input[i]
 *     target = sums
 * </pre>
 */
final class SpmvTileGenerator {
    private static final int MOST_CHAINS = 4;

    private final TileCode tile;
    private final SpmmShape shape;
    private final int vectors;
    private final int chains;

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
    private final int sample;
    private final int valueBase;
    private final int base;
    private final int[][] sums;
    private final int vector;

    private SpmvTileGenerator(TileCode tile, SpmmShape shape, int sumRows, int vectors) {
        this.tile = tile;
        this.shape = shape;
        this.vectors = vectors;
        this.chains = sumRows;
        item = tile.newInt();
        itemsLeft = tile.newLong();
        value = tile.newLong();
        lastValue = tile.newLong();
        sample = tile.newLong();
        valueBase = tile.newLong();
        base = tile.newLong();
        sums = tile.newVectors(sumRows, isForward(shape) ? 1 : vectors);
        vector = tile.newVector();
    }

    /** Whether rows of blocks are whole vectors, and few enough to be summed in registers. */
    static boolean fits(SpmmShape shape) {
        int along = isForward(shape) ? shape.steps() : shape.outputs();
        return along % RawMemory.LANES == 0 && (isForward(shape) || along / RawMemory.LANES <= Tiling.accumulators());
    }

    static boolean isForward(SpmmShape shape) {
        return shape.stepStride() == 1 && shape.steps() == shape.outputStride();
    }

    static SpmvTile generate(SpmmShape shape) {
        if (isForward(shape)) {
            int rows = Math.min(Integer.lowestOneBit(shape.outputs()), Tiling.accumulators());
            int vectors = shape.steps() / RawMemory.LANES;
            return TileCode.define(SpmvTile.class, tile -> new SpmvTileGenerator(tile, shape, rows, vectors).groups());
        }
        int vectors = shape.outputs() / RawMemory.LANES;
        int most = Math.min(MOST_CHAINS, Tiling.powerOfTwo(Tiling.accumulators() / vectors));
        int chains = Math.min(Integer.lowestOneBit(shape.steps()), most);
        return TileCode.define(SpmvTile.class, tile -> new SpmvTileGenerator(tile, shape, chains, vectors).groups());
    }

    private void groups() {
        Label loop = tile.code.newLabel();
        Label end = tile.code.newLabel();
        tile.code.labelBinding(loop).iload(group).iload(endGroup).if_icmpge(end);
        if (isForward(shape)) {
            for (int row = 0; row < shape.outputs(); row += chains) {
                sum((long) row * shape.outputStride() * Float.BYTES);
            }
        } else {
            sum(0);
        }
        tile.code.iinc(group, 1).goto_(loop).labelBinding(end);
    }

    private void sum(long valueOfTile) {
        Label loop = tile.code.newLabel();
        Label end = tile.code.newLabel();
        for (int[] row : sums) {
            for (int each : row) {
                tile.zero(each);
            }
        }
        tile.code.aload(offsets).iload(group).iaload().istore(item);
        tile.code.aload(offsets).iload(group).iconst_1().iadd().iaload();
        tile.code.iload(item).isub().i2l().loadConstant(2L).lmul().lstore(itemsLeft);
        tile.code.lload(itemsLeft).lconst_0().lcmp().ifle(end).labelBinding(loop);
        block(valueOfTile);
        tile.code.iinc(item, 1);
        tile.advance(itemsLeft, -2); // in twos, as in SpmmTileGenerator
        tile.code.lload(itemsLeft).lconst_0().lcmp().ifeq(end).goto_(loop).labelBinding(end);
        store();
    }

    private void block(long valueOfTile) {
        long blockBytes = (long) shape.blockElements() * Float.BYTES;
        tile.code.lload(values);
        if (shape.consecutive()) {
            tile.code.iload(item);
        } else {
            tile.code.aload(blocks).iload(item).iaload();
        }
        tile.code
                .i2l()
                .loadConstant(blockBytes)
                .lmul()
                .ladd()
                .loadConstant(valueOfTile)
                .ladd()
                .lstore(value);
        tile.code.lload(input).aload(inputs).iload(item).iaload().i2l();
        tile.code.loadConstant((long) Float.BYTES).lmul().ladd().lstore(sample);
        if (isForward(shape)) {
            rowsTimesInputs();
        } else {
            inputsTimesRows();
        }
    }

    private void rowsTimesInputs() {
        tile.maskAddress(sample, base);
        tile.maskAddress(value, valueBase);
        int values = tile.newVector();
        for (int j = 0; j < vectors; j++) {
            tile.load(vector, base, (long) j * RawMemory.VECTOR_BYTES);
            for (int i = 0; i < sums.length; i++) {
                long row = (long) i * shape.outputStride() * Float.BYTES;
                tile.load(values, valueBase, row + (long) j * RawMemory.VECTOR_BYTES);
                tile.fma(sums[i][0], vector, values);
            }
        }
    }

    private void inputsTimesRows() {
        Label loop = tile.code.newLabel();
        Label done = tile.code.newLabel();
        long rowBytes = (long) shape.stepStride() * Float.BYTES;
        long turnBytes = chains * rowBytes;
        int values = tile.newVector();
        tile.code
                .lload(value)
                .loadConstant(rowBytes * shape.steps() - turnBytes)
                .ladd()
                .lstore(lastValue);
        tile.advance(value, -turnBytes);
        tile.advance(sample, -(long) chains * Float.BYTES);
        tile.code.labelBinding(loop);
        tile.advance(value, turnBytes);
        tile.advance(sample, (long) chains * Float.BYTES);
        tile.maskAddress(sample, base);
        tile.maskAddress(value, valueBase);
        for (int i = 0; i < chains; i++) {
            tile.broadcast(vector, base, (long) i * Float.BYTES);
            for (int j = 0; j < vectors; j++) {
                tile.load(values, valueBase, i * rowBytes + (long) j * RawMemory.VECTOR_BYTES);
                tile.fma(sums[i][j], vector, values);
            }
        }
        tile.code.lload(value).lload(lastValue).lcmp().ifeq(done).goto_(loop).labelBinding(done);
    }

    private void store() {
        tile.maskAddress(target, base);
        int count = 0;
        if (isForward(shape)) {
            for (int[] row : sums) {
                tile.store(row[0], base, (long) count++ * RawMemory.VECTOR_BYTES);
            }
        } else {
            for (int j = 0; j < vectors; j++) {
                for (int i = 1; i < chains; i++) {
                    tile.add(sums[0][j], sums[i][j]);
                }
                tile.store(sums[0][j], base, (long) count++ * RawMemory.VECTOR_BYTES);
            }
        }
        tile.advance(target, (long) count * RawMemory.VECTOR_BYTES);
    }
}
