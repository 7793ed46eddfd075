package dev.rewire.kernels.internal.vector;

import java.lang.classfile.Label;
import java.lang.foreign.MemorySegment;

/**
 * Transposes square tiles, as tall and wide as a vector, between rows of a row-major matrix and a panel. Row {@code i} of a tile and row {@code i + d}
 * exchange lanes at distance {@code d}, for d = 1, 2, 4 …
 *
 * <p>The matrix is its owner's, in any arena, and each access to it is checked. The panel is kernel memory that the caller holds.
 */
interface Transposition {
    /**
     * Moves the samples of as many rows as a vector has lanes, tile after tile along the features.
     *
     * @param dense the matrix
     * @param denseOffset bytes to the first feature of the first row
     * @param rowStride bytes from row to row
     * @param panel address of the first feature of the first row's lane
     * @param tiles tiles, each of as many features as a vector has lanes
     * @param rows that the matrix has, at least 1; only where it may have fewer than a vector has lanes, and the other lanes are zero then
     */
    void run(MemorySegment dense, long denseOffset, long rowStride, long panel, int tiles, int rows);

    /** {@link #run(MemorySegment, long, long, long, int, int)}, watched. */
    static void run(
            WatchedTile<Transposition> transposition,
            MemorySegment dense,
            long denseOffset,
            long rowStride,
            long panel,
            int tiles,
            int rows) {
        long start = transposition.start();
        transposition.tile().run(dense, denseOffset, rowStride, panel, tiles, rows);
        if (start != WatchedTile.UNTIMED) {
            // Rows lie far apart, often in memory.
            transposition.end(start, 6L * tiles * RawMemory.LANES);
        }
    }

    /**
     * Writes the loop.
     *
     * @param partial whether there may be fewer rows than lanes
     */
    static WatchedTile<Transposition> generate(boolean toPanel, int lanes, boolean partial) {
        String shape = lanes + " lanes" + (partial ? ", partial" : "");
        return TileCode.define(
                Transposition.class, shape, tiles -> tiles.run(MemorySegment.NULL, 0, 0, 0, 0, 1), tile -> {
                    int dense = 1;
                    int denseOffset = 2;
                    int rowStride = 4;
                    int panel = 6;
                    int tiles = 8;
                    int rowsThere = 9;
                    long featureBytes = (long) lanes * Float.BYTES;
                    int offset = tile.newLong();
                    int lastOffset = tile.newLong();
                    int nextOffset = tile.newLong();
                    int base = tile.newLong();
                    int swapped = tile.newVector();
                    int zero = tile.newVector();
                    int[] rows = tile.newVectors(RawMemory.LANES);
                    Label loop = tile.code.newLabel();
                    Label end = tile.code.newLabel();
                    tile.code.labelBinding(loop).iload(tiles).ifle(end);
                    tile.code.lload(denseOffset).lstore(offset);
                    tile.maskAddress(panel, base);
                    if (partial) {
                        tile.zero(zero);
                        tile.code.iload(rowsThere).iconst_1().isub().i2l();
                        tile.code
                                .lload(rowStride)
                                .lmul()
                                .lload(denseOffset)
                                .ladd()
                                .lstore(lastOffset);
                    }
                    for (int i = 0; i < rows.length; i++) {
                        if (toPanel) {
                            tile.loadChecked(rows[i], dense, offset);
                            tile.code.lload(offset).lload(rowStride).ladd().lstore(offset);
                            if (partial) {
                                // The last row stands for those that are not there: a branch would cost more.
                                tile.least(offset, lastOffset);
                                tile.broadcastDifference(swapped, rowsThere, i);
                                tile.zeroUnlessPositive(rows[i], swapped, zero);
                            }
                        } else {
                            tile.load(rows[i], base, i * featureBytes);
                        }
                    }
                    for (int distance = 1; distance < rows.length; distance *= 2) {
                        for (int i = 0; i < rows.length; i++) {
                            if ((i & distance) == 0) {
                                tile.exchange(rows[i], rows[i + distance], distance, swapped);
                            }
                        }
                    }
                    if (toPanel) {
                        for (int i = 0; i < rows.length; i++) {
                            tile.store(rows[i], base, i * featureBytes);
                        }
                    } else if (partial) {
                        // Backwards: where rows are missing, what goes to the last in their place is overwritten.
                        tile.code
                                .lload(rowStride)
                                .loadConstant(rows.length - 1L)
                                .lmul();
                        tile.code.lload(denseOffset).ladd().lstore(nextOffset);
                        for (int i = rows.length - 1; i >= 0; i--) {
                            tile.code.lload(nextOffset).lstore(offset);
                            tile.least(offset, lastOffset);
                            tile.storeChecked(rows[i], dense, offset);
                            tile.code.lload(nextOffset).lload(rowStride).lsub().lstore(nextOffset);
                        }
                    } else {
                        for (int row : rows) {
                            tile.storeChecked(row, dense, offset);
                            tile.code.lload(offset).lload(rowStride).ladd().lstore(offset);
                        }
                    }
                    tile.advance(denseOffset, RawMemory.VECTOR_BYTES);
                    tile.advance(panel, RawMemory.LANES * featureBytes);
                    tile.code.iinc(tiles, -1).goto_(loop).labelBinding(end);
                });
    }
}
