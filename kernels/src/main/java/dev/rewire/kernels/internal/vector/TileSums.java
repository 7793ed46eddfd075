package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.SpmmShape.End;
import dev.rewire.kernels.internal.SpmmShape.Start;

/** The sums of a tile: outputs times vectors of samples, held in registers, with what they start from and what finished ones become. */
final class TileSums {
    private final TileCode tile;
    private final Start start;
    private final End end;
    private final long featureBytes;
    private final int[][] sums;
    private final int vector;
    private final int other;
    private final int base;
    private final int otherBase;

    TileSums(TileCode tile, Start start, End end, long featureBytes, int outputs, int vectors) {
        this.tile = tile;
        this.start = start;
        this.end = end;
        this.featureBytes = featureBytes;
        sums = tile.newVectors(outputs, vectors);
        vector = tile.newVector();
        other = tile.newVector();
        base = tile.newLong();
        otherBase = tile.newLong();
    }

    /** The local of a sum. */
    int at(int output, int vectorOfOutput) {
        return sums[output][vectorOfOutput];
    }

    /** Sums become what the output holds. */
    void load(int output) {
        tile.maskAddress(output, base);
        for (int i = 0; i < sums.length; i++) {
            for (int j = 0; j < sums[i].length; j++) {
                tile.load(sums[i][j], base, offset(i, j));
            }
        }
    }

    /** Sums become what they start from; the locals hold addresses of the tile's first output and bias. */
    void start(int output, int bias) {
        if (start.readsOutput()) {
            load(output);
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

    /** Finished sums become what the output is to hold; the local holds the address of the tile's mask. */
    void finish(int mask) {
        if (end == End.STORE) {
            return;
        }
        tile.zero(vector);
        if (end == End.MASK) {
            tile.maskAddress(mask, otherBase);
        }
        for (int i = 0; i < sums.length; i++) {
            for (int j = 0; j < sums[i].length; j++) {
                if (end == End.RELU) {
                    tile.max(sums[i][j], vector);
                } else {
                    tile.load(other, otherBase, offset(i, j));
                    tile.zeroUnlessPositive(sums[i][j], other, vector);
                }
            }
        }
    }

    /** The output becomes the sums. */
    void store(int output) {
        tile.maskAddress(output, base);
        for (int i = 0; i < sums.length; i++) {
            for (int j = 0; j < sums[i].length; j++) {
                tile.store(sums[i][j], base, offset(i, j));
            }
        }
    }

    private long offset(int i, int j) {
        return i * featureBytes + (long) j * RawMemory.VECTOR_BYTES;
    }
}
