package dev.rewire.training.cli;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.rewire.training.backend.DenseBackend;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** A dense library of three loops. */
public final class NaiveBackend implements DenseBackend {
    public static final String NAME = "naive";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Optional<String> unavailable() {
        return Optional.empty();
    }

    @Override
    public void setThreads(int threads) {
        // It has one.
    }

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
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                float sum = 0;
                for (int l = 0; l < k; l++) {
                    float left = a.getAtIndex(JAVA_FLOAT, transA ? (long) l * lda + i : (long) i * lda + l);
                    float right = b.getAtIndex(JAVA_FLOAT, transB ? (long) j * ldb + l : (long) l * ldb + j);
                    sum += left * right;
                }
                long place = (long) i * ldc + j;
                c.setAtIndex(JAVA_FLOAT, place, beta == 0 ? sum : sum + beta * c.getAtIndex(JAVA_FLOAT, place));
            }
        }
    }
}
