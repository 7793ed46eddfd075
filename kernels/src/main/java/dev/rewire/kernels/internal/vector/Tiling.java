package dev.rewire.kernels.internal.vector;

import java.util.ArrayList;
import java.util.List;

/** How a block is cut into register tiles. */
final class Tiling {
    /**
     * A run of equal tiles along one side of a block.
     *
     * @param size outputs of a tile
     * @param from first output
     * @param to output after the last
     */
    record Part(int size, int from, int to) {}

    private Tiling() {}

    /** Accumulators of a tile: the rest of the registers holds the operands of one step, since C2 loads them early. */
    static int accumulators() {
        return VectorWidth.registers() / 2;
    }

    /** Cuts a side into tiles of the largest size and, if that does not divide it, one smaller tile. */
    static List<Part> parts(int side, int size) {
        List<Part> parts = new ArrayList<>();
        int even = side / size * size;
        if (even > 0) {
            parts.add(new Part(size, 0, even));
        }
        if (even < side) {
            parts.add(new Part(side - even, even, side));
        }
        return parts;
    }

    /** The largest power of two that is at most {@code limit}. */
    static int powerOfTwo(int limit) {
        return Integer.highestOneBit(Math.max(1, limit));
    }
}
