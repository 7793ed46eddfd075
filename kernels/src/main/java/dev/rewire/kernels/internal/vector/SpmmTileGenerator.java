package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.CacheSizes;
import dev.rewire.kernels.internal.SpmmShape;
import dev.rewire.kernels.internal.SpmmShape.End;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;

/**
 * Writes an SpMM tile: {@code size} outputs times {@code vectors} vectors of samples, held in registers while blocks of a group are walked.
 * One step loads the samples of one input and broadcasts one weight per output. In Java it would read
 *
 * <pre>
 * for each group
 *   for each chunk of the group's items          // blocks whose samples fit the first-level cache
 *     for each lane of the panel, vectors at a time
 *       for each tile of the part                // outputs tile .. tile + size
 *         sums = 0, bias or old output           // of the first chunk; later ones go on with what the output holds
 *         for each item of the chunk             // a block
 *           for each step of the block           // an input
 *             sums[i][j] += value[i] * sample[j]
 *         output = relu or mask of sums          // of the last chunk
 * </pre>
 *
 * Where items are single weights (1×1 blocks), the caller cuts the groups' items instead, and runs all groups for one chunk of inputs after
 * the other.
 *
 * <p>Two loops are written so that C2 takes them for no counted loops, which it would unroll until the sums spill, and give copies before and
 * after that a trip count of a dozen cannot pay for: the steps end when an address is reached, and items without a loop over steps
 * are counted in twos. Addresses advance before they are used, and each turn ends in a comparison followed by a jump back: the other way round C2
 * keeps copies of the addresses and computes the comparison's result twice, which costs 0.8 of 4 cycles (docs/performance.md).
 */
final class SpmmTileGenerator {
    /** Inputs of a chunk: with 64 samples half of the first-level cache, which leaves room for values and sums. */
    private static final int CHUNK_STEPS = CacheSizes.items(CacheSizes.L1 / 2, 64 * Float.BYTES, 256);

    /** A multiplication takes four cycles, and a processor starts two in each; more sums than half of these are not worth the moves. */
    private static final int CHAINS = 4;

    /** Products of a turn, where there is nothing but items to make more of them. */
    private static final int PRODUCTS = 8;

    /** Steps of a tile of one output that are written out; a taller tile would spill. */
    private static final int MOST_UNROLLED = 4;

    private final TileCode tile;
    private final SpmmShape shape;
    private final Tiling.Part part;
    private final Span.Turns turns;
    private final int chains;
    private final int itemsOfTurn;

    private final long blockBytes;
    private final FeatureStride inputFeatures;
    private final FeatureStride outputFeatures;
    private final FeatureStride maskFeatures;
    private final FeatureStride biases;
    private final int outputsOfGroup;
    private final boolean severalTiles;
    private final boolean cutByCaller;

    // The parameters' slots; 0 is the tile itself.
    private final int cuts = 1;
    private final int inputs = 2;
    private final int blocks = 3;
    private final int group = 4;
    private final int endGroup = 5;
    private final int values = 6;
    private final int input = 8;
    private final int output = 10;
    private final int bias = 12;
    private final int mask = 14;
    private final int from = 16;
    private final int to = 17;
    private final int last = 18;
    private final int inputStride = 19;
    private final int outputStride = 21;
    private final int narrowInputs = 23;
    private final int addend = 24;

    private final int chunk;
    private final int endOfGroup;
    private final int item;
    private final int endItem;
    private final int itemsLeft;
    private final int lane;
    private final int tileOutput;
    private final int tileBias;
    private final int tileMask;
    private final int value;
    private final int sample;
    private final int valueOfTile;
    private final int lastValue;
    private final int base;
    private final int valueBase;
    private final TileSums sums;
    private final int[] samples;
    private final int vector;

