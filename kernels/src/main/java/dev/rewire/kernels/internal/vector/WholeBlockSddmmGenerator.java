package dev.rewire.kernels.internal.vector;

import java.lang.classfile.Label;

/**
 * Writes the tile that multiplies repeated gradients by repeated inputs. In Java it would read
 *
 * <pre>
 * for each row of blocks
 *   gradients[vector][sample] = those of the row, which stay in registers
 *   for each block of the row
 *     sums[vector] = add ? values : 0
 *     for each sample
 *       sums[vector] += gradients[vector][sample] * inputs[sample]
 *     values = sums
 * </pre>
 *
 * Samples of odd number have sums of their own, added at the end, or too many multiplications would wait for the one before.
 */
final class WholeBlockSddmmGenerator {
    private final TileCode tile;
    private final WholeBlockSddmmShape shape;

    // The parameters' slots; 0 is the tile itself.
    private final int starts = 1;
    private final int from = 2;
    private final int to = 3;
    private final int row = 4;
    private final int endRow = 5;
    private final int colStarts = 6;
    private final int add = 7;
    private final int gradients = 8;
    private final int inputs = 10;
    private final int values = 12;

    private final int block;
    private final int left;
    private final int address;
    private final int base;
    private final int value;
    private final int valueBase;
    private final int[][] kept;
    private final int[] sums;
    private final int[] oddSums;
    private final int input;

    private WholeBlockSddmmGenerator(TileCode tile, WholeBlockSddmmShape shape) {
        this.tile = tile;
        this.shape = shape;
        block = tile.newInt();
        left = tile.newLong();
        address = tile.newLong();
        base = tile.newLong();
        value = tile.newLong();
        valueBase = tile.newLong();
        kept = tile.newVectors(shape.vectors(), shape.samples());
        sums = tile.newVectors(shape.vectors());
        oddSums = tile.newVectors(shape.vectors());
        input = tile.newVector();
    }

    static WatchedTile<WholeBlockSddmmTile> generate(WholeBlockSddmmShape shape) {
        return TileCode.define(
                WholeBlockSddmmTile.class,
                shape,
                WholeBlockSddmmTile::idle,
                tile -> new WholeBlockSddmmGenerator(tile, shape).rows());
    }

    /** Blocks are counted in twos, lest C2 takes their loop for a counted one: see {@link SpmmTileGenerator}. */
    private void rows() {
        Label rowLoop = tile.code.newLabel();
        Label blockLoop = tile.code.newLabel();
        Label endOfRow = tile.code.newLabel();
        Label done = tile.code.newLabel();
        tile.code.labelBinding(rowLoop).iload(row).iload(endRow).if_icmpge(done);
        start(from);
        tile.code.istore(block);
        start(to);
        tile.code.iload(block).isub().i2l().loadConstant(2L).lmul().lstore(left);
        tile.code.lload(left).lconst_0().lcmp().ifle(endOfRow);
        keepGradients();
        tile.code
                .lload(values)
                .iload(block)
                .i2l()
                .loadConstant(shape.blockBytes())
                .lmul()
                .ladd()
                .lstore(value);
        tile.code.labelBinding(blockLoop);
        block();
        tile.code.iinc(block, 1);
        tile.advance(value, shape.blockBytes());
        tile.advance(left, -2);
        tile.code.lload(left).lconst_0().lcmp().ifeq(endOfRow).goto_(blockLoop);
        tile.code.labelBinding(endOfRow).iinc(row, 1).goto_(rowLoop).labelBinding(done);
    }

    private void start(int of) {
        tile.code.aload(starts).iload(row).iload(of).iadd().iaload();
    }

    private void keepGradients() {
        tile.code
                .lload(gradients)
                .iload(row)
                .i2l()
                .loadConstant(shape.blockVectors() * shape.gradientBytes())
                .lmul()
                .ladd()
                .lstore(address);
        tile.maskAddress(address, base);
        for (int i = 0; i < kept.length; i++) {
            for (int sample = 0; sample < shape.samples(); sample++) {
                tile.load(kept[i][sample], base, i * shape.gradientBytes() + (long) sample * RawMemory.VECTOR_BYTES);
            }
        }
    }

    private void block() {
        tile.code
                .lload(inputs)
                .aload(colStarts)
                .iload(block)
                .iaload()
                .i2l()
                .loadConstant(shape.gradientBytes() / shape.cols())
                .lmul()
                .ladd()
                .lstore(address);
        tile.maskAddress(address, base);
        tile.maskAddress(value, valueBase);
        begin();
        for (int sample = 0; sample < shape.samples(); sample++) {
            tile.load(input, base, (long) sample * RawMemory.VECTOR_BYTES);
            for (int i = 0; i < sums.length; i++) {
                if (sample == 1) {
                    tile.multiply(oddSums[i], kept[i][sample], input);
                } else {
                    tile.fma(sample % 2 == 0 ? sums[i] : oddSums[i], kept[i][sample], input);
                }
            }
        }
        for (int i = 0; i < sums.length && shape.samples() > 1; i++) {
            tile.add(sums[i], oddSums[i]);
        }
        for (int i = 0; i < sums.length; i++) {
            tile.store(sums[i], valueBase, (long) i * RawMemory.VECTOR_BYTES);
        }
    }

    private void begin() {
        Label fresh = tile.code.newLabel();
        Label done = tile.code.newLabel();
        tile.code.iload(add).ifeq(fresh);
        for (int i = 0; i < sums.length; i++) {
            tile.load(sums[i], valueBase, (long) i * RawMemory.VECTOR_BYTES);
        }
        tile.code.goto_(done).labelBinding(fresh);
        for (int sum : sums) {
            tile.zero(sum);
        }
        tile.code.labelBinding(done);
    }
}
