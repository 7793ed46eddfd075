package dev.rewire.kernels.internal.vector.ceiling;

import dev.rewire.kernels.internal.vector.TileCode;

/** {@code a = b + c / 2}: reads two streams and writes a third. */
public interface TriadLoop {
    /** Vectors of a turn. */
    int VECTORS = 4;

    /**
     * Runs.
     *
     * @param from address of b
     * @param to address after its last byte; a multiple of a turn's bytes from the first, and not the first
     * @param a address of what is written
     * @param c address of what is halved
     */
    void run(long from, long to, long a, long c);

    /** Bytes of each stream in a turn. */
    static int turnBytes(int bits) {
        return VECTORS * bits / Byte.SIZE;
    }

    /** Writes the loop. */
    static TriadLoop generate(int bits) {
        return TileCode.define(TriadLoop.class, bits, tile -> {
            int b = 1;
            int to = 3;
            int a = 5;
            int c = 7;
            int bytes = bits / Byte.SIZE;
            int half = tile.newVector();
            int sum = tile.newVector();
            int vector = tile.newVector();
            int[] bases = {tile.newLong(), tile.newLong(), tile.newLong()};
            int[] streams = {a, b, c};
            tile.broadcast(half, 0.5f);
            tile.until(b, to, () -> {
                for (int i = 0; i < streams.length; i++) {
                    tile.maskAddress(streams[i], bases[i]);
                }
                for (int i = 0; i < VECTORS; i++) {
                    tile.load(sum, bases[1], (long) i * bytes);
                    tile.load(vector, bases[2], (long) i * bytes);
                    tile.multiply(vector, vector, half);
                    tile.add(sum, vector);
                    tile.store(sum, bases[0], (long) i * bytes);
                }
                for (int stream : streams) {
                    tile.advance(stream, (long) VECTORS * bytes);
                }
            });
        });
    }
}
