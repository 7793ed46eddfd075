package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.ValueType;
import dev.rewire.kernels.internal.NmShape;
import dev.rewire.kernels.internal.SpmmShape.End;
import java.lang.classfile.Label;
import java.util.Arrays;

/**
 * Writes an SpMM tile for N:M weights: the outputs of {@code streams} groups times {@code vectors} vectors of samples, held in registers. In
 * Java it would read
 *
 * <pre>
 * for each chunk of a row's kept elements        // whose samples fit the first-level cache
 *   for each streams groups of outputs
 *     for each lane of the panel, vectors at a time
 *       sums = 0, bias or old output             // of the first chunk; later ones go on with what the output holds
 *       for each kept element k of the chunk     // some of them written out
 *         for each stream
 *           sample = input[first input of the chunk + places[k]]
 *           for each output i of the stream
 *             sums[i][j] += value[i][k] * sample[j]
 *       output = relu or mask of sums            // of the last chunk
 * </pre>
 *
 * Loops end when an address is reached, so that C2 takes them for no counted loops; see {@link SpmmTileGenerator}.
 */
final class NmTileGenerator {
    /** Kept elements that are written out if each sample is used once. More gain nothing, and C1 has not enough registers for their code. */
    private static final int MOST_UNROLLED = 2;

    private final TileCode tile;
    private final NmShape shape;
    private final int streams;
    private final Span.Turns turns;

    private final long featureBytes;
    private final long rowBytes;
    private final int unrolled;
    private final int chunk;

    // The parameters' slots; 0 is the tile itself.
    private final int firstGroup = 1;
    private final int endGroup = 2;
    private final int places = 3;
    private final int values = 5;
    private final int input = 7;
    private final int output = 9;
    private final int bias = 11;
    private final int mask = 13;

    private final int first;
    private final int end;
    private final int group;
    private final int place;
    private final int lane;
    private final int row;
    private final int groupOutput;
    private final int tileOutput;
    private final int tileBias;
    private final int tileMask;
    private final int value;
    private final int lastValue;
    private final int sample;
    private final int valueBase;
    private final int sampleBase;
    private final int placeBase;
    private final int base;
    private final int[] bits;
    private final TileSums sums;
    private final int[] samples;
    private final int vector;

    private NmTileGenerator(TileCode tile, NmShape shape, int streams, Span.Turns turns) {
        this.tile = tile;
        this.shape = shape;
        this.streams = streams;
        this.turns = turns;
        featureBytes = (long) shape.lanes() * Float.BYTES;
        rowBytes = (long) shape.rowElements() * shape.type().bytes();
        unrolled = unrolled(shape, streams);
        chunk = shape.chunkInputs() / shape.m() * shape.n();
        first = tile.newInt();
        end = tile.newInt();
        group = tile.newInt();
        place = tile.newLong();
        lane = tile.newLong();
        row = tile.newLong();
        groupOutput = tile.newLong();
        tileOutput = tile.newLong();
        tileBias = tile.newLong();
        tileMask = tile.newLong();
        value = tile.newLong();
        lastValue = tile.newLong();
        sample = tile.newLong();
        valueBase = tile.newLong();
        sampleBase = tile.newLong();
        placeBase = tile.newLong();
        base = tile.newLong();
        bits = new int[streams];
        Arrays.setAll(bits, stream -> tile.newLong());
        sums = new TileSums(
                tile,
                shape.start(),
                shape.end(),
                new FeatureStride(tile, featureBytes, FeatureStride.NONE),
                streams * shape.outputs(),
                turns.vectors(),
                1);
        samples = tile.newVectors(turns.vectors());
        vector = tile.newVector();
    }

    /** Where several outputs use a sample C2 would load too early and spill; widening fp16, or many streams, are long code by themselves. */
    private static int unrolled(NmShape shape, int streams) {
        return shape.outputs() > 1 || streams > 2 || shape.type() == ValueType.F16
                ? 1
                : Integer.lowestOneBit(shape.rowElements() | MOST_UNROLLED);
    }

    static WatchedTile<NmTile> generate(NmShape shape, int streams, Span.Turns turns) {
        return TileCode.define(
                NmTile.class, shape, NmTile::idle, tile -> new NmTileGenerator(tile, shape, streams, turns).chunks());
    }

    private void chunks() {
        Label loop = tile.code.newLabel();
        Label rest = tile.code.newLabel();
        tile.code.iconst_0().istore(first).labelBinding(loop);
        tile.code.iload(first).loadConstant(chunk).iadd().istore(end);
        tile.code.iload(end).loadConstant(shape.rowElements()).if_icmple(rest);
        tile.code.loadConstant(shape.rowElements()).istore(end).labelBinding(rest);
        groups();
        tile.code.iload(end).istore(first);
        tile.code.iload(first).loadConstant(shape.rowElements()).if_icmplt(loop);
    }

    private void groups() {
        Label loop = tile.code.newLabel();
        Label done = tile.code.newLabel();
        tile.code.iload(firstGroup).istore(group).labelBinding(loop);
        tile.code.iload(group).iload(endGroup).if_icmpge(done);
        tile.code.iload(group).loadConstant(shape.outputs()).imul().i2l().lstore(row);
        tile.code
                .lload(output)
                .lload(row)
                .loadConstant(featureBytes)
                .lmul()
                .ladd()
                .lstore(groupOutput);
        lanes();
        tile.code.iinc(group, streams).goto_(loop).labelBinding(done);
    }

