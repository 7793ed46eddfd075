package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.NmShape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * The selectors of an N:M pattern: for each kept element the lane that its input has in the vector of inputs that it belongs to. A block of two vectors
 * of elements has a byte for each lane, the first vector's selectors in the low half. Two blocks interleave their bytes, so that what is loaded as
 * shorts from the first byte of either has its selectors lowest in each lane. Where a vector of elements belongs to 16 of inputs, it is a block alone.
 */
final class NmSelectors {
    /** Of a selector: enough for 16 lanes. */
    static final int BITS = 4;

    /** Bytes of two blocks. */
    static final int PAIR_BYTES = 2 * RawMemory.LANES;

    private final NmShape shape;

    NmSelectors(NmShape shape) {
        this.shape = shape;
    }

    /** Vectors of kept elements of a block: so many that C1 can compile the code of a block. */
    int vectors() {
        return inputVectors() < 16 ? 2 : 1;
    }

    /** Whether each group lies in one known vector of inputs. */
    static boolean fit(NmShape shape) {
        return Integer.bitCount(shape.n()) == 1 && shape.n() < shape.m() && shape.m() <= RawMemory.LANES;
    }

    /** Bytes of the selectors of a row. */
    long rowBytes() {
        int elements = 2 * vectors() * RawMemory.LANES;
        return (long) (shape.rowElements() + elements - 1) / elements * PAIR_BYTES;
    }

    /** Vectors of inputs that one vector of kept elements belongs to. */
    int inputVectors() {
        return shape.m() / shape.n();
    }

    /** Writes the selectors of rows. */
    void write(byte[] codes, int rows, MemorySegment selectors) {
        byte[] ofRow = new byte[(int) rowBytes()];
        for (int row = 0; row < rows; row++) {
            Arrays.fill(ofRow, (byte) 0);
            pack(codes, row * shape.rowBytes(), ofRow);
            MemorySegment.copy(ofRow, 0, selectors, ValueLayout.JAVA_BYTE, row * rowBytes(), ofRow.length);
        }
    }

    /** All divisors are powers of two, which the JIT does not know. */
    private void pack(byte[] codes, int firstCode, byte[] selectors) {
        int lanes = RawMemory.LANES;
        int vectors = vectors();
        int lanesShift = Integer.numberOfTrailingZeros(lanes);
        int nShift = Integer.numberOfTrailingZeros(shape.n());
        int blockShift = Integer.numberOfTrailingZeros(vectors);
        int codesOfByte = Byte.SIZE / shape.indexBits();
        int byteShift = Integer.numberOfTrailingZeros(codesOfByte);
        for (int element = 0; element < shape.rowElements(); element++) {
            int code =
                    codes[firstCode + (element >>> byteShift)] >>> ((element & (codesOfByte - 1)) * shape.indexBits());
            int selector = ((element >>> nShift) * shape.m() + (code & (shape.m() - 1))) & (lanes - 1);
            int vector = element >>> lanesShift;
            int block = vector >>> blockShift;
            int at = (block >>> 1) * PAIR_BYTES + 2 * (element & (lanes - 1)) + (block & 1);
            selectors[at] |= (byte) (selector << ((vector & (vectors - 1)) * BITS));
        }
    }
}
