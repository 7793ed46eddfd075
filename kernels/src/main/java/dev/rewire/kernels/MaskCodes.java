package dev.rewire.kernels;

import dev.rewire.kernels.internal.MaskKernels;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Packed indices of an N:M pattern as masks of rows, as {@link MaskKernels} has them, and back. Those of 2:4 take as many bits as a mask, four a group, and are
 * computed from it for the 16 groups of a word at once: a word of bits for each bit of the indices or of the mask, in the lowest bit of its group.
 */
final class MaskCodes {
    private static final int TWO_GROUPS = 8;

    /** The lowest bit of each group of 2:4. */
    private static final long GROUPS = 0x1111_1111_1111_1111L;

    /** The lowest bit of each byte. */
    private static final int EACH_BYTE = 0x01010101;

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final ValueLayout.OfInt LITTLE_ENDIAN =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** The places of the four elements of two groups, a byte each, for each byte of indices. */
    private static final int[] PLACES_OF_CODE = new int[1 << Byte.SIZE];

    static {
        for (int code = 0; code < PLACES_OF_CODE.length; code++) {
            for (int element = 0; element < 4; element++) {
                int place = ((code >>> (2 * element)) & 3) + element / 2 * 4;
                PLACES_OF_CODE[code] |= place << (element * Byte.SIZE);
            }
        }
    }

    private final int n;
    private final int m;
    private final int cols;
    private final int rowBytes;
    private final int indexBits;
    private final boolean byWord;

    MaskCodes(int n, int m, int cols) {
        this.n = n;
        this.m = m;
        this.cols = cols;
        rowBytes = NmPattern.rowBytes(cols / m * n, m);
        indexBits = NmPattern.indexBits(m);
        byWord = n == 2 && m == 4 && cols % TWO_GROUPS == 0;
    }

    /** Sets the mask of a row. */
    void unpack(byte[] codes, int row, long[] mask) {
        int first = row * rowBytes;
        if (byWord) {
            int words = rowBytes / Long.BYTES;
            for (int word = 0; word < words; word++) {
                mask[word] = mask((long) WORD.get(codes, first + word * Long.BYTES));
            }
            int rest = rowBytes % Long.BYTES;
            if (rest > 0) {
                mask[words] = mask(tail(codes, first + words * Long.BYTES, rest)) & ((1L << (rest * Byte.SIZE)) - 1);
            }
            return;
        }
        Arrays.fill(mask, 0);
        int element = 0;
        for (int group = 0; group < cols; group += m) {
            for (int end = element + n; element < end; element++) {
                int bit = element * indexBits;
                int col = group + ((codes[first + bit / Byte.SIZE] >>> (bit % Byte.SIZE)) & (m - 1));
                mask[col / Long.SIZE] |= 1L << col;
            }
        }
    }

    /** Packs the indices of a row, which are zero before. */
    void pack(long[] mask, byte[] codes, int row) {
        int first = row * rowBytes;
        if (byWord) {
            int words = rowBytes / Long.BYTES;
            for (int word = 0; word < words; word++) {
                WORD.set(codes, first + word * Long.BYTES, code(mask[word]));
            }
            for (int i = words * Long.BYTES; i < rowBytes; i++) {
                codes[first + i] = (byte) (code(mask[words]) >>> (i * Byte.SIZE));
            }
            return;
        }
        int bit = 0;
        for (int word = 0; word < mask.length; word++) {
            for (long left = mask[word]; left != 0; left &= left - 1) {
                int place = Long.numberOfTrailingZeros(left) & (m - 1);
                codes[first + bit / Byte.SIZE] |= (byte) (place << (bit % Byte.SIZE));
                bit += indexBits;
            }
        }
    }

    /** The masks of 16 groups of 2:4, of which each keeps two indices, the smaller one in the lower bits. */
    private static long mask(long code) {
        long low0 = code & GROUPS;
        long low1 = (code >>> 1) & GROUPS;
        long high0 = (code >>> 2) & GROUPS;
        long high1 = (code >>> 3) & GROUPS;
        long first = GROUPS & ~(low0 | low1);
        long second = (low0 & ~low1) | (high0 & ~high1);
        long third = (low1 & ~low0) | (high1 & ~high0);
        return first | second << 1 | third << 2 | (high0 & high1) << 3;
    }

    /** The inverse of {@link #mask}. */
    private static long code(long mask) {
        long first = mask & GROUPS;
        long second = (mask >>> 1) & GROUPS;
        long third = (mask >>> 2) & GROUPS;
        long fourth = (mask >>> 3) & GROUPS;
        long low0 = second & ~first;
        long low1 = GROUPS & ~(first | second);
        long high0 = GROUPS & (fourth | ~third);
        return low0 | low1 << 1 | high0 << 2 | (third | fourth) << 3;
    }

    private static long tail(byte[] codes, int from, int count) {
        long tail = 0;
        for (int i = 0; i < count; i++) {
            tail |= (codes[from + i] & 0xffL) << (i * Byte.SIZE);
        }
        return tail;
    }

    /** Writes for each kept element of a row the number of its column in its chunk, as a byte. */
    void places(byte[] codes, int row, int chunk, MemorySegment places, long offset) {
        int first = row * rowBytes;
        if (byWord) {
            for (int i = 0; i < rowBytes; i++) {
                int place = PLACES_OF_CODE[codes[first + i] & 0xff] + ((i * TWO_GROUPS) & (chunk - 1)) * EACH_BYTE;
                places.set(LITTLE_ENDIAN, offset + (long) i * Integer.BYTES, place);
            }
            return;
        }
        for (int element = 0; element < cols / m * n; element++) {
            int bit = element * indexBits;
            int col = element / n * m + ((codes[first + bit / Byte.SIZE] >>> (bit % Byte.SIZE)) & (m - 1));
            places.set(ValueLayout.JAVA_BYTE, offset + element, (byte) (col & (chunk - 1)));
        }
    }
}
