package dev.rewire.kernels.internal.vector;

import java.lang.classfile.Label;

/**
 * Adds up the lanes of vectors of partial sums, as many vectors at a time as a vector has lanes: partners are added at distance 1, 2, 4 …
 * as in a transposition, which ends with one sum per lane, in order. The order of additions is the same for each element wherever it stands.
 */
interface PartialSums {
    /** Reads {@code groups · LANES} vectors from {@code partials} and writes or adds as many floats to {@code target}. */
    void run(long partials, int groups, long target);

    /** {@link #run(long, int, long)}, watched. */
    static void run(WatchedTile<PartialSums> sums, long partials, int groups, long target) {
        long start = sums.start();
        sums.tile().run(partials, groups, target);
        if (start != WatchedTile.UNTIMED) {
            // Each vector is loaded, and its lanes are exchanged and added.
            sums.end(start, 3L * groups * RawMemory.LANES);
        }
    }

    /** Writes the loop, unrolled over the vectors of a group. */
    static WatchedTile<PartialSums> generate(boolean accumulate) {
        return TileCode.define(PartialSums.class, RawMemory.SPECIES, sums -> sums.run(0, 0, 0), tile -> {
            int partials = 1;
            int groups = 3;
            int target = 4;
            int base = tile.newLong();
            int old = tile.newVector();
            // Depth first, so that only one vector per level is alive.
            int[] levels = tile.newVectors(Integer.numberOfTrailingZeros(RawMemory.LANES) + 1);
            Label loop = tile.code.newLabel();
            Label end = tile.code.newLabel();
            tile.code.labelBinding(loop).iload(groups).ifle(end);
            tile.maskAddress(partials, base);
            sum(tile, base, levels, levels.length - 1, 0);
            int result = levels[levels.length - 1];
            tile.maskAddress(target, base);
            if (accumulate) {
                tile.load(old, base, 0);
                tile.add(result, old);
            }
            tile.store(result, base, 0);
            tile.advance(partials, (long) RawMemory.LANES * RawMemory.VECTOR_BYTES);
            tile.advance(target, RawMemory.VECTOR_BYTES);
            tile.code.iinc(groups, -1).goto_(loop).labelBinding(end);
        });
    }

    /** Leaves in {@code levels[level]} the partial sums of the {@code 2^level} vectors from {@code first} on. */
    private static void sum(TileCode tile, int base, int[] levels, int level, int first) {
        if (level == 0) {
            tile.load(levels[0], base, (long) first * RawMemory.VECTOR_BYTES);
            return;
        }
        int half = 1 << (level - 1);
        sum(tile, base, levels, level - 1, first);
        tile.code.aload(levels[level - 1]).astore(levels[level]);
        sum(tile, base, levels, level - 1, first + half);
        tile.addPartners(levels[level], levels[level - 1], half);
    }
}
