package dev.rewire.gpu.internal.binding;

import static dev.rewire.gpu.internal.binding.CudaConstants.CONTEXT_LOST;
import static dev.rewire.gpu.internal.library.NativeLibrary.unexpected;

import dev.rewire.gpu.internal.library.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * The driver's functions (cuda.h). All but the queries of devices need a context that is current on the calling thread. The symbols are those
 * that the header of CUDA 13 maps the names to.
 */
public final class CudaDriver extends Binding {
    private final NativeFunction cuInit = status("cuInit", "i");
    private final NativeFunction cuDriverGetVersion = status("cuDriverGetVersion", "p");
    private final NativeFunction cuDeviceGetCount = status("cuDeviceGetCount", "p");
    private final NativeFunction cuDeviceGet = status("cuDeviceGet", "pi");
    private final NativeFunction cuDeviceGetName = status("cuDeviceGetName", "pii");
    private final NativeFunction cuDeviceGetAttribute = status("cuDeviceGetAttribute", "pii");
    private final NativeFunction cuDeviceTotalMem = status("cuDeviceTotalMem", "pi", "cuDeviceTotalMem_v2");
    private final NativeFunction cuDevicePrimaryCtxRetain = status("cuDevicePrimaryCtxRetain", "pi");
    private final NativeFunction cuDevicePrimaryCtxRelease =
            status("cuDevicePrimaryCtxRelease", "i", "cuDevicePrimaryCtxRelease_v2");
    private final NativeFunction cuCtxSetCurrent = status("cuCtxSetCurrent", "j");
    private final NativeFunction cuCtxGetCurrent = status("cuCtxGetCurrent", "p");
    private final NativeFunction cuCtxSynchronize = status("cuCtxSynchronize", "");
    private final NativeFunction cuMemGetInfo = status("cuMemGetInfo", "pp", "cuMemGetInfo_v2");
    private final NativeFunction cuMemAlloc = status("cuMemAlloc", "pj", "cuMemAlloc_v2");
    private final NativeFunction cuMemFree = status("cuMemFree", "j", "cuMemFree_v2");
    private final NativeFunction cuMemAllocAsync = optional(status("cuMemAllocAsync", "pjj"));
    private final NativeFunction cuMemFreeAsync = optional(status("cuMemFreeAsync", "jj"));
    private final NativeFunction cuMemHostAlloc = status("cuMemHostAlloc", "pji");
    private final NativeFunction cuMemFreeHost = status("cuMemFreeHost", "p");
    private final NativeFunction cuMemHostRegister = status("cuMemHostRegister", "pji", "cuMemHostRegister_v2");
    private final NativeFunction cuMemHostUnregister = status("cuMemHostUnregister", "p");
    private final NativeFunction cuMemcpyHtoDAsync = status("cuMemcpyHtoDAsync", "jpjj", "cuMemcpyHtoDAsync_v2");
    private final NativeFunction cuMemcpyDtoHAsync = status("cuMemcpyDtoHAsync", "pjjj", "cuMemcpyDtoHAsync_v2");
    private final NativeFunction cuMemcpyDtoDAsync = status("cuMemcpyDtoDAsync", "jjjj", "cuMemcpyDtoDAsync_v2");
    private final NativeFunction cuMemsetD8Async = status("cuMemsetD8Async", "jbjj");
    private final NativeFunction cuStreamCreate = status("cuStreamCreate", "pi");
    private final NativeFunction cuStreamDestroy = status("cuStreamDestroy", "j", "cuStreamDestroy_v2");
    private final NativeFunction cuStreamSynchronize = status("cuStreamSynchronize", "j");
    private final NativeFunction cuStreamQuery = status("cuStreamQuery", "j");
    private final NativeFunction cuStreamWaitEvent = status("cuStreamWaitEvent", "jji");
    private final NativeFunction cuEventCreate = status("cuEventCreate", "pi");
    private final NativeFunction cuEventDestroy = status("cuEventDestroy", "j", "cuEventDestroy_v2");
    private final NativeFunction cuEventRecord = status("cuEventRecord", "jj");
    private final NativeFunction cuEventSynchronize = status("cuEventSynchronize", "j");
    private final NativeFunction cuEventQuery = status("cuEventQuery", "j");
    private final NativeFunction cuEventElapsedTime =
            function("cuEventElapsedTime", "pjj", ValueLayout.JAVA_INT, "cuEventElapsedTime_v2", "cuEventElapsedTime");
    private final NativeFunction cuGetErrorName = status("cuGetErrorName", "ip");
    private final NativeFunction cuGetErrorString = status("cuGetErrorString", "ip");

    /**
     * The functions of an opened library; nothing is called.
     *
     * @param library the driver
     */
    public CudaDriver(NativeLibrary library) {
        super(library);
    }

