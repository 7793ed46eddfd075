package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.NmShape;
import java.lang.classfile.Label;

/**
 * Writes the product of an N:M matrix and one sample. Vectors run along the kept elements of a row; what each is multiplied by is selected by lane
 * from the inputs of its group. In Java it would read
 *
 * <pre>
 * for each row of a range
 *   sums of all ranges = 0
 *   for each block of a row
 *     for each range                                // its row lies as many rows further down as a range has
 *       for each vector v of the block
 *         index = selectors >>> v · BITS            // for each lane its place among the inputs of one vector
 *         for each vector of inputs that the elements belong to
 *           selected[lanes of that vector] = inputs[index]
 *         sums[range] += value · selected
 *   target of each range = its sum                  // {@link PartialSums} adds up their lanes
 * </pre>
 *
 * <p>What limits it is the memory that the values come from, and how far the processor sees ahead. Four streams of values that never jump, a few
 * cache lines of each in turn, are foreseen best, and the fewer instructions a value takes, the farther.
 */
final class NmSpmvTileGenerator {
    private final TileCode tile;
    private final NmShape shape;
    private final boolean scaled;
    private final NmSelectors layout;
    private final int ratio;

    // The parameters' slots; 0 is the tile itself.
    private final int firstRow = 1;
    private final int rows = 2;
    private final int selectors = 3;
    private final int values = 5;
    private final int input = 7;
    private final int target = 9;

    /** Of each stream: where its row begins. */
    private final int[] value;

    private final int[] selector;
    private final int[] sums;

    /** How far the streams' targets lie apart. */
    private final int distance;

    private final int endOfTarget;

    /** Bytes of the row's values that were multiplied. */
    private final int done;

    private final int endOfBlocks;
    private final int offset;
    private final int selectorOffset;
    private final int selectorBase;
    private final int base;
    private final int[] inputs;
    private final int[] selected;
    private final int packed;
    private final int index;
    private final int vector;
    private final int noted;

    private NmSpmvTileGenerator(TileCode tile, NmShape shape, int streams, boolean scaled) {
        this.tile = tile;
        this.shape = shape;
        this.scaled = scaled;
        layout = new NmSelectors(shape);
        ratio = layout.inputVectors();
        value = tile.newLongs(streams);
        selector = tile.newLongs(streams);
        sums = tile.newVectors(streams);
        distance = tile.newLong();
        endOfTarget = tile.newLong();
        done = tile.newLong();
        endOfBlocks = tile.newLong();
        offset = tile.newLong();
        selectorOffset = tile.newLong();
        selectorBase = tile.newLong();
        base = tile.newLong();
        inputs = tile.newVectors(layout.vectors() * ratio);
        selected = tile.newVectors(log2(ratio) + 1);
        packed = tile.newVector();
        index = tile.newVector();
        vector = tile.newVector();
        noted = tile.newVector();
    }

    /**
     * Generates a tile.
     *
     * @param streams of values
     * @param scaled whether values are scaled and not widened ({@link ScaledHalves}); then it leaves a vector of what it noted behind the last target
     */
    static WatchedTile<NmSpmvTile> generate(NmShape shape, int streams, boolean scaled) {
        return TileCode.define(
                NmSpmvTile.class,
                shape,
                NmSpmvTile::idle,
                tile -> new NmSpmvTileGenerator(tile, shape, streams, scaled).rows());
    }

    private static int log2(long power) {
        return Long.numberOfTrailingZeros(power);
    }

    private void rows() {
        Label none = tile.code.newLabel();
        tile.code.iload(rows).ifle(none);
        startOfStreams(values, rowBytes(), value);
        startOfStreams(selectors, layout.rowBytes(), selector);
        tile.maskAddress(input, input);
        tile.code
                .iload(rows)
                .i2l()
                .loadConstant((long) RawMemory.VECTOR_BYTES)
                .lmul()
                .lstore(distance);
        add(target, distance, endOfTarget);
        if (scaled) {
            tile.zeroInts(noted);
        }
        tile.until(target, endOfTarget, () -> {
            row();
            nextRow(value, rowBytes());
            nextRow(selector, layout.rowBytes());
            tile.advance(target, RawMemory.VECTOR_BYTES);
        });
        if (scaled) {
            tile.code.lload(target).lstore(base);
            for (int stream = 1; stream < sums.length; stream++) {
                add(base, distance, base);
            }
            tile.maskAddress(base, base);
            tile.storeInts(noted, base, 0);
        }
        tile.code.labelBinding(none);
    }

    private void startOfStreams(int address, long rowBytes, int[] starts) {
        for (int stream = 0; stream < starts.length; stream++) {
            tile.code
                    .iload(rows)
                    .i2l()
                    .loadConstant((long) stream)
                    .lmul()
                    .iload(firstRow)
                    .i2l()
                    .ladd();
            tile.code.loadConstant(rowBytes).lmul().lload(address).ladd().lstore(starts[stream]);
            tile.maskAddress(starts[stream], starts[stream]);
        }
    }