    private void lanes() {
        Label loop = tile.code.newLabel();
        long bytes = (long) turns.vectors() * RawMemory.VECTOR_BYTES;
        tile.code.loadConstant(0L).lstore(lane).labelBinding(loop);
        tile();
        if (turns.times() > 1) {
            tile.advance(lane, bytes);
            tile.code.lload(lane).loadConstant(turns.times() * bytes).lcmp().ifne(loop);
        }
    }

    private void tile() {
        Label starting = tile.code.newLabel();
        Label started = tile.code.newLabel();
        addresses();
        tile.code.iload(first).ifeq(starting);
        sums.load(tileOutput);
        tile.code.goto_(started).labelBinding(starting);
        sums.start(tileOutput, tileBias);
        tile.code.labelBinding(started);
        elements();
        sums.store(
                tileOutput,
                tileMask,
                unfinished ->
                        tile.code.iload(end).loadConstant(shape.rowElements()).if_icmplt(unfinished));
    }

    /** Where output, bias, mask, values and indices of this tile and chunk lie. */
    private void addresses() {
        tile.code.lload(groupOutput).lload(lane).ladd().lstore(tileOutput);
        if (shape.start().readsBias()) {
            tile.code
                    .lload(bias)
                    .lload(row)
                    .loadConstant((long) Float.BYTES)
                    .lmul()
                    .ladd()
                    .lstore(tileBias);
        }
        if (shape.end() == End.MASK) {
            tile.code.lload(mask).lload(row).loadConstant(featureBytes).lmul().ladd();
            tile.code.lload(lane).ladd().lstore(tileMask);
        }
        tile.code
                .lload(places)
                .iload(group)
                .i2l()
                .loadConstant((long) shape.rowElements())
                .lmul()
                .ladd();
        tile.code.iload(first).i2l().ladd().lstore(place);
        tile.code.lload(values).lload(row).loadConstant(rowBytes).lmul().ladd();
        tile.code
                .iload(first)
                .i2l()
                .loadConstant((long) shape.type().bytes())
                .lmul()
                .ladd()
                .lstore(value);
        tile.code.lload(value);
        tile.code
                .iload(end)
                .iload(first)
                .isub()
                .i2l()
                .loadConstant((long) shape.type().bytes())
                .lmul();
        tile.code.ladd().lstore(lastValue);
        tile.code.lload(input).lload(lane).ladd();
        tile.code.iload(first).loadConstant(chunk).idiv().i2l();
        tile.code.loadConstant(shape.chunkInputs() * featureBytes).lmul().ladd().lstore(sample);
    }

    private void elements() {
        Label loop = tile.code.newLabel();
        Label done = tile.code.newLabel();
        long turnBytes = (long) unrolled * shape.type().bytes();
        tile.code.lload(value).lload(lastValue).lcmp().ifeq(done);
        tile.advance(value, -turnBytes);
        tile.advance(lastValue, -turnBytes);
        tile.advance(place, -unrolled);
        tile.code.labelBinding(loop);
        tile.advance(value, turnBytes);
        tile.advance(place, unrolled);
        products();
        tile.code.lload(value).lload(lastValue).lcmp().ifeq(done).goto_(loop).labelBinding(done);
    }

    private void products() {
        tile.maskAddress(value, valueBase);
        tile.maskAddress(sample, sampleBase);
        tile.maskAddress(place, placeBase);
        for (int stream = 0; stream < streams; stream++) {
            // All at once: loads are what limits this loop.
            tile.loadBits(bits[stream], placeBase, (long) stream * shape.rowElements(), unrolled);
        }
        for (int k = 0; k < unrolled; k++) {
            for (int stream = 0; stream < streams; stream++) {
                sampleOf(k, stream);
                for (int j = 0; j < turns.vectors(); j++) {
                    tile.load(samples[j], base, (long) j * RawMemory.VECTOR_BYTES);
                }
                for (int i = 0; i < shape.outputs(); i++) {
                    int output = stream * shape.outputs() + i;
                    tile.broadcast(
                            vector,
                            valueBase,
                            output * rowBytes + (long) k * shape.type().bytes(),
                            shape.type());
                    for (int j = 0; j < turns.vectors(); j++) {
                        tile.fma(sums.at(0, output, j), vector, samples[j]);
                    }
                }
            }
        }
    }

    /** Sets {@code base} to the samples of an element: less than 256 features behind an address, where C2 needs no mask to drop its check. */
    private void sampleOf(int k, int stream) {
        int shift = Long.numberOfTrailingZeros(featureBytes) - k * Byte.SIZE;
        tile.code.lload(sampleBase).lload(bits[stream]);
        if (shift >= 0) {
            tile.code.loadConstant(shift).lshl();
        } else {
            tile.code.loadConstant(-shift).lushr();
        }
        tile.code.loadConstant(0xff * featureBytes).land().ladd().lstore(base);
    }
}
