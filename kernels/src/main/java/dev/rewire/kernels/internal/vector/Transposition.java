package dev.rewire.kernels.internal.vector;

import java.lang.classfile.Label;
import java.lang.foreign.MemorySegment;

/**
 * Transposes a row of square tiles, as tall and wide as a vector, between two segments of any arena: every access is checked. Row {@code i}
 * of the tile and row {@code i + d} exchange lanes at distance {@code d}, for d = 1, 2, 4 …
 */
interface Transposition {
    /** Offsets, strides (from row to row) and steps (from tile to tile) are bytes. */
    void run(
            MemorySegment from,
            long fromOffset,
            long fromStride,
            long fromStep,
            MemorySegment to,
            long toOffset,
            long toStride,
            long toStep,
            int tiles);

    /** Writes the loop for vectors of this process's width. */
    static Transposition generate() {
        return TileCode.define(Transposition.class, tile -> {
            int from = 1;
            int fromOffset = 2;
            int fromStride = 4;
            int fromStep = 6;
            int to = 8;
            int toOffset = 9;
            int toStride = 11;
            int toStep = 13;
            int tiles = 15;
            int offset = tile.newLong();
            int swapped = tile.newVector();
            int[] rows = tile.newVectors(RawMemory.LANES);
            Label loop = tile.code.newLabel();
            Label end = tile.code.newLabel();
            tile.code.labelBinding(loop).iload(tiles).ifle(end);
            tile.code.lload(fromOffset).lstore(offset);
            for (int row : rows) {
                tile.loadChecked(row, from, offset);
                tile.code.lload(offset).lload(fromStride).ladd().lstore(offset);
            }
            for (int distance = 1; distance < rows.length; distance *= 2) {
                for (int i = 0; i < rows.length; i++) {
                    if ((i & distance) == 0) {
                        tile.exchange(rows[i], rows[i + distance], distance, swapped);
                    }
                }
            }
            tile.code.lload(toOffset).lstore(offset);
            for (int row : rows) {
                tile.storeChecked(row, to, offset);
                tile.code.lload(offset).lload(toStride).ladd().lstore(offset);
            }
            tile.code.lload(fromOffset).lload(fromStep).ladd().lstore(fromOffset);
            tile.code.lload(toOffset).lload(toStep).ladd().lstore(toOffset);
            tile.code.iinc(tiles, -1).goto_(loop).labelBinding(end);
        });
    }
}
