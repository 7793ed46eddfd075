package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.NmShape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The selectors of an N:M pattern: for each vector of kept elements of a row the lanes that their inputs have in the vectors of inputs that they belong
 * to, packed into at most 32 bits. With 4 and 8 lanes that is the lane itself; 16 lanes have bits for the place in the group only, to which the
 * first lane of the group must be added.
 */
final class NmSelectors {
    private final NmShape shape;

    NmSelectors(NmShape shape) {
        this.shape = shape;
    }

    /** Whether each group lies in one known vector of inputs, and the selectors of a vector fit 32 bits. */
    static boolean fit(NmShape shape) {
        return Integer.bitCount(shape.n()) == 1
                && shape.n() < shape.m()
                && shape.m() <= RawMemory.LANES
                && (!RawMemory.SELECTORS_IN_GROUP || shape.m() <= 4);
    }

    /** Bytes of the selectors of a vector. */
    int vectorBytes() {
        return RawMemory.LANES * RawMemory.SELECTOR_BITS / Byte.SIZE;
    }

    /** Bytes of the selectors of a row. */
    long rowBytes() {
        return (long) (shape.rowElements() + RawMemory.LANES - 1) / RawMemory.LANES * vectorBytes();
    }

    /** Vectors of inputs that one vector of kept elements belongs to. */
    int inputVectors() {
        return shape.m() / shape.n();
    }

    /** Writes the selectors of rows to zeroed memory. */
    void write(byte[] codes, int rows, MemorySegment selectors) {
        for (int row = 0; row < rows; row++) {
            for (int element = 0; element < shape.rowElements(); element++) {
                long codeBit = (long) element * shape.indexBits();
                int code = codes[row * shape.rowBytes() + (int) (codeBit / Byte.SIZE)] >>> (int) (codeBit % Byte.SIZE);
                int place = code & (shape.m() - 1);
                int selector = RawMemory.SELECTORS_IN_GROUP
                        ? place
                        : (element / shape.n() * shape.m() + place) % RawMemory.LANES;
                long bit = (long) (element % RawMemory.LANES) * RawMemory.SELECTOR_BITS;
                long at = row * rowBytes() + (long) (element / RawMemory.LANES) * vectorBytes() + bit / Byte.SIZE;
                // A selector may lie across two bytes.
                int bits = selectors.get(ValueLayout.JAVA_CHAR_UNALIGNED, at) | selector << (int) (bit % Byte.SIZE);
                selectors.set(ValueLayout.JAVA_CHAR_UNALIGNED, at, (char) bits);
            }
        }
    }
}