    private void nextRow(int[] starts, long rowBytes) {
        for (int start : starts) {
            tile.advance(start, rowBytes);
            tile.maskAddress(start, start);
        }
    }

    private void row() {
        for (int sum : sums) {
            tile.zero(sum);
        }
        tile.code.lconst_0().lstore(done);
        long bytesOfBlocks = rowBytes() / blockBytes() * blockBytes();
        if (bytesOfBlocks > 0) {
            tile.code.loadConstant(bytesOfBlocks).lstore(endOfBlocks);
            tile.until(done, endOfBlocks, () -> {
                block(layout.vectors() * RawMemory.LANES);
                tile.advance(done, blockBytes());
            });
        }
        int rest = shape.rowElements() % (layout.vectors() * RawMemory.LANES);
        if (rest > 0) {
            block(rest);
        }
        tile.code.lload(target).lstore(base);
        for (int sum : sums) {
            tile.maskAddress(base, base);
            tile.store(sum, base, 0);
            add(base, distance, base);
        }
    }

    private long rowBytes() {
        return (long) shape.rowElements() * shape.type().bytes();
    }

    private long blockBytes() {
        return layout.vectors() * vectorBytes();
    }

    private long vectorBytes() {
        return (long) RawMemory.LANES * shape.type().bytes();
    }

    private void block(int elements) {
        int vectors = vectorsOf(elements);
        int inputVectors = vectorsOf(elements / shape.n() * shape.m());
        tile.maskAddress(done, offset);
        loadInputs(inputVectors);
        selectorsOfBlock();
        for (int stream = 0; stream < sums.length; stream++) {
            add(value[stream], offset, base);
            add(selector[stream], selectorOffset, selectorBase);
            tile.loadShorts(packed, selectorBase, 0);
            for (int vector = 0; vector < vectors; vector++) {
                int lanes = Math.min(elements - vector * RawMemory.LANES, RawMemory.LANES);
                vector(vector, lanes, inputVectors, sums[stream]);
            }
        }
    }

    private static int vectorsOf(int elements) {
        return (elements + RawMemory.LANES - 1) / RawMemory.LANES;
    }

    private void loadInputs(int count) {
        tile.code
                .lload(offset)
                .loadConstant(log2(ratio * Float.BYTES / shape.type().bytes()));
        tile.code.lshl().lstore(base);
        tile.maskAddress(base, base);
        add(input, base, base);
        for (int input = 0; input < count; input++) {
            long inputOffset = (long) input * RawMemory.VECTOR_BYTES;
            if (scaled) {
                tile.loadScaledUp(inputs[input], base, inputOffset, noted);
                tile.asInts(inputs[input]);
            } else {
                tile.loadInts(inputs[input], base, inputOffset);
            }
        }
    }

    /** Where they are loaded as shorts; see {@link NmSelectors}. */
    private void selectorsOfBlock() {
        tile.code.lload(offset).loadConstant(log2(blockBytes())).lushr().lstore(selectorOffset);
        tile.code.lload(selectorOffset).loadConstant(1).lushr();
        tile.code.loadConstant(log2(NmSelectors.PAIR_BYTES)).lshl();
        tile.code.lload(selectorOffset).loadConstant(1L).land().ladd().lstore(selectorOffset);
        tile.maskAddress(selectorOffset, selectorOffset);
    }

    /** Sums of what is in range are, as C2 knows. */
    private void add(int a, int b, int sum) {
        tile.code.lload(a).lload(b).ladd().lstore(sum);
    }

    /** Lanes behind the last element become zero on both sides, whatever values and inputs are there. */
    private void vector(int position, int lanes, int loadedInputs, int sum) {
        tile.shiftRight(packed, position * NmSelectors.BITS, index);
        selectInputs(position * ratio, selected.length - 1, loadedInputs - 1);
        int factor = selected[selected.length - 1];
        if (scaled) {
            tile.loadScaledDown(vector, base, position * vectorBytes(), noted);
        } else {
            tile.loadValues(vector, base, position * vectorBytes(), shape.type());
        }
        if (lanes < RawMemory.LANES) {
            tile.firstLanes(factor, lanes);
            tile.firstLanes(vector, lanes);
        }
        tile.fma(sum, factor, vector);
    }

    /** Halves: lanes whose bit is set belong to the later vectors of inputs. Depth first, so that only one vector per level is alive. */
    private void selectInputs(int first, int level, int last) {
        if (level == 0) {
            tile.selectFrom(inputs[Math.min(first, last)], index, selected[0]);
            return;
        }
        int half = 1 << (level - 1);
        selectInputs(first, level - 1, last);
        tile.code.aload(selected[level - 1]).astore(selected[level]);
        selectInputs(first + half, level - 1, last);
        tile.blendLanesWith(selected[level], selected[level - 1], RawMemory.LANES * half / ratio);
    }
}
