package dev.rewire.gpu;

import static dev.rewire.gpu.internal.binding.CudaConstants.CUDA_ERROR_NOT_READY;
import static dev.rewire.gpu.internal.binding.CusparseConstants.STRUCT_ALIGNMENT;
import static dev.rewire.gpu.internal.binding.CusparseConstants.STRUCT_BYTES;

import dev.rewire.gpu.internal.binding.Binding;
import dev.rewire.gpu.internal.binding.CublasLt;
import dev.rewire.gpu.internal.binding.CudaDriver;
import dev.rewire.gpu.internal.binding.CusparseLt;
import dev.rewire.gpu.internal.probe.Installation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A device in use: its primary context, which the CUDA runtime and other libraries of this process share, and a handle of cuSPARSELt. Everything
 * else of this package is made from a context, belongs to its device and is closed before it.
 *
 * <p>Any thread may use it: each call makes the context current on the calling thread, and leaves it so. NVIDIA does not say that its libraries
 * are safe for several threads on one handle, so calls into cuSPARSELt and cuBLASLt are made one at a time; what they start on the device runs
 * on. Memory, streams and events need no such lock, but one thread at a time puts work on one stream. Calls that wait hold their carrier if the
 * thread is virtual.
 *
 * <p>The algorithms that searches have found are kept by shape ({@link #algorithms}), and used by every product of that shape.
 */
public final class GpuContext implements AutoCloseable {
    final CudaDriver cuda;
    final CusparseLt sparse;

    /** Held during calls of cuSPARSELt and cuBLASLt. */
    final Object lock = new Object();

    /** Of the arenas whose memory is copied in the background. */
    final Set<MemorySegment.Scope> pinned = ConcurrentHashMap.newKeySet();

    /** Whether cuSPARSELt survives a search among its kernels for fp16. */
    final boolean searchesF16;

    final Map<GpuShape, GpuAlgorithm> found = new ConcurrentHashMap<>();

    /** Compute capability 9.0. A search of fp16 ended in an illegal instruction there, with 0.8.0 and 0.8.1, and took the context with it (docs/gpu.md). */
    private static final int HOPPER = 9;

    private final Installation installation;
    private final int device;
    private final long primary;
    private final MemorySegment handle;
    private final Closing closing = new Closing();
    private final Set<GpuObject> owned = ConcurrentHashMap.newKeySet();
    private @Nullable CublasLt dense;
    private long denseHandle;
    private volatile @Nullable GpuException lost;
    private volatile boolean closed;

    private GpuContext(Installation installation, CudaDriver cuda, CusparseLt sparse, int device, boolean searchesF16) {
        this.searchesF16 = searchesF16;
        this.installation = installation;
        this.cuda = cuda;
        this.sparse = sparse;
        this.device = createInt(out -> cuda.cuDeviceGet(out, device), "cuDeviceGet", device);
        primary =
                create(out -> cuda.cuDevicePrimaryCtxRetain(out, this.device), "cuDevicePrimaryCtxRetain", this.device);
        closing.add(
                () -> release(cuda.cuDevicePrimaryCtxRelease(this.device), "cuDevicePrimaryCtxRelease", this.device));
        try {
            enter();
            Arena structs = Arena.ofShared();
            closing.add(structs::close);
            handle = struct(structs);
            check(sparse, sparse.cusparseLtInit(handle), "cusparseLtInit");
            closing.add(() -> release(sparse, sparse.cusparseLtDestroy(handle), "cusparseLtDestroy"));
        } catch (RuntimeException e) {
            throw closing.after(e);
        }
    }

    /**
     * Opens a device; the caller closes it.
     *
     * @param device its number, as {@link GpuCapabilities#devices} has it
     * @return the context
     * @throws GpuUnavailableException if there is no such device that multiplies 2:4 matrices, with the reasons
     * @throws GpuException if the device or cuSPARSELt does not start
     */
    public static GpuContext open(int device) {
        return open(Installation.current(), device);
    }

    static GpuContext open(Installation installation, int device) {
        GpuCapabilities capabilities = installation.capabilities();
        CudaDriver cuda = installation.driver();
        CusparseLt sparse = installation.cusparseLt();
        if (!capabilities.available() || cuda == null || sparse == null) {
            throw new GpuUnavailableException(String.join("; ", capabilities.reasons()));
        }
        List<Integer> usable = capabilities.devices().stream()
                .filter(GpuDevice::hasSparseTensorCores)
                .map(GpuDevice::ordinal)
                .toList();
        if (!usable.contains(device)) {
            throw new GpuUnavailableException(
                    "device: " + device + " is none with sparse tensor cores; accepted are " + usable);
        }
        boolean isHopper =
                capabilities.devices().stream().anyMatch(each -> each.ordinal() == device && each.major() == HOPPER);
        return new GpuContext(installation, cuda, sparse, device, !isHopper);
    }

    /**
     * The device.
     *
     * @return its number
     */
    public int device() {
        return device;
    }

    /**
     * Memory of the device that nobody uses.
     *
     * @return bytes
     */
    public long freeBytes() {
        enter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment free = arena.allocate(ValueLayout.JAVA_LONG);
            MemorySegment total = arena.allocate(ValueLayout.JAVA_LONG);
            check(cuda.cuMemGetInfo(free, total), "cuMemGetInfo");
            return free.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    /**
     * What searches have found, for another run of the program: they hold for one device and one version of cuSPARSELt.
     *
     * @return an algorithm by shape
     */
    public Map<GpuShape, GpuAlgorithm> algorithms() {
        return Map.copyOf(found);
    }

    /**
     * Uses an algorithm for a shape, as if a search had found it. The library refuses what it does not know when a product of that shape is made.
     *
     * @param shape what is multiplied
     * @param algorithm as {@link #algorithms} had it
     */
    public void use(GpuShape shape, GpuAlgorithm algorithm) {
        found.put(shape, algorithm);
    }

    /**
     * Whether a failure has made the device unusable for this process; every call says so then.
     *
     * @return true if only a new process can use the device again
     */
    public boolean isLost() {
        return lost != null;
    }

    /**
     * Gives the device back. The second time, nothing happens.
     *
     * @throws IllegalStateException if something that was made from this context is still open, which stays so
     * @throws GpuException if the device refuses, unless its context is lost anyway
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        if (!owned.isEmpty()) {
            throw new IllegalStateException(this + ": still in use by "
                    + owned.stream().map(String::valueOf).sorted().collect(Collectors.joining(", "))
                    + "; close that first");
        }
        makeCurrent();
        closed = true;
        synchronized (lock) {
            closing.run();
        }
    }

    /** The handle of cuSPARSELt. */
    MemorySegment handle() {
        return handle;
    }

    /** cuBLASLt; the lock is held. */
    CublasLt dense() {
        CublasLt open = dense;
        if (open == null) {
            CublasLt opening = installation.cublasLt();
            if (opening == null) {
                throw new GpuUnavailableException(
                        "cuBLASLt: " + installation.capabilities().cublaslt().reason());
            }
            open = opening;
            denseHandle = create(opening, opening::cublasLtCreate, "cublasLtCreate");
            closing.add(() -> release(opening, opening.cublasLtDestroy(denseHandle), "cublasLtDestroy"));
            dense = open;
        }
        return open;
    }

    long denseHandle() {
        return denseHandle;
    }

    boolean isPinned(MemorySegment segment) {
        return pinned.contains(segment.scope());
    }

    /** An opaque struct of cuSPARSELt: never moved, large enough for every version. */
    static MemorySegment struct(Arena arena) {
        return arena.allocate(STRUCT_BYTES, STRUCT_ALIGNMENT);
    }

    /** Takes note of what has to be closed before this. */
    <T extends GpuObject> T own(T object) {
        owned.add(object);
        return object;
    }

    void close(GpuObject object) {
        makeCurrent();
        owned.remove(object);
        object.closing.run();
    }

    /** Before every call. */
    void enter() {
        if (closed) {
            throw new IllegalStateException(this + ": closed");
        }
        GpuException before = lost;
        if (before != null) {
            GpuException again = new GpuException(
                    before.code(), before.name(), "earlier in this process", before.call(), before.arguments(), true);
            again.initCause(before);
            throw again;
        }
        check(cuda.cuCtxSetCurrent(primary), "cuCtxSetCurrent", this);
    }

    /** For what gives back: also when the context is lost. */
    private void makeCurrent() {
        if (!closed) {
            release(cuda.cuCtxSetCurrent(primary), "cuCtxSetCurrent", this);
        }
    }

    void check(int status, String call, Object... arguments) {
        check(cuda, status, call, arguments);
    }

    void check(Binding library, int status, String call, Object... arguments) {
        if (status != 0) {
            throw remember(library.failure(status, call, arguments));
        }
    }

    /** As {@link #check}, of what gives back: a context that is lost has taken everything with it. */
    void release(int status, String call, Object... arguments) {
        release(cuda, status, call, arguments);
    }

    void release(Binding library, int status, String call, Object... arguments) {
        if (status != 0) {
            GpuException failure = remember(library.failure(status, call, arguments));
            if (lost == null) {
                throw failure;
            }
        }
    }

    /** The libraries do not say whether the context is lost; the driver does. */
    private GpuException remember(GpuException failure) {
        GpuException known = failure;
        if (!failure.contextLost()) {
            int state = cuda.cuStreamQuery(0);
            GpuException reason = state == 0 || state == CUDA_ERROR_NOT_READY
                    ? null
                    : cuda.failure(state, "cuStreamQuery", "default stream");
            if (reason != null && reason.contextLost()) {
                String text = "the driver says " + reason.name() + " (" + reason.code() + ")";
                known = new GpuException(
                        failure.code(), failure.name(), text, failure.call(), failure.arguments(), true);
                known.initCause(reason);
            }
        }
        if (known.contextLost() && lost == null) {
            lost = known;
        }
        return known;
    }

    /** 64 bits that a call of the driver writes. */
    long create(ToIntFunction<MemorySegment> function, String call, Object... arguments) {
        return create(cuda, function, call, arguments);
    }

    /** 64 bits that a call of a library writes. */
    long create(Binding library, ToIntFunction<MemorySegment> function, String call, Object... arguments) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            check(library, function.applyAsInt(out), call, arguments);
            return out.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    /** 32 bits that a call of the driver writes. */
    int createInt(ToIntFunction<MemorySegment> function, String call, Object... arguments) {
        return createInt(cuda, function, call, arguments);
    }

    /** 32 bits that a call of a library writes. */
    int createInt(Binding library, ToIntFunction<MemorySegment> function, String call, Object... arguments) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_INT);
            check(library, function.applyAsInt(out), call, arguments);
            return out.get(ValueLayout.JAVA_INT, 0);
        }
    }

    @Override
    public String toString() {
        return "GpuContext of device " + device;
    }
}
