package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.SpmmShape;
import dev.rewire.kernels.internal.SpmmShape.End;
import java.lang.classfile.Label;

/**
 * Writes an SpMM tile: {@code size} outputs times {@code vectors} vectors of samples, held in registers while every block of a group is
 * walked. One step loads the samples of one input and broadcasts one weight per output. In Java it would read
 *
 * <pre>
 * for each group
 *   for each tile of the part                    // outputs tile .. tile + size
 *     sums = 0, bias or old output
 *     for each item of the group                 // a block
 *       for each step of the block               // an input
 *         sums[i][j] += value[i] * sample[j]
 *     output = relu or mask of sums
 * </pre>
 *
 * The loop over steps ends by comparing addresses for inequality: C2 takes that for no counted loop, and so spares it the copies before and
 * after the main loop that a trip count of a dozen cannot pay for.
 */
final class SpmmTileGenerator {
    private final TileCode tile;
    private final SpmmShape shape;
    private final Tiling.Part part;
    private final int vectors;

    private final long featureBytes;
    private final int outputsOfGroup;

    // The parameters' slots; 0 is the tile itself.
    private final int offsets = 1;
    private final int inputs = 2;
    private final int blocks = 3;
    private final int group = 4;
    private final int endGroup = 5;
    private final int values = 6;
    private final int input = 8;
    private final int output = 10;
    private final int bias = 12;
    private final int mask = 14;

    private final int item;
    private final int endItem;
    private final int value;
    private final int sample;
    private final int valueOfTile;
    private final int lastValue;
    private final int base;
    private final int valueBase;
    private final int[][] sums;
    private final int[] samples;
    private final int vector;

    private SpmmTileGenerator(TileCode tile, SpmmShape shape, Tiling.Part part, int vectors) {
        this.tile = tile;
        this.shape = shape;
        this.part = part;
        this.vectors = vectors;
        featureBytes = (long) shape.lanes() * Float.BYTES;
        outputsOfGroup = shape.blockElements() / shape.steps();
        item = tile.newInt();
        endItem = tile.newInt();
        value = tile.newLong();
        sample = tile.newLong();
        valueOfTile = tile.newLong();
        lastValue = tile.newLong();
        base = tile.newLong();
        valueBase = tile.newLong();
        sums = tile.newVectors(part.size(), vectors);
        samples = tile.newVectors(vectors);
        vector = tile.newVector();
    }

    static SpmmTile generate(SpmmShape shape, Tiling.Part part, int vectors) {
        return TileCode.define(SpmmTile.class, tile -> new SpmmTileGenerator(tile, shape, part, vectors).groups());
    }

    private void groups() {
        Label loop = tile.code.newLabel();
        Label end = tile.code.newLabel();
        addFeatures(output, featureBytes);
        if (shape.start().readsBias()) {
            addFeatures(bias, Float.BYTES);
        }
        if (shape.end() == End.MASK) {
            addFeatures(mask, featureBytes);
        }
        tile.code.labelBinding(loop).iload(group).iload(endGroup).if_icmpge(end);
        tiles();
        advanceOutputs(outputsOfGroup - (part.to() - part.from()));
        tile.code.iinc(group, 1).goto_(loop).labelBinding(end);
    }

    /** {@code address += (group · outputsOfGroup + part.from) · bytes}. */
    private void addFeatures(int address, long bytes) {
        tile.code
                .lload(address)
                .iload(group)
                .i2l()
                .loadConstant(outputsOfGroup * bytes)
                .lmul()
                .ladd()
                .lstore(address);
        tile.advance(address, part.from() * bytes);
    }

    private void advanceOutputs(int count) {
        tile.advance(output, count * featureBytes);
        if (shape.start().readsBias()) {
            tile.advance(bias, (long) count * Float.BYTES);
        }
        if (shape.end() == End.MASK) {
            tile.advance(mask, count * featureBytes);
        }
    }

    private void tiles() {
        Label loop = tile.code.newLabel();
        long outputBytes = (long) shape.outputStride() * Float.BYTES;
        tile.code.loadConstant(part.from() * outputBytes).lstore(valueOfTile).labelBinding(loop);
        start();
        items();
        finish();
        advanceOutputs(part.size());
        tile.advance(valueOfTile, part.size() * outputBytes);
        tile.code
                .lload(valueOfTile)
                .loadConstant(part.to() * outputBytes)
                .lcmp()
                .ifne(loop);
    }