    private SpmmTileGenerator(TileCode tile, SpmmShape shape, Tiling.Part part, Span.Turns turns) {
        this.tile = tile;
        this.shape = shape;
        this.part = part;
        this.turns = turns;
        chains = chains(shape, part, turns);
        itemsOfTurn = itemsOfTurn(shape, part, turns);
        blockBytes = (long) shape.blockElements() * shape.type().bytes();
        long featureBytes = (long) shape.lanes() * Float.BYTES;
        inputFeatures = new FeatureStride(tile, featureBytes, shape.strided() ? inputStride : FeatureStride.NONE);
        outputFeatures = new FeatureStride(tile, featureBytes, shape.strided() ? outputStride : FeatureStride.NONE);
        maskFeatures = new FeatureStride(tile, featureBytes, FeatureStride.NONE);
        outputsOfGroup = shape.blockElements() / shape.steps();
        severalTiles = part.to() - part.from() > part.size();
        cutByCaller = shape.outputs() == 1;
        biases = new FeatureStride(tile, Float.BYTES, FeatureStride.NONE);
        chunk = tile.newInt();
        endOfGroup = tile.newInt();
        item = tile.newInt();
        endItem = tile.newInt();
        itemsLeft = tile.newLong();
        lane = tile.newLong();
        tileOutput = tile.newLong();
        tileBias = tile.newLong();
        tileMask = tile.newLong();
        value = tile.newLong();
        sample = tile.newLong();
        valueOfTile = tile.newLong();
        lastValue = tile.newLong();
        base = tile.newLong();
        valueBase = tile.newLong();
        sums = new TileSums(tile, shape.start(), shape.end(), outputFeatures, part.size(), turns.vectors(), chains);
        samples = tile.newVectors(turns.vectors());
        vector = tile.newVector();
    }

    static WatchedTile<SpmmTile> generate(SpmmShape shape, Tiling.Part part, Span.Turns turns) {
        return TileCode.define(
                SpmmTile.class,
                shape,
                SpmmTile::idle,
                tile -> new SpmmTileGenerator(tile, shape, part, turns).groups());
    }

    /** Sums that an output is split into where a tile has so few that each multiplication would wait for the last. */
    private static int chains(SpmmShape shape, Tiling.Part part, Span.Turns turns) {
        if (shape.lanes() >= 64) {
            return isSplit(shape, part) ? 2 : 1;
        }
        int chains = Tiling.powerOfTwo(CHAINS / (part.size() * turns.vectors()));
        return Math.min(chains, Math.max(unrolledSteps(shape, part), itemsOfTurn(shape, part, turns)));
    }

    private void groups() {
        Label loop = tile.code.newLabel();
        Label end = tile.code.newLabel();
        addFeatures(output, outputFeatures);
        if (shape.start().readsBias()) {
            addFeatures(bias, biases);
        }
        if (shape.end() == End.MASK) {
            addFeatures(mask, maskFeatures);
        }
        tile.code.labelBinding(loop).iload(group).iload(endGroup).if_icmpge(end);
        chunks();
        advanceOutputs(output, bias, mask, outputsOfGroup);
        tile.code.iinc(group, 1).goto_(loop).labelBinding(end);
    }

    /** {@code address += group · outputsOfGroup + part.from}, of features. */
    private void addFeatures(int address, FeatureStride features) {
        tile.code
                .lload(address)
                .iload(group)
                .i2l()
                .loadConstant((long) outputsOfGroup)
                .lmul();
        features.toBytes();
        tile.code.ladd().lstore(address);
        features.advance(address, part.from());
    }

    private void advanceOutputs(int outputAddress, int biasAddress, int maskAddress, int count) {
        outputFeatures.advance(outputAddress, count);
        if (shape.start().readsBias()) {
            biases.advance(biasAddress, count);
        }
        if (shape.end() == End.MASK) {
            maskFeatures.advance(maskAddress, count);
        }
    }

    /** A group of one tile meets each of its samples once, so cutting it would save nothing. */
    private void chunks() {
        Label loop = tile.code.newLabel();
        Label rest = tile.code.newLabel();
        firstItem(chunk);
        tile.code.aload(cuts).iload(group).iload(to).iadd().iaload().istore(endOfGroup);
        tile.code.labelBinding(loop).iload(endOfGroup).istore(endItem);
        if (!severalTiles) {
            lanes();
            return;
        }
        int items = Math.max(1, CHUNK_STEPS / shape.steps());
        tile.code
                .iload(endOfGroup)
                .iload(chunk)
                .isub()
                .loadConstant(items)
                .if_icmple(rest)
                .iload(chunk)
                .loadConstant(items)
                .iadd()
                .istore(endItem)
                .labelBinding(rest);
        lanes();
        tile.code.iload(endItem).istore(chunk).iload(chunk).iload(endOfGroup).if_icmplt(loop);
    }

    private void firstItem(int target) {
        tile.code.aload(cuts).iload(group).iload(from).iadd().iaload().istore(target);
    }

