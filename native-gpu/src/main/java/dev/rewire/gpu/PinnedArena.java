package dev.rewire.gpu;

import static dev.rewire.gpu.internal.binding.CudaConstants.CU_MEMHOSTALLOC_PORTABLE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Memory of the host that a device reaches by itself: copies of it run beside everything else. It takes pages from the system for good until it is
 * closed, and takes them slowly: allocate once, and use again. Its segments are ordinary native ones, zeroed, for any thread.
 */
@SuppressWarnings("restricted") // an address that the driver returned becomes a segment
public final class PinnedArena extends GpuObject implements Arena {
    /** What the driver's allocations are aligned to: pages. */
    private static final long PAGE = 4096;

    private final Arena backing = Arena.ofShared();
    private final List<MemorySegment> allocated = new ArrayList<>();

    private PinnedArena(GpuContext context) {
        super(context);
        closing.add(this::free);
        context.pinned.add(backing.scope());
    }

    /**
     * Opens an arena; the caller closes it, which waits for the device.
     *
     * @param context whose device copies
     * @return an open arena
     */
    public static PinnedArena open(GpuContext context) {
        return context.own(new PinnedArena(context));
    }

    /**
     * Allocates zeroed memory.
     *
     * @param byteSize bytes, at least 0
     * @param byteAlignment a power of two, at most 4096
     * @throws GpuException if the system does not give it
     * @throws IllegalStateException if the arena is closed
     */
    @Override
    public synchronized MemorySegment allocate(long byteSize, long byteAlignment) {
        enter();
        if (byteSize < 0) {
            throw new IllegalArgumentException("byteSize: " + byteSize + " is out of range; accepted are 0 and more");
        }
        if (byteAlignment < 1 || byteAlignment > PAGE || Long.bitCount(byteAlignment) != 1) {
            throw new IllegalArgumentException(
                    "byteAlignment: " + byteAlignment + " does not fit; accepted are powers of two up to " + PAGE);
        }
        long bytes = Math.max(byteSize, 1);
        long address = context.create(
                out -> context.cuda.cuMemHostAlloc(out, bytes, CU_MEMHOSTALLOC_PORTABLE),
                "cuMemHostAlloc",
                bytes + " bytes");
        allocated.add(MemorySegment.ofAddress(address));
        return MemorySegment.ofAddress(address)
                .reinterpret(byteSize, backing, null)
                .fill((byte) 0);
    }

    @Override
    public MemorySegment.Scope scope() {
        return backing.scope();
    }

    /** Copies that have not been waited for may still use the memory; a segment that a native call holds keeps all of it. */
    private synchronized void free() {
        context.pinned.remove(backing.scope());
        context.release(context.cuda.cuCtxSynchronize(), "cuCtxSynchronize");
        backing.close();
        Closing memory = new Closing();
        for (MemorySegment segment : allocated) {
            memory.add(() -> context.release(context.cuda.cuMemFreeHost(segment), "cuMemFreeHost", segment));
        }
        memory.run();
    }

    @Override
    public String toString() {
        return "PinnedArena of " + allocated.size() + " allocations";
    }
}
