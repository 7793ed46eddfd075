package dev.rewire.training.backend;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * A library of dense matrix products, as a yardstick: a dense network can be trained on it instead of Rewire's own kernels. Providers are
 * found by {@link java.util.ServiceLoader}.
 */
public interface DenseBackend {
    /**
     * Name of the library.
     *
     * @return lower case, as {@code openblas}
     */
    String name();

    /**
     * Why it cannot be used here. Asked before anything else; loads the library where that is needed to know.
     *
     * @return one line, or empty if it can be used
     */
    Optional<String> unavailable();

    /**
     * Sets how many threads a product uses.
     *
     * @param threads at least 1
     */
    void setThreads(int threads);

    /**
     * Multiplies row-major matrices: {@code C = op(A)·op(B) + β·C}. With β = 0 what C held does not matter.
     *
     * @param transA whether op(A) is Aᵀ
     * @param transB whether op(B) is Bᵀ
     * @param m rows of op(A) and C
     * @param n columns of op(B) and C
     * @param k columns of op(A) and rows of op(B)
     * @param a A: m × k, or k × m if transposed
     * @param lda floats from one row of A to the next
     * @param b B: k × n, or n × k if transposed
     * @param ldb floats from one row of B to the next
     * @param beta β
     * @param c C
     * @param ldc floats from one row of C to the next
     */
    void sgemm(
            boolean transA,
            boolean transB,
            int m,
            int n,
            int k,
            MemorySegment a,
            int lda,
            MemorySegment b,
            int ldb,
            float beta,
            MemorySegment c,
            int ldc);
}
