package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.NmShape;
import java.lang.classfile.Label;

/**
 * Writes the product of an N:M matrix and one sample. Vectors run along the kept elements of a row; what each is multiplied by is selected from
 * the inputs of its group by lane, with indices unpacked from the codes as they are, so that no more is read than the matrix has. In Java it would
 * read
 *
 * <pre>
 * for each row
 *   sums = 0
 *   for each vector of kept elements             // two to a turn, into sums of their own
 *     index = (code >>> SHIFTS & M − 1) + GROUPS // for each lane its place among the inputs of one vector
 *     for each vector of inputs that the elements belong to
 *       selected[lanes of that vector] = inputs[index]
 *     sums += value * selected
 *   target = sums                                // {@link PartialSums} adds up their lanes
 * </pre>
 */
final class NmSpmvTileGenerator {
    private final TileCode tile;
    private final NmShape shape;
    private final int chains;

    // The parameters' slots; 0 is the tile itself.
    private final int row = 1;
    private final int endRow = 2;
    private final int codes = 3;
    private final int values = 5;
    private final int input = 7;
    private final int target = 9;

    private final int code;
    private final int value;
    private final int lastValue;
    private final int sample;
    private final int codeBase;
    private final int valueBase;
    private final int base;
    private final int[] sums;
    private final int[] selected;
    private final int index;
    private final int vector;
    private final int shifts;
    private final int groups;

    private NmSpmvTileGenerator(TileCode tile, NmShape shape) {
        this.tile = tile;
        this.shape = shape;
        chains = shape.rowElements() / RawMemory.LANES % 2 == 0 ? 2 : 1;
        code = tile.newLong();
        value = tile.newLong();
        lastValue = tile.newLong();
        sample = tile.newLong();
        codeBase = tile.newLong();
        valueBase = tile.newLong();
        base = tile.newLong();
        sums = tile.newVectors(chains);
        selected = tile.newVectors(Integer.numberOfTrailingZeros(inputVectors()) + 1);
        index = tile.newVector();
        vector = tile.newVector();
        shifts = tile.newVector();
        groups = tile.newVector();
    }

    /** Whether each lane's group lies in one known vector of inputs, and the codes of a vector are 1, 2 or 4 whole bytes. */
    static boolean fits(NmShape shape) {
        int bits = RawMemory.LANES * shape.indexBits();
        return Integer.bitCount(shape.n()) == 1
                && shape.n() < shape.m()
                && shape.m() <= RawMemory.LANES
                && shape.rowBytes() * Byte.SIZE == shape.rowElements() * shape.indexBits()
                && (bits == 8 || bits == 16 || bits == 32);
    }

    static NmSpmvTile generate(NmShape shape) {
        return TileCode.define(NmSpmvTile.class, tile -> new NmSpmvTileGenerator(tile, shape).rows());
    }

    /** Vectors of inputs that one vector of kept elements belongs to. */
    private int inputVectors() {
        return shape.m() / shape.n();
    }

    private int codeBytes() {
        return RawMemory.LANES * shape.indexBits() / Byte.SIZE;
    }

    private void rows() {
        Label loop = tile.code.newLabel();
        Label end = tile.code.newLabel();
        tile.lanesTimes(shifts, shape.indexBits());
        tile.firstOfGroups(groups, shape.n(), shape.m());
        tile.code.lload(values).iload(row).i2l();
        tile.code
                .loadConstant((long) shape.rowElements() * Float.BYTES)
                .lmul()
                .ladd()
                .lstore(value);
        tile.code.lload(codes).iload(row).i2l();
        tile.code.loadConstant((long) shape.rowBytes()).lmul().ladd().lstore(code);
        tile.code.labelBinding(loop).iload(row).iload(endRow).if_icmpge(end);
        sum();
        tile.code.iinc(row, 1).goto_(loop).labelBinding(end);
    }

    private void sum() {
        for (int sum : sums) {
            tile.zero(sum);
        }
        tile.code.lload(input).lstore(sample);
        int vectors = shape.rowElements() / RawMemory.LANES;
        if (vectors > 0) {
            vectors(vectors / chains);
        }
        int rest = shape.rowElements() % RawMemory.LANES;
        if (rest > 0) {
            rest(rest);
        }
        for (int chain = 1; chain < chains; chain++) {
            tile.add(sums[0], sums[chain]);
        }
        tile.maskAddress(target, base);
        tile.store(sums[0], base, 0);
        tile.advance(target, RawMemory.VECTOR_BYTES);
    }

    private void vectors(int turns) {
        Label loop = tile.code.newLabel();
        Label done = tile.code.newLabel();
        long valueBytes = (long) chains * RawMemory.VECTOR_BYTES;
        tile.code.lload(value).loadConstant(valueBytes * (turns - 1)).ladd().lstore(lastValue);
        advance(-chains);
        tile.code.labelBinding(loop);
        advance(chains);
        addresses();
        for (int chain = 0; chain < chains; chain++) {
            select(chain);
            tile.load(vector, valueBase, (long) chain * RawMemory.VECTOR_BYTES);
            tile.fma(sums[chain], selected[selected.length - 1], vector);
        }
        tile.code.lload(value).lload(lastValue).lcmp().ifeq(done).goto_(loop).labelBinding(done);
        advance(chains);
    }

    private void advance(int vectors) {
        tile.advance(value, (long) vectors * RawMemory.VECTOR_BYTES);
        tile.advance(code, (long) vectors * codeBytes());
        tile.advance(sample, (long) vectors * inputVectors() * RawMemory.VECTOR_BYTES);
    }

    private void addresses() {
        tile.maskAddress(value, valueBase);
        tile.maskAddress(code, codeBase);
        tile.maskAddress(sample, base);
    }

    /** The last elements: lanes behind them are zero on both sides, whatever the inputs there are. */
    private void rest(int rest) {
        addresses();
        select(0);
        tile.firstLanes(selected[selected.length - 1], rest);
        tile.loadFirst(vector, valueBase, rest);
        tile.fma(sums[0], selected[selected.length - 1], vector);
        tile.advance(value, (long) rest * Float.BYTES);
        tile.advance(code, (long) rest * shape.indexBits() / Byte.SIZE);
    }

    /** Leaves in the last of {@code selected} the inputs of a vector of kept elements. */
    private void select(int chain) {
        tile.unpack(index, codeBase, (long) chain * codeBytes(), codeBytes(), shifts, shape.m() - 1, groups);
        select(chain * inputVectors(), selected.length - 1);
    }

    /** Halves: lanes whose bit is set belong to the later vectors of inputs. Depth first, so that only one vector per level is alive. */
    private void select(int firstVector, int level) {
        if (level == 0) {
            tile.selectFrom(selected[0], index, base, (long) firstVector * RawMemory.VECTOR_BYTES);
            return;
        }
        int half = 1 << (level - 1);
        select(firstVector, level - 1);
        tile.code.aload(selected[level - 1]).astore(selected[level]);
        select(firstVector + half, level - 1);
        tile.blendLanesWith(selected[level], selected[level - 1], RawMemory.LANES * half / inputVectors());
    }
}
