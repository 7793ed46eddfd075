package dev.rewire.kernels;

import dev.rewire.kernels.internal.MaskKernels;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Packed indices of an N:M pattern as masks of rows, as {@link MaskKernels} has them, and back; of 2:4 two groups at once, by table. */
final class MaskCodes {
    private static final int TWO_GROUPS = 8;

    // Of a byte of two groups of 2:4: its indices as a mask of 8 bits, the mask as indices, and the indices as four
    // bytes.
    private static final byte[] MASK_OF_CODE = new byte[1 << Byte.SIZE];
    private static final byte[] CODE_OF_MASK = new byte[1 << Byte.SIZE];
    private static final int[] PLACES_OF_CODE = new int[1 << Byte.SIZE];

    /** The lowest bit of each byte. */
    private static final int EACH_BYTE = 0x01010101;

    private static final ValueLayout.OfInt LITTLE_ENDIAN =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    static {
        for (int code = 0; code < MASK_OF_CODE.length; code++) {
            int mask = 0;
            int places = 0;
            for (int element = 0; element < 4; element++) {
                int place = ((code >>> (2 * element)) & 3) + element / 2 * 4;
                mask |= 1 << place;
                places |= place << (element * Byte.SIZE);
            }
            MASK_OF_CODE[code] = (byte) mask;
            PLACES_OF_CODE[code] = places;
            // Not those with an index twice or in descending order: no pattern has them.
            if ((code & 3) < ((code >>> 2) & 3) && ((code >>> 4) & 3) < ((code >>> 6) & 3)) {
                CODE_OF_MASK[mask] = (byte) code;
            }
        }
    }

    private final int n;
    private final int m;
    private final int cols;
    private final int rowBytes;
    private final int indexBits;
    private final boolean byTable;

    MaskCodes(int n, int m, int cols) {
        this.n = n;
        this.m = m;
        this.cols = cols;
        rowBytes = NmPattern.rowBytes(cols / m * n, m);
        indexBits = NmPattern.indexBits(m);
        byTable = n == 2 && m == 4 && cols % TWO_GROUPS == 0;
    }

    /** Sets the mask of a row. */
    void unpack(byte[] codes, int row, long[] mask) {
        Arrays.fill(mask, 0);
        int first = row * rowBytes;
        if (byTable) {
            for (int i = 0; i < rowBytes; i++) {
                mask[i / Long.BYTES] |= (MASK_OF_CODE[codes[first + i] & 0xff] & 0xffL) << (i * Byte.SIZE);
            }
            return;
        }
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
        if (byTable) {
            for (int i = 0; i < rowBytes; i++) {
                codes[first + i] = CODE_OF_MASK[(int) (mask[i / Long.BYTES] >>> (i * Byte.SIZE)) & 0xff];
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

    /** Writes for each kept element of a row the number of its column in its chunk, as a byte. */
    void places(byte[] codes, int row, int chunk, MemorySegment places, long offset) {
        int first = row * rowBytes;
        if (byTable) {
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
