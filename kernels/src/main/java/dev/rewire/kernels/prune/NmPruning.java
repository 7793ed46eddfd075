package dev.rewire.kernels.prune;

import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.NmPattern;

/**
 * N:M patterns of a dense matrix. An element is as large as its magnitude; a NaN is larger than anything, and of equal ones the one with the lower
 * index is kept.
 */
public final class NmPruning {
    private NmPruning() {}

    /**
     * Keeps the N largest of each group. Zeros that are kept all the same, in a group with fewer than N nonzeros, are the last of their group, so that
     * the pattern is canonical.
     *
     * @param dense rows × cols
     * @param n elements kept of each group, 1 to m
     * @param m elements of a group: 2, 4, 8 or 16; divides the columns
     * @return the pattern
     * @throws IllegalArgumentException if an argument is not as described
     */
    public static NmPattern magnitude(DenseMatrix dense, int n, int m) {
        int groups = m < 1 ? 0 : dense.cols() / m;
        int[] indices = new int[Math.multiplyExact(dense.rows() * groups, Math.max(n, 0))];
        float[] magnitudes = new float[Math.max(m, 0)];
        boolean[] kept = new boolean[Math.max(m, 0)];
        int next = 0;
        for (int row = 0; row < dense.rows(); row++) {
            for (int group = 0; group < groups; group++) {
                for (int place = 0; place < m; place++) {
                    magnitudes[place] = Math.abs(dense.get(row, group * m + place));
                    kept[place] = false;
                }
                for (int k = 0; k < n; k++) {
                    kept[largest(magnitudes, kept)] = true;
                }
                for (int place = 0; place < m; place++) {
                    if (kept[place]) {
                        indices[next++] = place;
                    }
                }
            }
        }
        return NmPattern.of(dense.rows(), dense.cols(), n, m, indices);
    }

    /** The largest that is not taken; of zeros the last, otherwise the first of equal ones. */
    private static int largest(float[] magnitudes, boolean[] taken) {
        int largest = -1;
        for (int place = 0; place < magnitudes.length; place++) {
            if (taken[place]) {
                continue;
            }
            int order = largest < 0 ? 1 : Float.compare(magnitudes[place], magnitudes[largest]);
            if (order > 0 || order == 0 && magnitudes[place] == 0) {
                largest = place;
            }
        }
        return largest;
    }
}
