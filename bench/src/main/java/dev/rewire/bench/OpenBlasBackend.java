package dev.rewire.bench;

import dev.rewire.gpu.internal.library.UnavailableException;
import dev.rewire.training.backend.DenseBackend;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** OpenBLAS for training's dense yardstick. */
public final class OpenBlasBackend implements DenseBackend {
    /** For {@link java.util.ServiceLoader}; loads nothing yet. */
    public OpenBlasBackend() {}

    @Override
    public String name() {
        return "openblas";
    }

    @Override
    public Optional<String> unavailable() {
        try {
            OpenBlas.load();
            return Optional.empty();
        } catch (UnavailableException e) {
            return Optional.of(e.reason());
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if OpenBLAS is not available, or cannot use that many
     */
    @Override
    public void setThreads(int threads) {
        try {
            OpenBlas.load().setThreads(threads);
        } catch (UnavailableException e) {
            throw new IllegalStateException("openblas: " + e.reason(), e);
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if an operand is shorter than its shape says, or not native
     * @throws IllegalStateException if OpenBLAS is not available
     */
    @Override
    public void sgemm(
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
            int ldc) {
        try {
            OpenBlas.load().cblas().sgemm(transA, transB, m, n, k, a, lda, b, ldb, beta, c, ldc);
        } catch (UnavailableException e) {
            throw new IllegalStateException("openblas: " + e.reason(), e);
        }
    }
}
