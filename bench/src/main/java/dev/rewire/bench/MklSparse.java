package dev.rewire.bench;

import dev.rewire.gpu.internal.library.NativeLibrary;
import dev.rewire.gpu.internal.library.UnavailableException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** MKL's inspector-executor sparse BLAS, for zero-based general matrices with 32-bit indices. */
@SuppressWarnings("restricted") // reads the address of a matrix that MKL has made
final class MklSparse {
    private static final int SUCCESS = 0;
    private static final String[] STATUS = {
        "success",
        "not initialized",
        "allocation failed",
        "invalid value",
        "execution failed",
        "internal error",
        "not supported"
    };

    private static final int NON_TRANSPOSE = 10;
    private static final int ZERO_BASED = 0;
    private static final int ROW_MAJOR = 101;
    private static final int COLUMN_MAJOR = 102;
    private static final int MEMORY_AGGRESSIVE = 81;

    /** More than pay for any preparation. */
    private static final int EXPECTED_CALLS = 1_000_000;

    /** {@code struct matrix_descr}: type, mode, diag, three enums; it is passed by value. */
    private static final StructLayout DESCRIPTION =
            MemoryLayout.structLayout(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);

    /** A general matrix. The other two only count for triangles, but have to be values of their enums. */
    private static final MemorySegment GENERAL = Arena.global().allocateFrom(ValueLayout.JAVA_INT, 20, 40, 50);

    private final MethodHandle createCsr;
    private final MethodHandle createBsr;
    private final MethodHandle destroy;
    private final MethodHandle setMmHint;
    private final MethodHandle setMemoryHint;
    private final MethodHandle optimize;
    private final MethodHandle mm;

    MklSparse(NativeLibrary library) throws UnavailableException {
        ValueLayout.OfInt integer = ValueLayout.JAVA_INT;
        ValueLayout.OfFloat number = ValueLayout.JAVA_FLOAT;
        MemoryLayout address = ValueLayout.ADDRESS;
        createCsr = library.function(
                "mkl_sparse_s_create_csr",
                FunctionDescriptor.of(integer, address, integer, integer, integer, address, address, address, address));
        createBsr = library.function(
                "mkl_sparse_s_create_bsr",
                FunctionDescriptor.of(
                        integer, address, integer, integer, integer, integer, integer, address, address, address,
                        address));
        destroy = library.function("mkl_sparse_destroy", FunctionDescriptor.of(integer, address));
        setMmHint = library.function(
                "mkl_sparse_set_mm_hint",
                FunctionDescriptor.of(integer, address, integer, DESCRIPTION, integer, integer, integer));
        setMemoryHint =
                library.function("mkl_sparse_set_memory_hint", FunctionDescriptor.of(integer, address, integer));
        optimize = library.function("mkl_sparse_optimize", FunctionDescriptor.of(integer, address));
        mm = library.function(
                "mkl_sparse_s_mm",
                FunctionDescriptor.of(
                        integer,
                        integer,
                        number,
                        address,
                        DESCRIPTION,
                        integer,
                        address,
                        integer,
                        integer,
                        number,
                        address,
                        integer));
    }

    /** How the dense operands lie. */
    enum Dense {
        ROWS(ROW_MAJOR),
        COLUMNS(COLUMN_MAJOR);

        private final int code;

        Dense(int code) {
            this.code = code;
        }
    }

    /**
     * Makes a matrix that MKL can multiply, over the memory of the operand.
     *
     * @throws UnavailableException if MKL does not take it
     */
    Matrix matrix(MklOperand operand) throws UnavailableException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment handle = arena.allocate(ValueLayout.ADDRESS);
            MemorySegment starts = operand.starts();
            MemorySegment ends = starts.asSlice(Integer.BYTES);
            int block = operand.block();
            if (block == 0) {
                check("mkl_sparse_s_create_csr", (int) createCsr.invokeExact(
                        handle,
                        ZERO_BASED,
                        operand.rows(),
                        operand.cols(),
                        starts,
                        ends,
                        operand.indices(),
                        operand.values()));
            } else {
                check("mkl_sparse_s_create_bsr", (int) createBsr.invokeExact(
                        handle,
                        ZERO_BASED,
                        ROW_MAJOR,
                        operand.rows() / block,
                        operand.cols() / block,
                        block,
                        starts,
                        ends,
                        operand.indices(),
                        operand.values()));
            }
            return new Matrix(handle.get(ValueLayout.ADDRESS, 0), operand);
        } catch (UnavailableException e) {
            throw e;
        } catch (Throwable e) {
            throw NativeLibrary.unexpected(e);
        }
    }

    private static void check(String function, int status) throws UnavailableException {
        if (status != SUCCESS) {
            String words = status > 0 && status < STATUS.length ? STATUS[status] : "unknown status";
            throw new UnavailableException(function + ": " + words + " (" + status + ")");
        }
    }

    /** A matrix inside of MKL. The memory of its operand has to outlive it. */
    final class Matrix implements AutoCloseable {
        private final MemorySegment handle;
        private final MklOperand operand;

        private Matrix(MemorySegment handle, MklOperand operand) {
            this.handle = handle;
            this.operand = operand;
        }

        /** Has MKL inspect it for many products with dense operands of so many columns, and convert it as MKL likes. */
        void optimize(Dense layout, int columns) throws UnavailableException {
            try {
                check("mkl_sparse_set_mm_hint", (int)
                        setMmHint.invokeExact(handle, NON_TRANSPOSE, GENERAL, layout.code, columns, EXPECTED_CALLS));
                check("mkl_sparse_set_memory_hint", (int) setMemoryHint.invokeExact(handle, MEMORY_AGGRESSIVE));
                check("mkl_sparse_optimize", (int) optimize.invokeExact(handle));
            } catch (UnavailableException e) {
                throw e;
            } catch (Throwable e) {
                throw NativeLibrary.unexpected(e);
            }
        }

        /**
         * {@code C = A·B}.
         *
         * @param b this matrix' columns × {@code columns}, without gaps
         * @param c this matrix' rows × {@code columns}, without gaps
         */
        void multiply(Dense layout, MemorySegment b, int columns, MemorySegment c) throws UnavailableException {
            // MKL believes what it is told about sizes.
            checkOperand("b", b, operand.cols(), columns);
            checkOperand("c", c, operand.rows(), columns);
            boolean rows = layout == Dense.ROWS;
            try {
                check("mkl_sparse_s_mm", (int) mm.invokeExact(
                        NON_TRANSPOSE,
                        1f,
                        handle,
                        GENERAL,
                        layout.code,
                        b,
                        columns,
                        rows ? columns : operand.cols(),
                        0f,
                        c,
                        rows ? columns : operand.rows()));
            } catch (UnavailableException e) {
                throw e;
            } catch (Throwable e) {
                throw NativeLibrary.unexpected(e);
            }
        }

        private static void checkOperand(String argument, MemorySegment segment, int rows, int columns) {
            long bytes = (long) rows * columns * Float.BYTES;
            if (!segment.isNative() || segment.byteSize() < bytes) {
                throw new IllegalArgumentException(
                        argument + ": " + segment + "; accepted is native memory of at least " + bytes + " bytes");
            }
        }

        @Override
        public void close() {
            try {
                // The status says no more than that the handle was one.
                int ignored = (int) destroy.invokeExact(handle);
            } catch (Throwable e) {
                throw NativeLibrary.unexpected(e);
            }
        }
    }
}
