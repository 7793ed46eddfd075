package dev.rewire.kernels;

/**
 * What a product has to give, summed in double precision, with the bound that any order of single-precision operations keeps: {@code |y −
 * ŷ| ≤ γₖ·Σ|terms|}, {@code γₖ = k·u / (1 − k·u)}, {@code u = 2⁻²⁴} (Higham, Accuracy and Stability of Numerical Algorithms, 3.1).
 */
final class Oracle {
    private static final double U = 0x1p-24;

    private final int rows;
    private final int cols;
    private final double[] sums;
    private final double[] magnitudes;
    private final int[] terms;

    Oracle(int rows, int cols) {
        this.rows = rows;
        this.cols = cols;
        this.sums = new double[rows * cols];
        this.magnitudes = new double[rows * cols];
        this.terms = new int[rows * cols];
    }

    void add(int row, int col, float term) {
        add(row, col, 1, term);
    }

    void add(int row, int col, float a, float b) {
        double term = (double) a * b;
        add(row, col, term, Math.abs(term), 1);
    }

    /** A term that is a sum itself, of terms whose magnitudes add up to {@code magnitude}; it makes k larger by {@code count}. */
    void add(int row, int col, double term, double magnitude, int count) {
        int at = row * cols + col;
        sums[at] += term;
        magnitudes[at] += magnitude;
        terms[at] += count;
    }

    /** By a power of two, which rounds nothing but what becomes subnormal. */
    void scale(float factor) {
        for (int at = 0; at < sums.length; at++) {
            sums[at] *= factor;
            magnitudes[at] *= Math.abs(factor);
        }
    }

    void relu() {
        for (int at = 0; at < sums.length; at++) {
            sums[at] = Math.max(sums[at], 0);
        }
    }

    /** Exact zeros where the mask is not positive. */
    void mask(Grid mask) {
        for (int row = 0; row < rows; row++) {
            for (int col = 0; col < cols; col++) {
                if (!(mask.at(row, col) > 0)) {
                    sums[row * cols + col] = 0;
                    magnitudes[row * cols + col] = 0;
                    terms[row * cols + col] = 0;
                }
            }
        }
    }

    void assertWithinBound(Grid actual) {
        assertShape(actual);
        for (int at = 0; at < sums.length; at++) {
            double k = terms[at];
            // Below the normal numbers an operation errs by half of the smallest subnormal instead of by u.
            double underflow = k * Float.MIN_VALUE;
            double bound = k * U / (1 - k * U) * magnitudes[at] + underflow;
            float got = actual.at(at / cols, at % cols);
            if (!(Math.abs(got - sums[at]) <= bound)) {
                throw new AssertionError("(" + at / cols + ", " + at % cols + ") of " + rows + "×" + cols + ": " + got
                        + " is " + Math.abs(got - sums[at]) + " away from " + sums[at] + "; the bound is " + bound);
            }
        }
    }

    /** For operands whose sums are exact in single precision. */
    void assertExact(Grid actual) {
        assertShape(actual);
        for (int at = 0; at < sums.length; at++) {
            if (magnitudes[at] >= 0x1p24 || sums[at] != Math.rint(sums[at])) {
                throw new IllegalArgumentException("sums of these operands are not exact");
            }
            float got = actual.at(at / cols, at % cols);
            if (got != sums[at]) {
                throw new AssertionError("(" + at / cols + ", " + at % cols + ") of " + rows + "×" + cols + ": " + got
                        + " instead of " + sums[at]);
            }
        }
    }

    private void assertShape(Grid actual) {
        if (actual.rows() != rows || actual.cols() != cols) {
            throw new AssertionError(actual.rows() + "×" + actual.cols() + " instead of " + rows + "×" + cols);
        }
    }
}
