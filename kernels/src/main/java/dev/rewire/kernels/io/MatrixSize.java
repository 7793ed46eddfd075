package dev.rewire.kernels.io;

import java.io.IOException;

/**
 * What the head of a file claims.
 *
 * @param rows at least 0
 * @param cols at least 0
 * @param nonzeros 0 to rows · cols
 */
record MatrixSize(int rows, int cols, int nonzeros) {
    /**
     * Rows or columns that a file may claim whatever its own size. A pattern has an index over both, so a file of ten bytes must not
     * claim a billion; a million are some tens of MiB.
     */
    static final int FREE_SIDE = 1 << 20;

    /** The shortest number in a file, and what ends it. */
    private static final int BYTES_PER_NUMBER = 2;

    /** Sides of a pattern end a block before the largest int. */
    private static final int LONGEST_SIDE = Integer.MAX_VALUE - 64;

    private static final int MOST_NONZEROS = Integer.MAX_VALUE - 8;

    /** Reads a line of rows, columns and nonzeros. */
    static MatrixSize read(TextScanner text, boolean commas, long fileBytes) throws IOException {
        int rows = side(text, "rows", fileBytes);
        if (commas) {
            text.skipComma();
        }
        int cols = side(text, "columns", fileBytes);
        if (commas) {
            text.skipComma();
        }
        int nonzeros = text.integer("nonzeros", 0, (int) Math.min((long) rows * cols, MOST_NONZEROS));
        return new MatrixSize(rows, cols, nonzeros);
    }

    private static int side(TextScanner text, String what, long fileBytes) throws IOException {
        int side = text.integer(what, 0, LONGEST_SIDE);
        if (side > Math.max(FREE_SIDE, fileBytes / BYTES_PER_NUMBER)) {
            throw text.error(
                    what + ": " + side + " are too many for a file of " + fileBytes + " bytes; accepted are up to "
                            + FREE_SIDE + ", or one for each " + BYTES_PER_NUMBER + " bytes of it");
        }
        return side;
    }
}
