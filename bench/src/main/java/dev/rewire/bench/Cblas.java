package dev.rewire.bench;

import dev.rewire.gpu.internal.library.NativeLibrary;
import dev.rewire.gpu.internal.library.UnavailableException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** The dense products of a library with the C interface to BLAS and 32-bit integers. */
final class Cblas {
    private static final int ROW_MAJOR = 101;
    private static final int NO_TRANSPOSE = 111;
    private static final int TRANSPOSE = 112;

    private final MethodHandle sgemm;
    private final MethodHandle sgemv;

    Cblas(NativeLibrary library) throws UnavailableException {
        sgemm = library.function(
                "cblas_sgemm",
                FunctionDescriptor.ofVoid(
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_FLOAT,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_FLOAT,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_INT));
        sgemv = library.function(
                "cblas_sgemv",
                FunctionDescriptor.ofVoid(
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_FLOAT,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_FLOAT,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_INT));
    }

    /** {@code y = op(A)·x}, A being row-major, {@code m × n} as it is stored. */
    void sgemv(boolean transA, int m, int n, MemorySegment a, MemorySegment x, MemorySegment y) {
        checkOperand("a", a, m, n, n);
        checkOperand("x", x, 1, transA ? m : n, transA ? m : n);
        checkOperand("y", y, 1, transA ? n : m, transA ? n : m);
        if (m == 0 || n == 0) {
            y.asSlice(0, (long) (transA ? n : m) * Float.BYTES).fill((byte) 0);
            return;
        }
        try {
            sgemv.invokeExact(ROW_MAJOR, transA ? TRANSPOSE : NO_TRANSPOSE, m, n, 1f, a, n, x, 1, 0f, y, 1);
        } catch (Throwable e) {
            throw NativeLibrary.unexpected(e);
        }
    }

    /** {@code C = op(A)·op(B) + β·C}, as in {@link dev.rewire.training.backend.DenseBackend#sgemm}. */
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
            int ldc) {
        // The library believes what it is told about sizes, so that a wrong one would read or write foreign memory.
        checkOperand("a", a, transA ? k : m, transA ? m : k, lda);
        checkOperand("b", b, transB ? n : k, transB ? k : n, ldb);
        checkOperand("c", c, m, n, ldc);
        if (m == 0 || n == 0) {
            return;
        }
        try {
            sgemm.invokeExact(
                    ROW_MAJOR,
                    transA ? TRANSPOSE : NO_TRANSPOSE,
                    transB ? TRANSPOSE : NO_TRANSPOSE,
                    m,
                    n,
                    k,
                    1f,
                    a,
                    Math.max(lda, 1),
                    b,
                    Math.max(ldb, 1),
                    beta,
                    c,
                    ldc);
        } catch (Throwable e) {
            throw NativeLibrary.unexpected(e);
        }
    }

    private static void checkOperand(String argument, MemorySegment segment, int rows, int cols, int stride) {
        if (rows < 0 || cols < 0 || stride < cols) {
            throw new IllegalArgumentException(argument + ": " + rows + "×" + cols + " with " + stride
                    + " floats from row to row; accepted are sizes from 0 and at least as many floats as columns");
        }
        long floats = rows == 0 ? 0 : (rows - 1L) * stride + cols;
        if (!segment.isNative() || segment.byteSize() < floats * Float.BYTES) {
            throw new IllegalArgumentException(argument + ": " + segment + "; accepted is native memory of at least "
                    + floats * Float.BYTES + " bytes");
        }
    }
}
