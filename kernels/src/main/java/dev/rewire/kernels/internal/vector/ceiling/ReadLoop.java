package dev.rewire.kernels.internal.vector.ceiling;

import dev.rewire.kernels.internal.vector.TileCode;

/** Adds up memory as ints, whose additions are as many a cycle as loads everywhere: each vector is added to one of several sums. */
public interface ReadLoop {
    /**
     * As many as AVX2 has registers, and one vector for each in a turn: C2 shuffles the loads of a turn, and 32 shuffled ones read the
     * third level of Zen 4 a seventh slower.
     */
    int SUMS = 16;

    /**
     * Runs.
     *
     * @param from address of the first byte
     * @param to address after the last; a multiple of a turn's bytes from the first, and not the first
     * @param rounds how often, at least 1
     * @param result address that receives a vector of ints, the sum of all vectors of all rounds
     */
    void run(long from, long to, long rounds, long result);

    /** Writes the loop with as many sums as reading wants. */
    static ReadLoop generate(int bits) {
        return generate(bits, SUMS);
    }

    /** Bytes of a turn of that loop. */
    static int turnBytes(int bits) {
        return SUMS * bits / Byte.SIZE;
    }

    /**
     * Writes a loop. A turn reads a vector for each sum.
     *
     * @param bits of a vector
     * @param sums how many
     */
    static ReadLoop generate(int bits, int sums) {
        return TileCode.define(ReadLoop.class, bits, tile -> {
            int from = 1;
            int to = 3;
            int rounds = 5;
            int result = 7;
            int round = tile.newLong();
            int position = tile.newLong();
            int base = tile.newLong();
            int vector = tile.newVector();
            int[] vectors = tile.newVectors(sums);
            int bytes = bits / Byte.SIZE;
            for (int sum : vectors) {
                tile.zeroInts(sum);
            }
            tile.code.lconst_0().lstore(round);
            tile.until(round, rounds, () -> {
                tile.code.lload(from).lstore(position);
                tile.until(position, to, () -> {
                    tile.maskAddress(position, base);
                    for (int i = 0; i < sums; i++) {
                        tile.loadInts(vector, base, (long) i * bytes);
                        tile.addInts(vectors[i], vector);
                    }
                    tile.advance(position, (long) sums * bytes);
                });
                tile.advance(round, 1);
            });
            for (int i = 1; i < sums; i++) {
                tile.addInts(vectors[0], vectors[i]);
            }
            tile.maskAddress(result, result);
            tile.storeInts(vectors[0], result, 0);
        });
    }
}