    private void lanes() {
        Label loop = tile.code.newLabel();
        long bytes = (long) turns.vectors() * RawMemory.VECTOR_BYTES;
        tile.code.loadConstant(0L).lstore(lane).labelBinding(loop);
        tile.code.lload(output).lload(lane).ladd().lstore(tileOutput);
        if (shape.start().readsBias()) {
            tile.code.lload(bias).lstore(tileBias);
        }
        if (shape.end() == End.MASK) {
            tile.code.lload(mask).lload(lane).ladd().lstore(tileMask);
        }
        tiles();
        if (turns.times() > 1) {
            tile.advance(lane, bytes);
            tile.code.lload(lane).loadConstant(turns.times() * bytes).lcmp().ifne(loop);
        }
    }

    private void tiles() {
        Label loop = tile.code.newLabel();
        long outputBytes = (long) shape.outputStride() * shape.type().bytes();
        tile.code.loadConstant(part.from() * outputBytes).lstore(valueOfTile).labelBinding(loop);
        start();
        items();
        finish();
        if (severalTiles) {
            advanceOutputs(tileOutput, tileBias, tileMask, part.size());
            tile.advance(valueOfTile, part.size() * outputBytes);
            tile.code
                    .lload(valueOfTile)
                    .loadConstant(part.to() * outputBytes)
                    .lcmp()
                    .ifne(loop);
        }
    }

    private void start() {
        if (!severalTiles && !cutByCaller) {
            sums.start(tileOutput, tileBias, addend);
            return;
        }
        Label first = tile.code.newLabel();
        Label started = tile.code.newLabel();
        if (cutByCaller) {
            tile.code.iload(from).ifeq(first);
        } else {
            firstItem(item);
            tile.code.iload(chunk).iload(item).if_icmpeq(first);
        }
        sums.load(tileOutput);
        tile.code.goto_(started).labelBinding(first);
        sums.start(tileOutput, tileBias, addend);
        tile.code.labelBinding(started);
    }

    private void items() {
        tile.code.iload(chunk).istore(item);
        if (shape.consecutive()) {
            tile.code.lload(values).lload(valueOfTile).ladd();
            tile.code.iload(item).i2l().loadConstant(blockBytes).lmul().ladd().lstore(value);
        }
        if (itemsOfTurn > 1) {
            itemsInTurns();
        }
        Label loop = tile.code.newLabel();
        Label end = tile.code.newLabel();
        countItems(1);
        boolean counted = shape.steps() > unrolledSteps(shape, part);
        if (counted) {
            tile.code.labelBinding(loop).iload(item).iload(endItem).if_icmpge(end);
        } else {
            tile.code.iload(item).iload(endItem).if_icmpge(end).labelBinding(loop);
        }
        addresses(0);
        tile.code.iinc(item, 1);
        steps();
        if (shape.consecutive()) {
            tile.advance(
                    value, blockBytes - (long) shape.stepStride() * shape.type().bytes() * shape.steps());
        }
        if (!counted) {
            tile.advance(itemsLeft, -2);
            tile.code.lload(itemsLeft).lconst_0().lcmp().ifeq(end);
        }
        tile.code.goto_(loop).labelBinding(end);
    }

    /** Where an item is so little work that to count it would take as long. */
    private void itemsInTurns() {
        Label loop = tile.code.newLabel();
        Label end = tile.code.newLabel();
        countItems(itemsOfTurn);
        tile.code.lload(itemsLeft).lconst_0().lcmp().ifle(end).labelBinding(loop);
        for (int i = 0; i < itemsOfTurn; i++) {
            addresses(i);
            tile.maskAddress(sample, base);
            tile.maskAddress(value, valueBase);
            products(0, shape.consecutive() ? i * blockBytes : 0, i % chains);
        }
        tile.code.iinc(item, itemsOfTurn);
        if (shape.consecutive()) {
            tile.advance(value, itemsOfTurn * blockBytes);
        }
        tile.advance(itemsLeft, -2);
        tile.code.lload(itemsLeft).lconst_0().lcmp().ifeq(end).goto_(loop).labelBinding(end);
    }

    /** {@code itemsLeft} becomes twice how often there are so many items. */
    private void countItems(int items) {
        tile.code.iload(endItem).iload(item).isub().loadConstant(items).idiv().i2l();
        tile.code.loadConstant(2L).lmul().lstore(itemsLeft);
    }