    private void start() {
        if (shape.start().readsOutput()) {
            tile.maskAddress(output, base);
        }
        if (shape.start().readsBias()) {
            tile.maskAddress(bias, valueBase);
        }
        for (int i = 0; i < part.size(); i++) {
            if (shape.start().readsBias()) {
                tile.broadcast(vector, valueBase, (long) i * Float.BYTES);
            }
            for (int j = 0; j < vectors; j++) {
                switch (shape.start()) {
                    case ZERO -> tile.zero(sums[i][j]);
                    case BIAS -> tile.code.aload(vector).astore(sums[i][j]);
                    case OUTPUT -> tile.load(sums[i][j], base, outputOffset(i, j));
                    case OUTPUT_AND_BIAS -> {
                        tile.load(sums[i][j], base, outputOffset(i, j));
                        tile.add(sums[i][j], vector);
                    }
                }
            }
        }
    }

    private void items() {
        Label loop = tile.code.newLabel();
        Label end = tile.code.newLabel();
        long blockBytes = (long) shape.blockElements() * Float.BYTES;
        long stepBytes = (long) shape.stepStride() * Float.BYTES;
        tile.code.aload(offsets).iload(group).iaload().istore(item);
        tile.code.aload(offsets).iload(group).iconst_1().iadd().iaload().istore(endItem);
        if (shape.consecutive()) {
            tile.code.lload(values).lload(valueOfTile).ladd();
            tile.code.iload(item).i2l().loadConstant(blockBytes).lmul().ladd().lstore(value);
        }
        tile.code.labelBinding(loop).iload(item).iload(endItem).if_icmpge(end);
        if (!shape.consecutive()) {
            tile.code.lload(values).lload(valueOfTile).ladd();
            tile.code
                    .aload(blocks)
                    .iload(item)
                    .iaload()
                    .i2l()
                    .loadConstant(blockBytes)
                    .lmul()
                    .ladd()
                    .lstore(value);
        }
        tile.code
                .lload(input)
                .aload(inputs)
                .iload(item)
                .iaload()
                .i2l()
                .loadConstant(featureBytes)
                .lmul()
                .ladd()
                .lstore(sample);
        tile.code.iinc(item, 1);
        steps(stepBytes);
        if (shape.consecutive()) {
            tile.advance(value, blockBytes - stepBytes * shape.steps());
        }
        tile.code.goto_(loop).labelBinding(end);
    }

    private void steps(long stepBytes) {
        boolean several = shape.steps() > 1;
        Label loop = tile.code.newLabel();
        if (several) {
            tile.code
                    .lload(value)
                    .loadConstant(stepBytes * shape.steps())
                    .ladd()
                    .lstore(lastValue)
                    .labelBinding(loop);
        }
        tile.maskAddress(sample, base);
        tile.maskAddress(value, valueBase);
        for (int j = 0; j < vectors; j++) {
            tile.load(samples[j], base, (long) j * RawMemory.VECTOR_BYTES);
        }
        for (int i = 0; i < part.size(); i++) {
            tile.broadcast(vector, valueBase, (long) i * shape.outputStride() * Float.BYTES);
            for (int j = 0; j < vectors; j++) {
                tile.fma(sums[i][j], samples[j], vector);
            }
        }
        tile.advance(value, stepBytes);
        if (several) {
            tile.advance(sample, featureBytes);
            tile.code.lload(value).lload(lastValue).lcmp().ifne(loop);
        }
    }

    private void finish() {
        tile.maskAddress(output, base);
        if (shape.end() != End.STORE) {
            tile.zero(vector);
        }
        if (shape.end() == End.MASK) {
            tile.maskAddress(mask, valueBase);
        }
        for (int i = 0; i < part.size(); i++) {
            for (int j = 0; j < vectors; j++) {
                if (shape.end() == End.RELU) {
                    tile.max(sums[i][j], vector);
                } else if (shape.end() == End.MASK) {
                    tile.load(samples[0], valueBase, outputOffset(i, j));
                    tile.zeroUnlessPositive(sums[i][j], samples[0], vector);
                }
                tile.store(sums[i][j], base, outputOffset(i, j));
            }
        }
    }

    private long outputOffset(int i, int j) {
        return i * featureBytes + (long) j * RawMemory.VECTOR_BYTES;
    }
}
