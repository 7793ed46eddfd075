package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.SpmmShape.End;
import dev.rewire.kernels.internal.SpmmShape.Start;
import java.lang.classfile.Label;
import java.util.function.Consumer;

/** The sums of a tile: outputs times vectors of samples, held in registers, with what they start from and what finished ones become. */
final class TileSums {
    private static final int NONE = -1;

    private final TileCode tile;
    private final Start start;
    private final End end;
    private final FeatureStride features;
    private final int[][] sums;
    private final int[][][] chains;
    private final int vector;
    private final int other;
    private final int base;
    private final int otherBase;
    private final int endOfRow;
    private final int endOfRows;

    TileSums(TileCode tile, Start start, End end, FeatureStride features, int outputs, int vectors, int chains) {
        this.tile = tile;
        this.start = start;
        this.end = end;
        this.features = features;
        sums = tile.newVectors(outputs, vectors);
        this.chains = new int[chains][][];
        this.chains[0] = sums;
        for (int chain = 1; chain < chains; chain++) {
            this.chains[chain] = tile.newVectors(outputs, vectors);
        }
        vector = tile.newVector();
        other = tile.newVector();
        base = tile.newLong();
        otherBase = tile.newLong();
        endOfRow = tile.newLong();
        endOfRows = tile.newLong();
    }

    /** The local of a sum, of one of those that an output is split into. */
    int at(int chain, int output, int vectorOfOutput) {
        return chains[chain][output][vectorOfOutput];
    }

    /** Adds up the sums that an output is split into, in one order. */
    void addChains() {
        for (int step = 1; step < chains.length; step *= 2) {
            for (int chain = 0; chain + step < chains.length; chain += 2 * step) {
                for (int i = 0; i < sums.length; i++) {
                    for (int j = 0; j < sums[i].length; j++) {
                        tile.add(chains[chain][i][j], chains[chain + step][i][j]);
                    }
                }
            }
        }
    }

    private void zeroChains() {
        for (int chain = 1; chain < chains.length; chain++) {
            for (int[] row : chains[chain]) {
                for (int sum : row) {
                    tile.zero(sum);
                }
            }
        }
    }

    /** Sums become what the output holds. */
    void load(int output) {
        zeroChains();
        forEach(output, tile::load);
    }

    /** Sums become what they start from; the locals hold addresses of the tile's first output and bias. */
    void start(int output, int bias) {
        start(output, bias, NONE);
    }

    /** Sums become what they start from; the last local holds how far behind the output that lies. */
    void start(int output, int bias, int addend) {
        if (start.readsOutput() && addend != NONE) {
            tile.code.lload(output).lload(addend).ladd().lstore(otherBase);
            load(otherBase);
        } else if (start.readsOutput()) {
            load(output);
        } else {
            zeroChains();
        }
        if (start.readsBias()) {
            tile.maskAddress(bias, otherBase);
        }
        for (int i = 0; i < sums.length; i++) {
            if (start.readsBias()) {
                tile.broadcast(vector, otherBase, (long) i * Float.BYTES);
            }
            for (int sum : sums[i]) {
                switch (start) {
                    case ZERO -> tile.zero(sum);
                    case BIAS -> tile.code.aload(vector).astore(sum);
                    case OUTPUT -> {} // loaded
                    case OUTPUT_AND_BIAS -> tile.add(sum, vector);
                }
            }
        }
    }

    /**
     * The output becomes the sums, finished unless there are more to come.
     *
     * @param output local of the address of the tile's first output
     * @param mask local of the address of its mask
     * @param unfinished writes a jump that is taken if the sums are not finished
     */
    void store(int output, int mask, Consumer<Label> unfinished) {
        Label done = tile.code.newLabel();
        if (end == End.RELU) {
            unfinished.accept(done);
            relu();
            tile.code.labelBinding(done);
        }
        forEach(output, tile::store);
        if (end == End.MASK) {
            unfinished.accept(done);
            mask(output, mask);
            tile.code.labelBinding(done);
        }
    }

    private void relu() {
        tile.zero(vector);
        for (int[] row : sums) {
            for (int sum : row) {
                tile.max(sum, vector);
            }
        }
    }

    /** A loop over what was just stored: written out for each sum it would be too long for C1, see {@code TileCompilationTest}. */
    private void mask(int output, int mask) {
        tile.zero(vector);
        tile.code.lload(output).lstore(base).lload(mask).lstore(otherBase);
        until(base, sums.length * features.bytes(), endOfRows, () -> {
            until(base, (long) sums[0].length * RawMemory.VECTOR_BYTES, endOfRow, () -> {
                tile.maskAddress(base, base);
                tile.maskAddress(otherBase, otherBase);
                int sum = sums[0][0];
                tile.load(sum, base, 0);
                tile.load(other, otherBase, 0);
                tile.zeroUnlessPositive(sum, other, vector);
                tile.store(sum, base, 0);
                tile.advance(base, RawMemory.VECTOR_BYTES);
                tile.advance(otherBase, RawMemory.VECTOR_BYTES);
            });
            long rest = features.bytes() - (long) sums[0].length * RawMemory.VECTOR_BYTES;
            tile.advance(base, rest);
            tile.advance(otherBase, rest);
        });
    }

    private void until(int address, long bytes, int end, Runnable body) {
        tile.code.lload(address).loadConstant(bytes).ladd().lstore(end);
        tile.until(address, end, body);
    }

    private interface Access {
        void at(int sum, int base, long offset);
    }

    /** Loads or stores all sums. */
    private void forEach(int output, Access access) {
        tile.maskAddress(output, base);
        for (int i = 0; i < sums.length; i++) {
            if (i > 0 && !features.isConstant()) {
                features.advance(base, 1);
                tile.maskAddress(base, base);
            }
            for (int j = 0; j < sums[i].length; j++) {
                access.at(
                        sums[i][j],
                        base,
                        (features.isConstant() ? i * features.bytes() : 0) + (long) j * RawMemory.VECTOR_BYTES);
            }
        }
    }
}
