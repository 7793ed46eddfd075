package dev.rewire.kernels;

/** Makes an {@link NmPattern} row by row from masks and packs them at once, so that it costs little beyond the pattern itself. */
public final class NmPatternBuilder {
    /** Up to here the packed indices of every mask are tabulated. */
    private static final int MAX_TABULATED_M = 8;

    private final int rows;
    private final int cols;
    private final int n;
    private final int m;
    private final byte[] packed;
    private final long[] codes;
    private int filledRows;
    private int filledBytes;

    NmPatternBuilder(int rows, int cols, int n, int m, byte[] packed) {
        this.rows = rows;
        this.cols = cols;
        this.n = n;
        this.m = m;
        this.packed = packed;
        codes = new long[m <= MAX_TABULATED_M ? 1 << m : 0];
        for (int mask = 0; mask < codes.length; mask++) {
            codes[mask] = code(mask);
        }
    }

    /**
     * Adds the next row.
     *
     * @param masks for each group which places it keeps: bit i stands for place i, and exactly n bits are set
     * @return this builder
     * @throws IllegalArgumentException if the masks are not as described; the message names row and group, and nothing is added
     * @throws IllegalStateException if there are all rows already
     */
    public NmPatternBuilder addRow(int[] masks) {
        if (filledRows == rows) {
            throw new IllegalStateException("rows: all " + rows + " are added already");
        }
        Check.equal("masks.length", masks.length, cols / m, "groups of a row");
        for (int group = 0; group < masks.length; group++) {
            int mask = masks[group];
            if (mask >>> m != 0 || Integer.bitCount(mask) != n) {
                throw new IllegalArgumentException(
                        "mask of row " + filledRows + ", group " + group + ": 0b" + Integer.toBinaryString(mask)
                                + " does not fit; accepted are masks with " + n + " of the lowest " + m + " bits set");
            }
        }
        pack(masks);
        filledRows++;
        return this;
    }

    private void pack(int[] masks) {
        int codeBits = n * NmPattern.indexBits(m);
        int next = filledBytes;
        long bits = 0;
        int filled = 0;
        for (int mask : masks) {
            // 64 bits are enough: what was left over is a whole number of indices, less than a byte of them.
            bits |= (m <= MAX_TABULATED_M ? codes[mask] : code(mask)) << filled;
            filled += codeBits;
            while (filled >= Byte.SIZE) {
                packed[next++] = (byte) bits;
                bits >>>= Byte.SIZE;
                filled -= Byte.SIZE;
            }
        }
        if (filled > 0) {
            packed[next++] = (byte) bits;
        }
        filledBytes = next;
    }

    private long code(int mask) {
        int indexBits = NmPattern.indexBits(m);
        long code = 0;
        int shift = 0;
        for (int rest = mask; rest != 0; rest &= rest - 1) {
            code |= (long) Integer.numberOfTrailingZeros(rest) << shift;
            shift += indexBits;
        }
        return code;
    }

    /**
     * The pattern of all rows; ends the use of this builder.
     *
     * @return the pattern
     * @throws IllegalStateException if rows are missing
     */
    public NmPattern build() {
        if (filledRows < rows) {
            throw new IllegalStateException("rows: " + filledRows + " are added; the pattern has " + rows);
        }
        return new NmPattern(rows, cols, n, m, packed);
    }

    @Override
    public String toString() {
        return "NmPatternBuilder " + rows + "×" + cols + ", " + n + ":" + m + ", " + filledRows + " rows added";
    }
}
