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
     */
    void run(MemorySegment dense, long denseOffset, long rowStride, long panel, int tiles);

    /** {@link #run(MemorySegment, long, long, long, int)}, watched. */
    static void run(
            WatchedTile<Transposition> transposition,
            MemorySegment dense,
            long denseOffset,
            long rowStride,
            long panel,
            int tiles) {
        long start = transposition.start();
        transposition.tile().run(dense, denseOffset, rowStride, panel, tiles);
        if (start != WatchedTile.UNTIMED) {
            // Rows lie far apart, often in memory.
            transposition.end(start, 6L * tiles * RawMemory.LANES);
        }
    }

    /** Writes the loop for vectors of this process's width. */
    static WatchedTile<Transposition> generate(boolean toPanel, int lanes) {
        return TileCode.define(
                Transposition.class, lanes + " lanes", tiles -> tiles.run(MemorySegment.NULL, 0, 0, 0, 0), tile -> {
                    int dense = 1;
                    int denseOffset = 2;
                    int rowStride = 4;
                    int panel = 6;
                    int tiles = 8;
                    long featureBytes = (long) lanes * Float.BYTES;
                    int offset = tile.newLong();
                    int base = tile.newLong();
                    int swapped = tile.newVector();
                    int[] rows = tile.newVectors(RawMemory.LANES);
                    Label loop = tile.code.newLabel();
                    Label end = tile.code.newLabel();
                    tile.code.labelBinding(loop).iload(tiles).ifle(end);
                    tile.code.lload(denseOffset).lstore(offset);
                    tile.maskAddress(panel, base);
                    for (int i = 0; i < rows.length; i++) {
                        if (toPanel) {
                            tile.loadChecked(rows[i], dense, offset);
                            tile.code.lload(offset).lload(rowStride).ladd().lstore(offset);
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
                    for (int i = 0; i < rows.length; i++) {
                        if (toPanel) {
                            tile.store(rows[i], base, i * featureBytes);
                        } else {
                            tile.storeChecked(rows[i], dense, offset);
                            tile.code.lload(offset).lload(rowStride).ladd().lstore(offset);
                        }
                    }
                    tile.advance(denseOffset, RawMemory.VECTOR_BYTES);
                    tile.advance(panel, RawMemory.LANES * featureBytes);
                    tile.code.iinc(tiles, -1).goto_(loop).labelBinding(end);
                });
    }
}
