package dev.rewire.gpu.internal.binding;

import static dev.rewire.gpu.internal.library.NativeLibrary.unexpected;

import dev.rewire.gpu.internal.library.NativeLibrary;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** cuBLASLt's functions (cublasLt.h 12 and 13) for a dense product. Its descriptors are handles that the library allocates. */
public final class CublasLt extends Binding {
    private final NativeFunction cublasLtCreate = status("cublasLtCreate", "p");
    private final NativeFunction cublasLtDestroy = status("cublasLtDestroy", "j");
    private final NativeFunction cublasLtGetVersion =
            function("cublasLtGetVersion", "", ValueLayout.JAVA_LONG, "cublasLtGetVersion");
    private final NativeFunction cublasLtGetProperty = status("cublasLtGetProperty", "ip");
    private final NativeFunction cublasLtGetStatusName =
            function("cublasLtGetStatusName", "i", ValueLayout.ADDRESS, "cublasLtGetStatusName");
    private final NativeFunction cublasLtGetStatusString =
            function("cublasLtGetStatusString", "i", ValueLayout.ADDRESS, "cublasLtGetStatusString");
    private final NativeFunction cublasLtMatmulDescCreate = status("cublasLtMatmulDescCreate", "pii");
    private final NativeFunction cublasLtMatmulDescDestroy = status("cublasLtMatmulDescDestroy", "j");
    private final NativeFunction cublasLtMatmulDescSetAttribute = status("cublasLtMatmulDescSetAttribute", "jipj");
    private final NativeFunction cublasLtMatrixLayoutCreate = status("cublasLtMatrixLayoutCreate", "pijjj");
    private final NativeFunction cublasLtMatrixLayoutDestroy = status("cublasLtMatrixLayoutDestroy", "j");
    private final NativeFunction cublasLtMatrixLayoutSetAttribute = status("cublasLtMatrixLayoutSetAttribute", "jipj");
    private final NativeFunction cublasLtMatmulPreferenceCreate = status("cublasLtMatmulPreferenceCreate", "p");
    private final NativeFunction cublasLtMatmulPreferenceDestroy = status("cublasLtMatmulPreferenceDestroy", "j");
    private final NativeFunction cublasLtMatmulPreferenceSetAttribute =
            status("cublasLtMatmulPreferenceSetAttribute", "jipj");
    private final NativeFunction cublasLtMatmulAlgoGetHeuristic =
            status("cublasLtMatmulAlgoGetHeuristic", "jjjjjjjipp");
    private final NativeFunction cublasLtMatmul = status("cublasLtMatmul", "jjpjjjjpjjjjpjjj");

    /**
     * The functions of an opened library; nothing is called.
     *
     * @param library cuBLASLt
     */
    public CublasLt(NativeLibrary library) {
        super(library);
    }

    public int cublasLtCreate(MemorySegment handle) {
        try {
            return (int) cublasLtCreate.handle().invokeExact(handle);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cublasLtDestroy(long handle) {
        try {
            return (int) cublasLtDestroy.handle().invokeExact(handle);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public long cublasLtGetVersion() {
        try {
            return (long) cublasLtGetVersion.handle().invokeExact();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cublasLtGetProperty(int property, MemorySegment value) {
        try {
            return (int) cublasLtGetProperty.handle().invokeExact(property, value);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public String cublasLtGetStatusName(int status) {
        try {
            return NativeLibrary.text(
                    (MemorySegment) cublasLtGetStatusName.handle().invokeExact(status));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public String cublasLtGetStatusString(int status) {
        try {
            return NativeLibrary.text(
                    (MemorySegment) cublasLtGetStatusString.handle().invokeExact(status));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cublasLtMatmulDescCreate(MemorySegment matmul, int computeType, int scaleType) {
        try {
            return (int) cublasLtMatmulDescCreate.handle().invokeExact(matmul, computeType, scaleType);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cublasLtMatmulDescDestroy(long matmul) {
        try {
            return (int) cublasLtMatmulDescDestroy.handle().invokeExact(matmul);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cublasLtMatmulDescSetAttribute(long matmul, int attribute, MemorySegment data, long bytes) {
        try {
            return (int) cublasLtMatmulDescSetAttribute.handle().invokeExact(matmul, attribute, data, bytes);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cublasLtMatrixLayoutCreate(MemorySegment layout, int type, long rows, long cols, long ld) {
        try {
            return (int) cublasLtMatrixLayoutCreate.handle().invokeExact(layout, type, rows, cols, ld);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cublasLtMatrixLayoutDestroy(long layout) {
        try {
            return (int) cublasLtMatrixLayoutDestroy.handle().invokeExact(layout);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cublasLtMatrixLayoutSetAttribute(long layout, int attribute, MemorySegment data, long bytes) {
        try {
            return (int) cublasLtMatrixLayoutSetAttribute.handle().invokeExact(layout, attribute, data, bytes);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cublasLtMatmulPreferenceCreate(MemorySegment preference) {
        try {
            return (int) cublasLtMatmulPreferenceCreate.handle().invokeExact(preference);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cublasLtMatmulPreferenceDestroy(long preference) {
        try {
            return (int) cublasLtMatmulPreferenceDestroy.handle().invokeExact(preference);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cublasLtMatmulPreferenceSetAttribute(long preference, int attribute, MemorySegment data, long bytes) {
        try {
            return (int) cublasLtMatmulPreferenceSetAttribute.handle().invokeExact(preference, attribute, data, bytes);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cublasLtMatmulAlgoGetHeuristic(
            long handle,
            long matmul,
            long a,
            long b,
            long c,
            long d,
            long preference,
            int requested,
            MemorySegment results,
            MemorySegment returned) {
        try {
            return (int) cublasLtMatmulAlgoGetHeuristic
                    .handle()
                    .invokeExact(handle, matmul, a, b, c, d, preference, requested, results, returned);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cublasLtMatmul(
            long handle,
            long matmul,
            MemorySegment alpha,
            long a,
            long aLayout,
            long b,
            long bLayout,
            MemorySegment beta,
            long c,
            long cLayout,
            long d,
            long dLayout,
            MemorySegment algorithm,
            long workspace,
            long workspaceBytes,
            long stream) {
        try {
            return (int) cublasLtMatmul
                    .handle()
                    .invokeExact(
                            handle,
                            matmul,
                            alpha,
                            a,
                            aLayout,
                            b,
                            bLayout,
                            beta,
                            c,
                            cLayout,
                            d,
                            dLayout,
                            algorithm,
                            workspace,
                            workspaceBytes,
                            stream);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public String name(int status) {
        return cublasLtGetStatusName.whyAbsent().isEmpty() ? cublasLtGetStatusName(status) : "cublasStatus_t " + status;
    }

    @Override
    public String text(int status) {
        return cublasLtGetStatusString.whyAbsent().isEmpty() ? cublasLtGetStatusString(status) : "";
    }
}
