package dev.rewire.gpu.internal.binding;

import static dev.rewire.gpu.internal.binding.CusparseConstants.STATUS_NAMES;
import static dev.rewire.gpu.internal.library.NativeLibrary.unexpected;

import dev.rewire.gpu.internal.library.NativeLibrary;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * cuSPARSELt's functions (cusparseLt.h 0.8 to 0.10), all but {@code GetProperty} and those of errors with a handle from {@code Init}. The structs
 * are opaque: {@link CusparseConstants#STRUCT_BYTES} bytes each, which stay where they are until destroyed.
 */
public final class CusparseLt extends Binding {
    private final NativeFunction cusparseLtInit = status("cusparseLtInit", "p");
    private final NativeFunction cusparseLtDestroy = status("cusparseLtDestroy", "p");
    private final NativeFunction cusparseLtGetVersion = status("cusparseLtGetVersion", "pp");
    private final NativeFunction cusparseLtGetProperty = status("cusparseLtGetProperty", "ip");
    private final NativeFunction cusparseLtGetErrorName =
            function("cusparseLtGetErrorName", "i", ValueLayout.ADDRESS, "cusparseLtGetErrorName");
    private final NativeFunction cusparseLtGetErrorString =
            function("cusparseLtGetErrorString", "i", ValueLayout.ADDRESS, "cusparseLtGetErrorString");
    private final NativeFunction cusparseLtDenseDescriptorInit = status("cusparseLtDenseDescriptorInit", "ppjjjiii");
    private final NativeFunction cusparseLtStructuredDescriptorInit =
            status("cusparseLtStructuredDescriptorInit", "ppjjjiiii");
    private final NativeFunction cusparseLtMatDescriptorDestroy = status("cusparseLtMatDescriptorDestroy", "p");
    private final NativeFunction cusparseLtMatDescSetAttribute = status("cusparseLtMatDescSetAttribute", "ppipj");
    private final NativeFunction cusparseLtMatDescGetAttribute = status("cusparseLtMatDescGetAttribute", "ppipj");
    private final NativeFunction cusparseLtMatmulDescriptorInit = status("cusparseLtMatmulDescriptorInit", "ppiippppi");
    private final NativeFunction cusparseLtMatmulDescSetAttribute = status("cusparseLtMatmulDescSetAttribute", "ppipj");
    private final NativeFunction cusparseLtMatmulDescGetAttribute = status("cusparseLtMatmulDescGetAttribute", "ppipj");
    private final NativeFunction cusparseLtMatmulAlgSelectionInit = status("cusparseLtMatmulAlgSelectionInit", "pppi");
    private final NativeFunction cusparseLtMatmulAlgSelectionDestroy =
            status("cusparseLtMatmulAlgSelectionDestroy", "p");
    private final NativeFunction cusparseLtMatmulAlgSetAttribute = status("cusparseLtMatmulAlgSetAttribute", "ppipj");
    private final NativeFunction cusparseLtMatmulAlgGetAttribute = status("cusparseLtMatmulAlgGetAttribute", "ppipj");
    private final NativeFunction cusparseLtMatmulGetWorkspace = status("cusparseLtMatmulGetWorkspace", "ppp");
    private final NativeFunction cusparseLtMatmulPlanInit = status("cusparseLtMatmulPlanInit", "pppp");
    private final NativeFunction cusparseLtMatmulPlanDestroy = status("cusparseLtMatmulPlanDestroy", "p");
    private final NativeFunction cusparseLtMatmul = status("cusparseLtMatmul", "pppjjpjjjpi");
    private final NativeFunction cusparseLtMatmulSearch = status("cusparseLtMatmulSearch", "pppjjpjjjpi");
    private final NativeFunction cusparseLtSpMMAPrune = status("cusparseLtSpMMAPrune", "ppjjij");
    private final NativeFunction cusparseLtSpMMAPruneCheck = status("cusparseLtSpMMAPruneCheck", "ppjjj");
    private final NativeFunction cusparseLtSpMMAPrune2 = status("cusparseLtSpMMAPrune2", "ppiijjij");
    private final NativeFunction cusparseLtSpMMAPruneCheck2 = status("cusparseLtSpMMAPruneCheck2", "ppiijjj");
    private final NativeFunction cusparseLtSpMMACompressedSize = status("cusparseLtSpMMACompressedSize", "pppp");
    private final NativeFunction cusparseLtSpMMACompress = status("cusparseLtSpMMACompress", "ppjjjj");
    private final NativeFunction cusparseLtSpMMACompressedSize2 = status("cusparseLtSpMMACompressedSize2", "pppp");
    private final NativeFunction cusparseLtSpMMACompress2 = status("cusparseLtSpMMACompress2", "ppiijjjj");

    /**
     * The functions of an opened library; nothing is called.
     *
     * @param library cuSPARSELt
     */
    public CusparseLt(NativeLibrary library) {
        super(library);
    }

    public int cusparseLtInit(MemorySegment handle) {
        try {
            return (int) cusparseLtInit.handle().invokeExact(handle);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cusparseLtDestroy(MemorySegment handle) {
        try {
            return (int) cusparseLtDestroy.handle().invokeExact(handle);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cusparseLtGetVersion(MemorySegment handle, MemorySegment version) {
        try {
            return (int) cusparseLtGetVersion.handle().invokeExact(handle, version);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cusparseLtGetProperty(int property, MemorySegment value) {
        try {
            return (int) cusparseLtGetProperty.handle().invokeExact(property, value);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public String cusparseLtGetErrorName(int status) {
        try {
            return NativeLibrary.text(
                    (MemorySegment) cusparseLtGetErrorName.handle().invokeExact(status));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public String cusparseLtGetErrorString(int status) {
        try {
            return NativeLibrary.text(
                    (MemorySegment) cusparseLtGetErrorString.handle().invokeExact(status));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cusparseLtDenseDescriptorInit(
            MemorySegment handle,
            MemorySegment matrix,
            long rows,
            long cols,
            long ld,
            int alignment,
            int valueType,
            int order) {
        try {
            return (int) cusparseLtDenseDescriptorInit
                    .handle()
                    .invokeExact(handle, matrix, rows, cols, ld, alignment, valueType, order);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cusparseLtStructuredDescriptorInit(
            MemorySegment handle,
            MemorySegment matrix,
            long rows,
            long cols,
            long ld,
            int alignment,
            int valueType,
            int order,
            int sparsity) {
        try {
            return (int) cusparseLtStructuredDescriptorInit
                    .handle()
                    .invokeExact(handle, matrix, rows, cols, ld, alignment, valueType, order, sparsity);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cusparseLtMatDescriptorDestroy(MemorySegment matrix) {
        try {
            return (int) cusparseLtMatDescriptorDestroy.handle().invokeExact(matrix);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cusparseLtMatDescSetAttribute(
            MemorySegment handle, MemorySegment matrix, int attribute, MemorySegment data, long bytes) {
        try {
            return (int) cusparseLtMatDescSetAttribute.handle().invokeExact(handle, matrix, attribute, data, bytes);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cusparseLtMatDescGetAttribute(
            MemorySegment handle, MemorySegment matrix, int attribute, MemorySegment data, long bytes) {
        try {
            return (int) cusparseLtMatDescGetAttribute.handle().invokeExact(handle, matrix, attribute, data, bytes);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cusparseLtMatmulDescriptorInit(
            MemorySegment handle,
            MemorySegment matmul,
            int opA,
            int opB,
            MemorySegment a,
            MemorySegment b,
            MemorySegment c,
            MemorySegment d,
            int computeType) {
        try {
            return (int) cusparseLtMatmulDescriptorInit
                    .handle()
                    .invokeExact(handle, matmul, opA, opB, a, b, c, d, computeType);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cusparseLtMatmulDescSetAttribute(
            MemorySegment handle, MemorySegment matmul, int attribute, MemorySegment data, long bytes) {
        try {
            return (int) cusparseLtMatmulDescSetAttribute.handle().invokeExact(handle, matmul, attribute, data, bytes);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cusparseLtMatmulDescGetAttribute(
            MemorySegment handle, MemorySegment matmul, int attribute, MemorySegment data, long bytes) {
        try {
            return (int) cusparseLtMatmulDescGetAttribute.handle().invokeExact(handle, matmul, attribute, data, bytes);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cusparseLtMatmulAlgSelectionInit(
            MemorySegment handle, MemorySegment selection, MemorySegment matmul, int algorithm) {
        try {
            return (int) cusparseLtMatmulAlgSelectionInit.handle().invokeExact(handle, selection, matmul, algorithm);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cusparseLtMatmulAlgSelectionDestroy(MemorySegment selection) {
        try {
            return (int) cusparseLtMatmulAlgSelectionDestroy.handle().invokeExact(selection);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cusparseLtMatmulAlgSetAttribute(
            MemorySegment handle, MemorySegment selection, int attribute, MemorySegment data, long bytes) {
        try {
            return (int)
                    cusparseLtMatmulAlgSetAttribute.handle().invokeExact(handle, selection, attribute, data, bytes);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cusparseLtMatmulAlgGetAttribute(
            MemorySegment handle, MemorySegment selection, int attribute, MemorySegment data, long bytes) {
        try {
            return (int)
                    cusparseLtMatmulAlgGetAttribute.handle().invokeExact(handle, selection, attribute, data, bytes);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cusparseLtMatmulGetWorkspace(MemorySegment handle, MemorySegment plan, MemorySegment bytes) {
        try {
            return (int) cusparseLtMatmulGetWorkspace.handle().invokeExact(handle, plan, bytes);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cusparseLtMatmulPlanInit(
            MemorySegment handle, MemorySegment plan, MemorySegment matmul, MemorySegment selection) {
        try {
            return (int) cusparseLtMatmulPlanInit.handle().invokeExact(handle, plan, matmul, selection);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cusparseLtMatmulPlanDestroy(MemorySegment plan) {
        try {
            return (int) cusparseLtMatmulPlanDestroy.handle().invokeExact(plan);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cusparseLtMatmul(
            MemorySegment handle,
            MemorySegment plan,
            MemorySegment alpha,
            long a,
            long b,
            MemorySegment beta,
            long c,
            long d,
            long workspace,
            MemorySegment streams,
            int streamCount) {
        try {
            return (int) cusparseLtMatmul
                    .handle()
                    .invokeExact(handle, plan, alpha, a, b, beta, c, d, workspace, streams, streamCount);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cusparseLtMatmulSearch(
            MemorySegment handle,
            MemorySegment plan,
            MemorySegment alpha,
            long a,
            long b,
            MemorySegment beta,
            long c,
            long d,
            long workspace,
            MemorySegment streams,
            int streamCount) {
        try {
            return (int) cusparseLtMatmulSearch
                    .handle()
                    .invokeExact(handle, plan, alpha, a, b, beta, c, d, workspace, streams, streamCount);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cusparseLtSpMMAPrune(
            MemorySegment handle, MemorySegment matmul, long in, long out, int algorithm, long stream) {
        try {
            return (int) cusparseLtSpMMAPrune.handle().invokeExact(handle, matmul, in, out, algorithm, stream);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cusparseLtSpMMAPruneCheck(MemorySegment handle, MemorySegment matmul, long in, long valid, long stream) {
        try {
            return (int) cusparseLtSpMMAPruneCheck.handle().invokeExact(handle, matmul, in, valid, stream);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cusparseLtSpMMAPrune2(
            MemorySegment handle,
            MemorySegment matrix,
            int isSparseA,
            int op,
            long in,
            long out,
            int algorithm,
            long stream) {
        try {
            return (int) cusparseLtSpMMAPrune2
                    .handle()
                    .invokeExact(handle, matrix, isSparseA, op, in, out, algorithm, stream);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cusparseLtSpMMAPruneCheck2(
            MemorySegment handle, MemorySegment matrix, int isSparseA, int op, long in, long valid, long stream) {
        try {
            return (int)
                    cusparseLtSpMMAPruneCheck2.handle().invokeExact(handle, matrix, isSparseA, op, in, valid, stream);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cusparseLtSpMMACompressedSize(
            MemorySegment handle, MemorySegment plan, MemorySegment bytes, MemorySegment bufferBytes) {
        try {
            return (int) cusparseLtSpMMACompressedSize.handle().invokeExact(handle, plan, bytes, bufferBytes);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cusparseLtSpMMACompress(
            MemorySegment handle, MemorySegment plan, long dense, long compressed, long buffer, long stream) {
        try {
            return (int) cusparseLtSpMMACompress.handle().invokeExact(handle, plan, dense, compressed, buffer, stream);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cusparseLtSpMMACompressedSize2(
            MemorySegment handle, MemorySegment matrix, MemorySegment bytes, MemorySegment bufferBytes) {
        try {
            return (int) cusparseLtSpMMACompressedSize2.handle().invokeExact(handle, matrix, bytes, bufferBytes);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cusparseLtSpMMACompress2(
            MemorySegment handle,
            MemorySegment matrix,
            int isSparseA,
            int op,
            long dense,
            long compressed,
            long buffer,
            long stream) {
        try {
            return (int) cusparseLtSpMMACompress2
                    .handle()
                    .invokeExact(handle, matrix, isSparseA, op, dense, compressed, buffer, stream);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public String name(int status) {
        if (cusparseLtGetErrorName.whyAbsent().isEmpty()) {
            return cusparseLtGetErrorName(status);
        }
        return status >= 0 && status < STATUS_NAMES.size() ? STATUS_NAMES.get(status) : "cusparseStatus_t " + status;
    }

    @Override
    public String text(int status) {
        return cusparseLtGetErrorString.whyAbsent().isEmpty() ? cusparseLtGetErrorString(status) : "";
    }
}
