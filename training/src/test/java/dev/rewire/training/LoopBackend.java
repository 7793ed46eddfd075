package dev.rewire.training;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.rewire.training.backend.DenseBackend;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** A dense library of three loops, summed in double precision. */
final class LoopBackend implements DenseBackend {
    @Override
    public String name() {
        return "loops";
    }

    @Override
    public Optional<String> unavailable() {
        return Optional.empty();
    }

    @Override
    public void setThreads(int threads) {
        // One is all it has.
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
                double sum = beta == 0 ? 0 : beta * (double) c.getAtIndex(JAVA_FLOAT, (long) i * ldc + j);
                for (int l = 0; l < k; l++) {
                    sum += (double) a.getAtIndex(JAVA_FLOAT, transA ? (long) l * lda + i : (long) i * lda + l)
                            * b.getAtIndex(JAVA_FLOAT, transB ? (long) j * ldb + l : (long) l * ldb + j);
                }
                c.setAtIndex(JAVA_FLOAT, (long) i * ldc + j, (float) sum);
            }
        }
    }
}
