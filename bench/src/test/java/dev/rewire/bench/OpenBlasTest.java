package dev.rewire.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rewire.gpu.internal.library.UnavailableException;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.training.backend.DenseBackend;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenBlasTest {
    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void multipliesAsTheBackendSays(boolean transA, boolean transB) {
        DenseBackend backend = available();
        int m = 5;
        int n = 7;
        int k = 3;
        try (Arena arena = Arena.ofConfined()) {
            // Small integers, so that every order of summation gives the same bits; strides longer than rows.
            DenseMatrix a = numbers(arena, transA ? k : m, transA ? m : k, 1);
            DenseMatrix b = numbers(arena, transB ? n : k, transB ? k : n, 2);
            for (float beta : new float[] {0, 1}) {
                DenseMatrix c = numbers(arena, m, n, 3);
                if (beta == 0) {
                    c.segment().fill((byte) -1);
                }
                backend.sgemm(
                        transA,
                        transB,
                        m,
                        n,
                        k,
                        a.segment(),
                        stride(a),
                        b.segment(),
                        stride(b),
                        beta,
                        c.segment(),
                        stride(c));
                DenseMatrix before = numbers(arena, m, n, 3);
                for (int row = 0; row < m; row++) {
                    for (int col = 0; col < n; col++) {
                        float sum = beta == 0 ? 0 : before.get(row, col);
                        for (int i = 0; i < k; i++) {
                            sum += (transA ? a.get(i, row) : a.get(row, i)) * (transB ? b.get(col, i) : b.get(i, col));
                        }
                        assertEquals(sum, c.get(row, col));
                    }
                }
            }
        }
    }

    @Test
    void refusesOperandsThatAreTooShort() {
        DenseBackend backend = available();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment enough = arena.allocate(ValueLayout.JAVA_FLOAT, 16);
            MemorySegment few = arena.allocate(ValueLayout.JAVA_FLOAT, 15);
            MemorySegment heap = MemorySegment.ofArray(new float[16]);
            assertRefused(backend, few, enough, enough, 4);
            assertRefused(backend, enough, few, enough, 4);
            assertRefused(backend, enough, enough, few, 4);
            assertRefused(backend, enough, enough, heap, 4);
            assertRefused(backend, enough, enough, enough, 3);
        }
    }

    private static void assertRefused(
            DenseBackend backend, MemorySegment a, MemorySegment b, MemorySegment c, int stride) {
        assertThrows(
                IllegalArgumentException.class,
                () -> backend.sgemm(false, false, 4, 4, 4, a, stride, b, stride, 0, c, stride));
    }

    @Test
    void runsExactlyTheThreadsAskedFor() throws UnavailableException {
        available();
        OpenBlas blas = OpenBlas.load();
        for (int threads = 1; threads <= 2; threads++) {
            blas.setThreads(threads);
            assertFalse(blas.config().isEmpty());
            assertFalse(blas.core().isEmpty());
        }
        UnavailableException tooMany = assertThrows(UnavailableException.class, () -> blas.setThreads(100_000));
        assertTrue(tooMany.reason().endsWith(" threads where 100000 were asked for"), tooMany.reason());
        blas.setThreads(1);
    }

    @Test
    void saysWhyAPathDoesNotLoad(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("libopenblas.so.0");
        assertReason(file, "No such file");
        Files.writeString(file, "no library");
        assertReason(file, file.toString());
    }

    private static void assertReason(Path library, String part) {
        UnavailableException refusal =
                assertThrows(UnavailableException.class, () -> OpenBlasSearch.load(library.toString(), ""));
        assertTrue(refusal.reason().contains(part), refusal.reason());
        assertEquals(1, refusal.reason().lines().count());
    }

    @Test
    void searchesOnWhereThePeersFolderHasNone(@TempDir Path folder) {
        try {
            assertFalse(OpenBlasSearch.load("", folder.toString()).path().isEmpty());
        } catch (UnavailableException e) {
            assertTrue(e.reason().startsWith("no openblas-*-"), e.reason());
        }
    }

    /** The backend as training finds it. */
    private static DenseBackend available() {
        DenseBackend backend =
                ServiceLoader.load(DenseBackend.class).findFirst().orElseThrow();
        assertEquals("openblas", backend.name());
        assumeTrue(backend.unavailable().isEmpty(), () -> backend.unavailable().orElse(""));
        return backend;
    }

    private static DenseMatrix numbers(Arena arena, int rows, int cols, int seed) {
        DenseMatrix matrix =
                DenseMatrix.of(arena.allocate((long) rows * (cols + seed) * Float.BYTES, 64), rows, cols, cols + seed);
        for (int row = 0; row < rows; row++) {
            for (int col = 0; col < cols; col++) {
                matrix.set(row, col, (7 * row + 3 * col + seed) % 11 - 5);
            }
        }
        return matrix;
    }

    private static int stride(DenseMatrix matrix) {
        return (int) matrix.rowStride();
    }
}
