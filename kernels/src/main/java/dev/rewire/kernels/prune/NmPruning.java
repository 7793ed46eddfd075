package dev.rewire.kernels.prune;

import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.Workers;
import dev.rewire.kernels.internal.MaskChoice;

/**
 * N:M patterns of a dense matrix, chosen by magnitude. Signs do not count, subnormal numbers are ordinary ones, and sums of magnitudes are
 * computed in 64-bit floats in ascending order of rows and columns. The same matrix gives the same pattern.
 */
public final class NmPruning {
    /** For 4:8 a tile has more than 10¹¹ masks, too many to try each. */
    private static final int MAX_TRANSPOSABLE_M = 4;

    private NmPruning() {}

    /**
     * Keeps the N largest of each group (cuSPARSELt calls it STRIP). A NaN is larger than any number, and of equal ones the one with the lower
     * index is kept. Zeros of either sign that are kept all the same, in a group with fewer than N nonzeros, are the last of their group, so that
     * the pattern is canonical.
     *
     * <p>Source: Mishra et al., "Accelerating Sparse Deep Neural Networks", 2021, for 2:4.
     *
     * @param dense rows × cols
     * @param n elements kept of each group, 1 to m
     * @param m elements of a group: 2, 4, 8 or 16; divides the columns
     * @return the pattern
     * @throws IllegalArgumentException if an argument is not as described
     * @throws IllegalStateException if the arena of the matrix is closed
     */
    public static NmPattern magnitude(DenseMatrix dense, int n, int m) {
        return shared(dense, n, m, 1);
    }

    /**
     * The same as {@link #magnitude(DenseMatrix, int, int)}, chosen by several threads. Their number changes nothing.
     *
     * @param dense rows × cols
     * @param n elements kept of each group, 1 to m
     * @param m elements of a group: 2, 4, 8 or 16; divides the columns
     * @param workers who chooses
     * @return the pattern
     * @throws IllegalArgumentException if an argument is not as described, or a worker cannot reach the matrix
     * @throws IllegalStateException if the arena of the matrix or the workers are closed
     */
    public static NmPattern magnitude(DenseMatrix dense, int n, int m, Workers workers) {
        return shared(dense, n, m, 1, workers);
    }

    /**
     * Keeps, of each group, the same N places in V rows that follow one another (V:N:M with a shared pattern): those with the largest sums of magnitudes over the V rows (L1
     * norms). Sums are compared as {@link #magnitude} compares elements: of equal ones the lower index, places that are zero in all V rows last.
     *
     * <p>The name is that of Castro et al., "VENOM: A Vectorized N:M Format for Unleashing the Power of Sparse Tensor Cores", 2023, but there V rows
     * share four places of each group, and each row keeps N of the four. Here they share all that they keep, so that a product needs one index
     * for V values.
     *
     * @param dense rows × cols
     * @param n elements kept of each group, 1 to m
     * @param m elements of a group: 2, 4, 8 or 16; divides the columns
     * @param v rows that share their places, at least 1; divides the rows
     * @return the pattern
     * @throws IllegalArgumentException if an argument is not as described
     * @throws IllegalStateException if the arena of the matrix is closed
     */
    public static NmPattern shared(DenseMatrix dense, int n, int m, int v) {
        try (Workers caller = Workers.of(1)) {
            return shared(dense, n, m, v, caller);
        }
    }

    /**
     * The same as {@link #shared(DenseMatrix, int, int, int)}, chosen by several threads. Their number changes nothing.
     *
     * @param dense rows × cols
     * @param n elements kept of each group, 1 to m
     * @param m elements of a group: 2, 4, 8 or 16; divides the columns
     * @param v rows that share their places, at least 1; divides the rows
     * @param workers who chooses
     * @return the pattern
     * @throws IllegalArgumentException if an argument is not as described, or a worker cannot reach the matrix
     * @throws IllegalStateException if the arena of the matrix or the workers are closed
     */
    public static NmPattern shared(DenseMatrix dense, int n, int m, int v, Workers workers) {
        MaskChoice choice = MaskChoice.get();
        choice.checkShape(dense, n, m);
        Check.range("v", v, 1, Integer.MAX_VALUE);
        checkRows(dense, "v", v);
        Check.alive("dense", dense);
        return choice.shared(dense, n, m, v, workers);
    }

    /**
     * The best pattern that is {@linkplain NmPattern#isTransposable transposable}: N of every M elements along rows and along columns, so that the
     * products of training with W and with its transpose both run on it (cuSPARSELt calls it TILE). Each M×M tile is solved exactly: of all its
     * masks, 2 for 1:2, 24 for 1:4, 90 for 2:4, the one with the largest sum of kept magnitudes. Of equal ones it is the mask that keeps the lower
     * indices in the first row where they differ, zeros like anything else, so the pattern need not be canonical. An infinity counts more than any
     * sum of numbers and a NaN more than any sum of infinities; what is smaller does not count beside them.
     *
     * <p>Source of the task, not of the exhaustive search: Hubara et al., "Accelerated Sparse Neural Training: A Provable and Efficient Method to Find
     * N:M Transposable Masks", 2021.
     *
     * @param dense rows × cols
     * @param n elements kept of each group, 1 to m
     * @param m elements of a group: 2 or 4; divides the rows and the columns
     * @return the pattern
     * @throws IllegalArgumentException if an argument is not as described
     * @throws IllegalStateException if the arena of the matrix is closed
     */
    public static NmPattern transposable(DenseMatrix dense, int n, int m) {
        try (Workers caller = Workers.of(1)) {
            return transposable(dense, n, m, caller);
        }
    }

    /**
     * The same as {@link #transposable(DenseMatrix, int, int)}, chosen by several threads. Their number changes nothing.
     *
     * @param dense rows × cols
     * @param n elements kept of each group, 1 to m
     * @param m elements of a group: 2 or 4; divides the rows and the columns
     * @param workers who chooses
     * @return the pattern
     * @throws IllegalArgumentException if an argument is not as described, or a worker cannot reach the matrix
     * @throws IllegalStateException if the arena of the matrix or the workers are closed
     */
    public static NmPattern transposable(DenseMatrix dense, int n, int m, Workers workers) {
        MaskChoice choice = MaskChoice.get();
        choice.checkShape(dense, n, m);
        Check.range("m of a transposable pattern", m, 2, MAX_TRANSPOSABLE_M);
        checkRows(dense, "m", m);
        Check.alive("dense", dense);
        return choice.transposable(dense, n, m, workers);
    }

    private static void checkRows(DenseMatrix dense, String divisor, int value) {
        if (dense.rows() % value != 0) {
            throw new IllegalArgumentException(
                    "dense.rows: " + dense.rows() + " is not divisible by " + divisor + " = " + value);
        }
    }
}
