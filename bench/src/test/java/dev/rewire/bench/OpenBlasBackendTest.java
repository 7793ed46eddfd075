package dev.rewire.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rewire.training.DenseBackend;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** OpenBLAS as training sees it; most of this needs one on the machine. */
class OpenBlasBackendTest {
    private static final int M = 3;
    private static final int N = 4;
    private static final int K = 5;

    private final OpenBlasBackend backend = new OpenBlasBackend();

    @Test
    void isFoundAsService() {
        assertTrue(ServiceLoader.load(DenseBackend.class).stream().anyMatch(found -> found.type() == OpenBlasBackend.class));
    }

    @ParameterizedTest
    @CsvSource({"false, false, 0", "false, true, 1", "true, false, 0", "true, true, 1"})
    void multipliesIntegersExactly(boolean transA, boolean transB, float beta) {
        assumeTrue(backend.unavailable().isEmpty(), () -> backend.unavailable().orElse(""));
        backend.setThreads(1);
        try (Arena arena = Arena.ofConfined()) {
            int lda = (transA ? M : K) + 1;
            int ldb = (transB ? K : N) + 2;
            int ldc = N + 3;
            MemorySegment a = counting(arena, (transA ? K : M) * lda);
            MemorySegment b = counting(arena, (transB ? N : K) * ldb);
            MemorySegment c = arena.allocate(ValueLayout.JAVA_FLOAT, M * ldc);
            c.setAtIndex(ValueLayout.JAVA_FLOAT, 0, beta == 0 ? Float.NaN : 100);

            backend.sgemm(transA, transB, M, N, K, a, lda, b, ldb, beta, c, ldc);

            for (int i = 0; i < M; i++) {
                for (int j = 0; j < N; j++) {
                    float expected = i == 0 && j == 0 ? 100 * beta : 0;
                    for (int k = 0; k < K; k++) {
                        expected += at(a, transA ? k * lda + i : i * lda + k) * at(b, transB ? j * ldb + k : k * ldb + j);
                    }
                    assertEquals(expected, at(c, i * ldc + j), i + ", " + j);
                }
            }
        }
    }

    @Test
    void refusesOperandsThatAreTooShort() {
        assumeTrue(backend.unavailable().isEmpty(), () -> backend.unavailable().orElse(""));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment enough = arena.allocate(ValueLayout.JAVA_FLOAT, 16);
            MemorySegment tooShort = enough.asSlice(0, 15 * Float.BYTES);

            assertThrows(
                    IllegalArgumentException.class,
                    () -> backend.sgemm(false, false, 4, 4, 4, tooShort, 4, enough, 4, 0, enough, 4));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> backend.sgemm(false, false, 4, 4, 4, enough, 3, enough, 4, 0, enough, 4));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> backend.sgemm(false, false, 4, 4, 4, enough, 4, enough, 4, 0, MemorySegment.ofArray(new float[16]), 4));
        }
    }

    private static MemorySegment counting(Arena arena, int count) {
        MemorySegment segment = arena.allocate(ValueLayout.JAVA_FLOAT, count);
        for (int i = 0; i < count; i++) {
            segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, i % 7 - 3);
        }
        return segment;
    }

    private static float at(MemorySegment segment, int index) {
        return segment.getAtIndex(ValueLayout.JAVA_FLOAT, index);
    }
}
