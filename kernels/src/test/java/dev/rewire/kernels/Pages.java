package dev.rewire.kernels;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Pages of zeros between two pages without access rights: {@code mmap} and {@code mprotect} of Linux. */
@SuppressWarnings("restricted")
final class Pages {
    private static final int PROT_NONE = 0;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final int SC_PAGESIZE = 30;

    private static final MethodHandle SYSCONF =
            handle("sysconf", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
    private static final MethodHandle MMAP = handle(
            "mmap",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG));
    private static final MethodHandle MPROTECT = handle(
            "mprotect",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
    private static final MethodHandle MUNMAP =
            handle("munmap", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));

    static final long SIZE = call(SYSCONF, SC_PAGESIZE);

    private Pages() {}

    /** Bytes from the page boundary on, unchecked and alive until {@link #unmap}. */
    static MemorySegment map(long byteSize) {
        long guard = call(MMAP, 0L, byteSize + 2 * SIZE, PROT_NONE, MAP_PRIVATE_ANONYMOUS, -1, 0L);
        if (guard == -1 || call(MPROTECT, guard + SIZE, byteSize, PROT_READ_WRITE) != 0) {
            throw new OutOfMemoryError("no guarded pages for " + byteSize + " bytes");
        }
        return MemorySegment.ofAddress(guard + SIZE).reinterpret(byteSize);
    }

    static void unmap(MemorySegment mapped) {
        call(MUNMAP, mapped.address() - SIZE, mapped.byteSize() + 2 * SIZE);
    }

    private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
    }

    private static long call(MethodHandle function, Object... arguments) {
        try {
            return ((Number) function.invokeWithArguments(arguments)).longValue();
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
