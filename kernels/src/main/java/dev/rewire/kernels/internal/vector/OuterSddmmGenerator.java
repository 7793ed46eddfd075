package dev.rewire.kernels.internal.vector;

import java.lang.classfile.Label;

/**
 * Writes the tile that sums outer products of samples. In Java it would read
 *
 * <pre>
 * for each tile of rows
 *   sums = add ? values : 0
 *   for each sample
 *     sums[i][j] += gradient[i] * inputs[j], which is a vector of inputs
 *   values = sums
 * </pre>
 *
 * A gradient is loaded into all lanes once for two blocks, if they are narrow.
 */
final class OuterSddmmGenerator {
    private final TileCode tile;
    private final OuterSddmmShape shape;

    // The parameters' slots; 0 is the tile itself.
    private final int gradient = 1;
    private final int sampleBytes = 3;
    private final int input = 5;
    private final int secondInput = 7;
    private final int bytes = 9;
    private final int values = 11;
    private final int add = 13;

    private final int sample;
    private final int distance;
    private final int x;
    private final int end;
    private final int row;
    private final int base;
    private final int inputBase;
    private final int[] inputs;
    private final int vector;

    private OuterSddmmGenerator(TileCode tile, OuterSddmmShape shape) {
        this.tile = tile;
        this.shape = shape;
        sample = tile.newLong();
        distance = tile.newLong();
        x = tile.newLong();
        end = tile.newLong();
        row = tile.newInt();
        base = tile.newLong();
        inputBase = tile.newLong();
        inputs = tile.newVectors(shape.vectors() * shape.blocks());
        vector = tile.newVector();
    }

    static WatchedTile<OuterSddmmTile> generate(OuterSddmmShape shape) {
        return TileCode.define(
                OuterSddmmTile.class, shape, OuterSddmmTile::idle, tile -> new OuterSddmmGenerator(tile, shape).rows());
    }

    private void rows() {
        Label done = tile.code.newLabel();
        tile.code.lload(bytes).lconst_0().lcmp().ifeq(done);
        tile.code.lload(secondInput).lload(input).lsub().lstore(distance);
        tile.code.lload(input).lload(bytes).ladd().lstore(end);
        for (Tiling.Part part : Tiling.parts(shape.rows(), shape.rowsAtOnce())) {
            Label loop = tile.code.newLabel();
            int[][] sums = tile.newVectors(part.size(), inputs.length);
            tile.code.loadConstant(part.from()).istore(row).labelBinding(loop);
            begin(sums);
            samples(sums);
            store(sums);
            tile.advance(gradient, part.size() * shape.featureBytes());
            tile.advance(values, part.size() * rowBytes());
            tile.code.iinc(row, part.size()).iload(row).loadConstant(part.to()).if_icmplt(loop);
        }
        tile.code.labelBinding(done);
    }

    private long rowBytes() {
        return (long) shape.vectors() * RawMemory.VECTOR_BYTES;
    }

    /** Bytes to a sum's place: vectors of the second block follow all rows of the first. */
    private long place(int i, int j) {
        int block = j / shape.vectors();
        return (block * shape.rows() + i) * rowBytes() + (long) (j % shape.vectors()) * RawMemory.VECTOR_BYTES;
    }

    private void begin(int[][] sums) {
        Label fresh = tile.code.newLabel();
        Label done = tile.code.newLabel();
        tile.code.iload(add).ifeq(fresh);
        tile.maskAddress(values, base);
        for (int i = 0; i < sums.length; i++) {
            for (int j = 0; j < inputs.length; j++) {
                tile.load(sums[i][j], base, place(i, j));
            }
        }
        tile.code.goto_(done).labelBinding(fresh);
        for (int[] ofRow : sums) {
            for (int sum : ofRow) {
                tile.zero(sum);
            }
        }
        tile.code.labelBinding(done);
    }

    private void samples(int[][] sums) {
        tile.code.lload(gradient).lstore(sample).lload(input).lstore(x);
        tile.until(x, end, () -> {
            for (int block = 0; block < shape.blocks(); block++) {
                tile.code.lload(x);
                if (block > 0) {
                    tile.code.lload(distance).ladd();
                }
                tile.code.lstore(base);
                tile.maskAddress(base, inputBase);
                for (int j = 0; j < shape.vectors(); j++) {
                    tile.load(inputs[block * shape.vectors() + j], inputBase, (long) j * RawMemory.VECTOR_BYTES);
                }
            }
            tile.maskAddress(sample, base);
            for (int i = 0; i < sums.length; i++) {
                tile.broadcast(vector, base, i * shape.featureBytes());
                for (int j = 0; j < inputs.length; j++) {
                    tile.fma(sums[i][j], vector, inputs[j]);
                }
            }
            tile.code.lload(sample).lload(sampleBytes).ladd().lstore(sample);
            tile.advance(x, rowBytes());
        });
    }

    private void store(int[][] sums) {
        tile.maskAddress(values, base);
        for (int i = 0; i < sums.length; i++) {
            for (int j = 0; j < inputs.length; j++) {
                tile.store(sums[i][j], base, place(i, j));
            }
        }
    }
}