    /** Where the samples lie of the item that is so many ahead, and its values, unless these follow one another. */
    private void addresses(int ahead) {
        if (!shape.consecutive()) {
            tile.code.lload(values).lload(valueOfTile).ladd();
            itemOf(blocks, ahead).iaload();
            tile.code.i2l().loadConstant(blockBytes).lmul().ladd().lstore(value);
        }
        tile.code.lload(input).lload(lane).ladd();
        if (shape.narrow()) {
            itemOf(narrowInputs, ahead).caload();
        } else {
            itemOf(inputs, ahead).iaload();
        }
        tile.code.i2l();
        inputFeatures.toBytes();
        tile.code.ladd().lstore(sample);
    }

    private CodeBuilder itemOf(int array, int ahead) {
        tile.code.aload(array).iload(item);
        return ahead > 0 ? tile.code.loadConstant(ahead).iadd() : tile.code;
    }

    /** Those of one step, whose products are the fewest that a turn can have. */
    private static int itemsOfTurn(SpmmShape shape, Tiling.Part part, Span.Turns turns) {
        return shape.steps() > 1 ? 1 : Tiling.powerOfTwo(PRODUCTS / (part.size() * turns.vectors()));
    }

    /**
     * Whether an output of a larger batch has two sums, for steps in turn: if four vectors hold a panel. It has as many in a last panel of fewer vectors, for a
     * sample's bits do not depend on how many there are. Single elements have one: two gained nothing.
     */
    private static boolean isSplit(SpmmShape shape, Tiling.Part part) {
        return part.size() == 1 && shape.lanes() / RawMemory.LANES <= 4 && unrolledSteps(shape, part) > 1;
    }

    private static int unrolledSteps(SpmmShape shape, Tiling.Part part) {
        return part.size() == 1 ? Math.min(MOST_UNROLLED, Integer.lowestOneBit(shape.steps())) : 1;
    }

    private void steps() {
        int unrolled = unrolledSteps(shape, part);
        long valueBytes = (long) unrolled * shape.stepStride() * shape.type().bytes();
        int features = inputFeatures.isConstant() ? unrolled : 1;
        int turns = shape.steps() / unrolled;
        if (turns == 1) {
            products(unrolled);
            tile.advance(value, valueBytes);
            return;
        }
        Label loop = tile.code.newLabel();
        Label done = tile.code.newLabel();
        tile.code.lload(value).loadConstant(valueBytes * (turns - 1)).ladd().lstore(lastValue);
        tile.advance(value, -valueBytes);
        inputFeatures.advance(sample, -features);
        tile.code.labelBinding(loop);
        tile.advance(value, valueBytes);
        inputFeatures.advance(sample, features);
        products(unrolled);
        tile.code.lload(value).lload(lastValue).lcmp().ifeq(done).goto_(loop).labelBinding(done);
        tile.advance(value, valueBytes);
    }

    private void products(int steps) {
        tile.maskAddress(sample, base);
        tile.maskAddress(value, valueBase);
        for (int step = 0; step < steps; step++) {
            if (step > 0 && !inputFeatures.isConstant()) {
                inputFeatures.advance(sample, 1);
                tile.maskAddress(sample, base);
            }
            products(
                    inputFeatures.isConstant() ? step * inputFeatures.bytes() : 0,
                    (long) step * shape.stepStride() * shape.type().bytes(),
                    step % chains);
        }
    }

    /** A sample is the last factor of its product: there C2 makes its load a part of the multiplication if it has one use only. */
    private void products(long sampleOffset, long valueOffset, int chain) {
        for (int j = 0; j < turns.vectors(); j++) {
            tile.load(samples[j], base, sampleOffset + (long) j * RawMemory.VECTOR_BYTES);
        }
        for (int i = 0; i < part.size(); i++) {
            long offset =
                    valueOffset + (long) i * shape.outputStride() * shape.type().bytes();
            tile.broadcast(vector, valueBase, offset, shape.type());
            for (int j = 0; j < turns.vectors(); j++) {
                tile.fma(sums.at(chain, i, j), vector, samples[j]);
            }
        }
    }

    private void finish() {
        sums.addChains();
        sums.store(tileOutput, tileMask, unfinished -> {
            if (cutByCaller) {
                tile.code.iload(last).ifeq(unfinished);
            } else if (severalTiles) {
                tile.code.iload(endItem).iload(endOfGroup).if_icmplt(unfinished);
            }
        });
    }
}
