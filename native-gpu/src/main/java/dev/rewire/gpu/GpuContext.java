package dev.rewire.gpu;

import static dev.rewire.gpu.internal.binding.CudaConstants.CUDA_ERROR_NOT_READY;
import static dev.rewire.gpu.internal.binding.CusparseConstants.STRUCT_ALIGNMENT;
import static dev.rewire.gpu.internal.binding.CusparseConstants.STRUCT_BYTES;

import dev.rewire.gpu.internal.binding.CublasLt;
import dev.rewire.gpu.internal.binding.CudaDriver;
import dev.rewire.gpu.internal.binding.CusparseLt;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
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

    final Map<GpuShape, GpuAlgorithm> found = new ConcurrentHashMap<>();

    private final Supplier<CublasLt> cublas;
    private final int device;
    private final long primary;
    private final MemorySegment handle;
    private final Closing closing = new Closing();
    private final Set<GpuObject> owned = ConcurrentHashMap.newKeySet();
    private @Nullable CublasLt dense;
    private long denseHandle;
    private volatile @Nullable GpuException lost;
    private volatile boolean closed;

    /**
     * Opens a device.
     *
     * @param cuda the driver
     * @param sparse cuSPARSELt
     * @param cublas cuBLASLt, asked for when a dense product is; throws where there is none
     * @param device its number
     */
    GpuContext(CudaDriver cuda, CusparseLt sparse, Supplier<CublasLt> cublas, int device) {
        this.cuda = cuda;
        this.sparse = sparse;
        this.cublas = cublas;
        check(cuda.cuInit(0), "cuInit", 0);
        this.device = createInt(out -> cuda.cuDeviceGet(out, device), "cuDeviceGet", device);
        primary = create(
                out -> cuda.cuDevicePrimaryCtxRetain(out, this.device), "cuDevicePrimaryCtxRetain", this.device);
        closing.add(() ->
                release(cuda.cuDevicePrimaryCtxRelease(this.device), "cuDevicePrimaryCtxRelease", this.device));
        try {
            enter();
            Arena structs = Arena.ofShared();
            closing.add(structs::close);
            handle = struct(structs);
            checkSparse(sparse.cusparseLtInit(handle), "cusparseLtInit");
            closing.add(() -> releaseSparse(sparse.cusparseLtDestroy(handle), "cusparseLtDestroy"));
        } catch (RuntimeException e) {
            throw closing.after(e);
        }
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
            CublasLt opening = cublas.get();
            open = opening;
            denseHandle = create(opening::cublasLtCreate, opening, "cublasLtCreate");
            closing.add(() -> {
                if (opening.cublasLtDestroy(denseHandle) != 0 && lost == null) {
                    throw new IllegalStateException("cublasLtDestroy: the handle is not known");
                }
            });
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
        if (status != 0) {
            throw remember(cuda.failure(status, call, arguments));
        }
    }

    void checkSparse(int status, String call, Object... arguments) {
        if (status != 0) {
            throw remember(sparse.failure(status, call, arguments));
        }
    }

    void checkDense(int status, String call, Object... arguments) {
        if (status != 0) {
            throw remember(dense().failure(status, call, arguments));
        }
    }

    /** As {@link #check}, of what gives back: a context that is lost has taken everything with it. */
    void release(int status, String call, Object... arguments) {
        if (status != 0 && !remember(cuda.failure(status, call, arguments)).contextLost() && lost == null) {
            throw cuda.failure(status, call, arguments);
        }
    }

    void releaseSparse(int status, String call, Object... arguments) {
        if (status != 0 && !remember(sparse.failure(status, call, arguments)).contextLost() && lost == null) {
            throw sparse.failure(status, call, arguments);
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

    /** A handle or an address that a call of the driver writes. */
    long create(ToIntFunction<MemorySegment> function, String call, Object... arguments) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            check(function.applyAsInt(out), call, arguments);
            return out.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    /** 32 bits that a call of the driver writes. */
    int createInt(ToIntFunction<MemorySegment> function, String call, Object... arguments) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_INT);
            check(function.applyAsInt(out), call, arguments);
            return out.get(ValueLayout.JAVA_INT, 0);
        }
    }

    @Override
    public String toString() {
        return "GpuContext of device " + device;
    }
}
