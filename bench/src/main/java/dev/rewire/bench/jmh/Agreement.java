package dev.rewire.bench.jmh;

/** The checks before anything is timed: a benchmark of kernels that disagree is worth nothing and does not run. */
final class Agreement {
    private Agreement() {}

    /** One element of a result, or of what it should be. */
    interface Element {
        double at(int row, int col);
    }

    /** Compares two matrices for equal elements. */
    static void equal(String what, int rows, int cols, Element actual, Element expected) {
        for (int row = 0; row < rows; row++) {
            equalRow(what, row, cols, actual, expected);
        }
    }

    /** Compares about {@code most} rows, the first and the last among them: for what is slow to compute. */
    static void equalSomeRows(String what, int rows, int cols, int most, Element actual, Element expected) {
        int step = Math.max(1, rows / most);
        for (int row = 0; row < rows; row += step) {
            equalRow(what, row, cols, actual, expected);
        }
        equalRow(what, rows - 1, cols, actual, expected);
    }

    private static void equalRow(String what, int row, int cols, Element actual, Element expected) {
        for (int col = 0; col < cols; col++) {
            double is = actual.at(row, col);
            double should = expected.at(row, col);
            // Written so that a NaN is a difference.
            if (!(is == should)) {
                throw new IllegalStateException(
                        what + ": element (" + row + ", " + col + ") is " + is + " and should be " + should);
            }
        }
    }

    /** Refuses what does not hold. */
    static void that(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException(what);
        }
    }
}
