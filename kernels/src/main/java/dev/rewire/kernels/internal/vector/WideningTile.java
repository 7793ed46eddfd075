package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.ValueType;

/** A generated copy of values of 16 bits as floats. */
interface WideningTile {
    /** Values of one turn. */
    int VALUES = 4 * RawMemory.LANES;

    /** Widens what lies from one address to another, some turns of values, to a third. */
    void run(long from, long end, long to);

    /** Writes the loop. */
    static WatchedTile<WideningTile> generate(ValueType type) {
        return TileCode.define(WideningTile.class, type, tile -> tile.run(0, 0, 0), tile -> {
            int from = 1;
            int end = 3;
            int to = 5;
            int source = tile.newLong();
            int target = tile.newLong();
            int vector = tile.newVector();
            var none = tile.code.newLabel();
            tile.code.lload(from).lload(end).lcmp().ifeq(none);
            tile.until(from, end, () -> {
                tile.maskAddress(from, source);
                tile.maskAddress(to, target);
                for (int i = 0; i < VALUES; i += RawMemory.LANES) {
                    tile.loadValues(vector, source, (long) i * type.bytes(), type);
                    tile.store(vector, target, (long) i * Float.BYTES);
                }
                tile.advance(from, (long) VALUES * type.bytes());
                tile.advance(to, (long) VALUES * Float.BYTES);
            });
            tile.code.labelBinding(none);
        });
    }
}