    public int cuInit(int flags) {
        try {
            return (int) cuInit.handle().invokeExact(flags);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuDriverGetVersion(MemorySegment version) {
        try {
            return (int) cuDriverGetVersion.handle().invokeExact(version);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuDeviceGetCount(MemorySegment count) {
        try {
            return (int) cuDeviceGetCount.handle().invokeExact(count);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuDeviceGet(MemorySegment device, int ordinal) {
        try {
            return (int) cuDeviceGet.handle().invokeExact(device, ordinal);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuDeviceGetName(MemorySegment name, int length, int device) {
        try {
            return (int) cuDeviceGetName.handle().invokeExact(name, length, device);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuDeviceGetAttribute(MemorySegment value, int attribute, int device) {
        try {
            return (int) cuDeviceGetAttribute.handle().invokeExact(value, attribute, device);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuDeviceTotalMem(MemorySegment bytes, int device) {
        try {
            return (int) cuDeviceTotalMem.handle().invokeExact(bytes, device);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuDevicePrimaryCtxRetain(MemorySegment context, int device) {
        try {
            return (int) cuDevicePrimaryCtxRetain.handle().invokeExact(context, device);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuDevicePrimaryCtxRelease(int device) {
        try {
            return (int) cuDevicePrimaryCtxRelease.handle().invokeExact(device);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuCtxSetCurrent(long context) {
        try {
            return (int) cuCtxSetCurrent.handle().invokeExact(context);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuCtxGetCurrent(MemorySegment context) {
        try {
            return (int) cuCtxGetCurrent.handle().invokeExact(context);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuCtxSynchronize() {
        try {
            return (int) cuCtxSynchronize.handle().invokeExact();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuMemGetInfo(MemorySegment free, MemorySegment total) {
        try {
            return (int) cuMemGetInfo.handle().invokeExact(free, total);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuMemAlloc(MemorySegment pointer, long bytes) {
        try {
            return (int) cuMemAlloc.handle().invokeExact(pointer, bytes);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuMemFree(long pointer) {
        try {
            return (int) cuMemFree.handle().invokeExact(pointer);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuMemAllocAsync(MemorySegment pointer, long bytes, long stream) {
        try {
            return (int) cuMemAllocAsync.handle().invokeExact(pointer, bytes, stream);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuMemFreeAsync(long pointer, long stream) {
        try {
            return (int) cuMemFreeAsync.handle().invokeExact(pointer, stream);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuMemHostAlloc(MemorySegment pointer, long bytes, int flags) {
        try {
            return (int) cuMemHostAlloc.handle().invokeExact(pointer, bytes, flags);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuMemFreeHost(MemorySegment pointer) {
        try {
            return (int) cuMemFreeHost.handle().invokeExact(pointer);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuMemHostRegister(MemorySegment pointer, long bytes, int flags) {
        try {
            return (int) cuMemHostRegister.handle().invokeExact(pointer, bytes, flags);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuMemHostUnregister(MemorySegment pointer) {
        try {
            return (int) cuMemHostUnregister.handle().invokeExact(pointer);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuMemcpyHtoDAsync(long destination, MemorySegment source, long bytes, long stream) {
        try {
            return (int) cuMemcpyHtoDAsync.handle().invokeExact(destination, source, bytes, stream);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuMemcpyDtoHAsync(MemorySegment destination, long source, long bytes, long stream) {
        try {
            return (int) cuMemcpyDtoHAsync.handle().invokeExact(destination, source, bytes, stream);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuMemcpyDtoDAsync(long destination, long source, long bytes, long stream) {
        try {
            return (int) cuMemcpyDtoDAsync.handle().invokeExact(destination, source, bytes, stream);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuMemsetD8Async(long destination, byte value, long bytes, long stream) {
        try {
            return (int) cuMemsetD8Async.handle().invokeExact(destination, value, bytes, stream);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuStreamCreate(MemorySegment stream, int flags) {
        try {
            return (int) cuStreamCreate.handle().invokeExact(stream, flags);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuStreamDestroy(long stream) {
        try {
            return (int) cuStreamDestroy.handle().invokeExact(stream);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuStreamSynchronize(long stream) {
        try {
            return (int) cuStreamSynchronize.handle().invokeExact(stream);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuStreamQuery(long stream) {
        try {
            return (int) cuStreamQuery.handle().invokeExact(stream);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuStreamWaitEvent(long stream, long event, int flags) {
        try {
            return (int) cuStreamWaitEvent.handle().invokeExact(stream, event, flags);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuEventCreate(MemorySegment event, int flags) {
        try {
            return (int) cuEventCreate.handle().invokeExact(event, flags);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuEventDestroy(long event) {
        try {
            return (int) cuEventDestroy.handle().invokeExact(event);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuEventRecord(long event, long stream) {
        try {
            return (int) cuEventRecord.handle().invokeExact(event, stream);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuEventSynchronize(long event) {
        try {
            return (int) cuEventSynchronize.handle().invokeExact(event);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuEventQuery(long event) {
        try {
            return (int) cuEventQuery.handle().invokeExact(event);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuEventElapsedTime(MemorySegment milliseconds, long start, long end) {
        try {
            return (int) cuEventElapsedTime.handle().invokeExact(milliseconds, start, end);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuGetErrorName(int status, MemorySegment text) {
        try {
            return (int) cuGetErrorName.handle().invokeExact(status, text);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    public int cuGetErrorString(int status, MemorySegment text) {
        try {
            return (int) cuGetErrorString.handle().invokeExact(status, text);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public String name(int status) {
        String name = textOf(cuGetErrorName, status);
        return name.isEmpty() ? "CUresult " + status : name;
    }

    @Override
    public String text(int status) {
        return textOf(cuGetErrorString, status);
    }

    @Override
    boolean losesContext(int status) {
        return Arrays.binarySearch(CONTEXT_LOST, status) >= 0;
    }

    private static String textOf(NativeFunction function, int status) {
        if (function.whyAbsent().isPresent()) {
            return "";
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(ValueLayout.ADDRESS);
            int known = (int) function.handle().invokeExact(status, text);
            return known == 0 ? NativeLibrary.text(text.get(ValueLayout.ADDRESS, 0)) : "";
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }
}
