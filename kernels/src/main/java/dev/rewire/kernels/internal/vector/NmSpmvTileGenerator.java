package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.NmShape;
import java.lang.classfile.Label;

/**
 * Writes the product of an N:M matrix and one sample. Vectors run along the kept elements of a row; what each is multiplied by is selected by lane
 * from the inputs of its group. In Java it would read
 *
 * <pre>
 * for each streams rows
 *   sums = 0
 *   for each vector of kept elements
 *     for each row
 *       index = selectors >>> SHIFTS             // for each lane its place among the inputs of one vector
 *       for each vector of inputs that the elements belong to
 *         selected[lanes of that vector] = inputs[index]
 *       sums[row] += value[row] * selected
 *   target = sums                                // {@link PartialSums} adds up their lanes
 * </pre>
 *
 * <p>What limits it is the memory that the values come from. The processor foresees four streams better than one, and the fewer instructions a value
 * takes, the farther ahead it sees by itself.
 */
final class NmSpmvTileGenerator {
    private final TileCode tile;
    private final NmShape shape;
    private final NmSelectors layout;
    private final int streams;

    // The parameters' slots; 0 is the tile itself.
    private final int row = 1;
    private final int endRow = 2;
    private final int selectors = 3;
    private final int values = 5;
    private final int input = 7;
    private final int target = 9;

    private final int selector;
    private final int value;
    private final int lastValue;
    private final int sample;
    private final int selectorBase;
    private final int valueBase;
    private final int base;
    private final int[] sums;
    private final int[] selected;
    private final int index;
    private final int vector;

    private NmSpmvTileGenerator(TileCode tile, NmShape shape, int streams) {
        this.tile = tile;
        this.shape = shape;
        this.streams = streams;
        layout = new NmSelectors(shape);
        selector = tile.newLong();
        value = tile.newLong();
        lastValue = tile.newLong();
        sample = tile.newLong();
        selectorBase = tile.newLong();
        valueBase = tile.newLong();
        base = tile.newLong();
        sums = tile.newVectors(streams);
        selected = tile.newVectors(Integer.numberOfTrailingZeros(layout.inputVectors()) + 1);
        index = tile.newVector();
        vector = tile.newVector();
    }

    static NmSpmvTile generate(NmShape shape, int streams) {
        return TileCode.define(NmSpmvTile.class, tile -> new NmSpmvTileGenerator(tile, shape, streams).rows());
    }

    private void rows() {
        Label loop = tile.code.newLabel();
        Label end = tile.code.newLabel();
        startOfRows(values, rowValueBytes(), value);
        startOfRows(selectors, layout.rowBytes(), selector);
        tile.code.labelBinding(loop).iload(row).iload(endRow).if_icmpge(end);
        sums();
        tile.code.iinc(row, streams).goto_(loop).labelBinding(end);
    }

    private void startOfRows(int address, long rowBytes, int start) {
        tile.code
                .lload(address)
                .iload(row)
                .i2l()
                .loadConstant(rowBytes)
                .lmul()
                .ladd()
                .lstore(start);
    }

    private long rowValueBytes() {
        return (long) shape.rowElements() * shape.type().bytes();
    }

    private long vectorValueBytes() {
        return (long) RawMemory.LANES * shape.type().bytes();
    }

    private void sums() {
        for (int sum : sums) {
            tile.zero(sum);
        }
        tile.code.lload(input).lstore(sample);
        int vectors = shape.rowElements() / RawMemory.LANES;
        if (vectors > 0) {
            vectors(vectors);
        }
        int rest = shape.rowElements() % RawMemory.LANES;
        if (rest > 0) {
            rest(rest);
        }
        tile.advance(value, (streams - 1) * rowValueBytes());
        tile.advance(selector, (streams - 1) * layout.rowBytes());
        tile.maskAddress(target, base);
        for (int stream = 0; stream < streams; stream++) {
            tile.store(sums[stream], base, (long) stream * RawMemory.VECTOR_BYTES);
        }
        tile.advance(target, (long) streams * RawMemory.VECTOR_BYTES);
    }

    private void vectors(int count) {
        Label loop = tile.code.newLabel();
        Label done = tile.code.newLabel();
        tile.code.lload(value).loadConstant((count - 1L) * vectorValueBytes());
        tile.code.ladd().lstore(lastValue);
        advance(-1);
        tile.code.labelBinding(loop);
        advance(1);
        addresses();
        for (int stream = 0; stream < streams; stream++) {
            select(stream);
            tile.loadValues(vector, valueBase, stream * rowValueBytes(), shape.type());
            tile.fma(sums[stream], selected[selected.length - 1], vector);
        }
        tile.code.lload(value).lload(lastValue).lcmp().ifeq(done).goto_(loop).labelBinding(done);
        advance(1);
    }

    private void advance(int vectors) {
        tile.advance(value, vectors * vectorValueBytes());
        tile.advance(selector, (long) vectors * layout.vectorBytes());
        tile.advance(sample, (long) vectors * layout.inputVectors() * RawMemory.VECTOR_BYTES);
    }

    private void addresses() {
        tile.maskAddress(value, valueBase);
        tile.maskAddress(selector, selectorBase);
        tile.maskAddress(sample, base);
    }

    /** The last elements: lanes behind them are zero on both sides, whatever values and inputs are there. */
    private void rest(int rest) {
        addresses();
        for (int stream = 0; stream < streams; stream++) {
            select(stream);
            tile.firstLanes(selected[selected.length - 1], rest);
            tile.loadValues(vector, valueBase, stream * rowValueBytes(), shape.type());
            tile.firstLanes(vector, rest);
            tile.fma(sums[stream], selected[selected.length - 1], vector);
        }
        tile.advance(value, (long) rest * shape.type().bytes());
        tile.advance(selector, layout.vectorBytes());
    }

    /** Leaves in the last of {@code selected} the inputs of a vector of kept elements. */
    private void select(int stream) {
        tile.shiftedSelectors(index, selectorBase, stream * layout.rowBytes());
        if (RawMemory.SELECTORS_IN_GROUP) {
            tile.placesInGroups(index, shape.n(), shape.m());
        }
        selectInputs(0, selected.length - 1);
    }

    /** Halves: lanes whose bit is set belong to the later vectors of inputs. Depth first, so that only one vector per level is alive. */
    private void selectInputs(int firstVector, int level) {
        if (level == 0) {
            tile.selectFrom(selected[0], index, base, (long) firstVector * RawMemory.VECTOR_BYTES);
            return;
        }
        int half = 1 << (level - 1);
        selectInputs(firstVector, level - 1);
        tile.code.aload(selected[level - 1]).astore(selected[level]);
        selectInputs(firstVector + half, level - 1);
        tile.blendLanesWith(selected[level], selected[level - 1], RawMemory.LANES * half / layout.inputVectors());
    }
}
