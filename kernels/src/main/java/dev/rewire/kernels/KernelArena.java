package dev.rewire.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The arena of everything that kernels run on: panels, block values, scratch. Allocations are aligned to 64 bytes and zeroed, and may be
 * used by every thread.
 *
 * <p>Kernels reach this memory by address, past the checks of a {@link MemorySegment}, so its lifetime is what keeps them safe: the arena
 * counts the products that run on it and {@link #close()} refuses to free memory under them. The scratch of plans made on it is freed with it at the latest.
 */
public final class KernelArena implements Arena {
    /** Bytes that every allocation is aligned to: a cache line, and the widest vector. */
    public static final long ALIGNMENT = 64;

    private static final int CLOSED = -1;

    private final Arena backing;
    private final boolean ownsBacking;
    private final boolean partsShareBacking;
    private final AtomicInteger running = new AtomicInteger();
    private final Set<KernelArena> parts = ConcurrentHashMap.newKeySet();
    private final @Nullable KernelArena whole;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong peak = new AtomicLong();

    private KernelArena(@Nullable KernelArena whole, Arena backing, boolean ownsBacking, boolean partsShareBacking) {
        this.whole = whole;
        this.backing = backing;
        this.ownsBacking = ownsBacking;
        this.partsShareBacking = partsShareBacking;
    }

    /**
     * Opens an arena; the caller closes it.
     *
     * @return an open arena
     */
    public static KernelArena open() {
        return new KernelArena(null, Arena.ofShared(), true, false);
    }

    /** An arena on the allocations of another, which must not be closed on its own: for tests with guarded pages. */
    static KernelArena over(Arena backing) {
        return new KernelArena(null, backing, true, true);
    }

    /** An arena that is closed with this one, or before by {@link #closePart}. */
    KernelArena openPart() {
        acquire("arena");
        try {
            KernelArena part = partsShareBacking
                    ? new KernelArena(this, backing, false, true)
                    : new KernelArena(this, Arena.ofShared(), true, false);
            parts.add(part);
            return part;
        } finally {
            release();
        }
    }

    /** Frees a part; nothing runs on it. */
    void closePart(KernelArena part) {
        StackRoom.reserve();
        part.closeOnce();
        if (parts.remove(part)) {
            count(-part.bytes.get());
        }
    }

    private void closeOnce() {
        if (running.compareAndSet(0, CLOSED) && ownsBacking) {
            backing.close();
        }
    }

    /**
     * Allocates zeroed memory.
     *
     * @param byteSize bytes, at least 0
     * @param byteAlignment a power of two; less than {@link #ALIGNMENT} counts as {@link #ALIGNMENT}
     * @throws IllegalArgumentException if the size is negative or the alignment no power of two
     * @throws IllegalStateException if the arena is closed
     */
    @Override
    public MemorySegment allocate(long byteSize, long byteAlignment) {
        if (byteSize < 0) {
            throw new IllegalArgumentException("byteSize: " + byteSize + " is out of range; accepted are 0 and up");
        }
        if (byteAlignment <= 0 || Long.bitCount(byteAlignment) != 1) {
            throw new IllegalArgumentException(
                    "byteAlignment: " + byteAlignment + " does not fit; accepted are powers of two");
        }
        MemorySegment segment = backing.allocate(byteSize, Math.max(byteAlignment, ALIGNMENT));
        count(byteSize);
        return segment;
    }

    private void count(long change) {
        long now = bytes.addAndGet(change);
        peak.accumulateAndGet(now, Math::max);
        if (whole != null) {
            whole.count(change);
        }
    }

    /**
     * The most memory that was allocated at a time: what was asked for, with the scratch of plans that are made on this arena, without what aligning takes.
     *
     * @return bytes
     */
    public long peakBytes() {
        return peak.get();
    }

    @Override
    public MemorySegment.Scope scope() {
        return backing.scope();
    }

    /**
     * Frees the memory.
     *
     * @throws IllegalStateException if a product is running on this arena or a native call holds a segment of it, and the arena stays open;
     *     or if it is closed already
     */
    @Override
    public void close() {
        StackRoom.reserve();
        int users = running.compareAndExchange(0, CLOSED);
        if (users == CLOSED) {
            throw new IllegalStateException("arena: already closed");
        }
        if (users != 0) {
            throw new IllegalStateException(
                    "arena: in use by a running product; close it after the product has returned");
        }
        try {
            backing.close();
        } catch (Throwable e) {
            // Something else holds the memory, a native call for example: it stays open.
            if (backing.scope().isAlive()) {
                running.set(0);
            }
            throw e;
        }
        // Whatever runs on a part holds this arena, too, so nothing does.
        parts.forEach(KernelArena::closeOnce);
        parts.clear();
    }

    /** Keeps the memory from being freed until {@link #release()}, for which the caller reserves {@link StackRoom} first. */
    void acquire(String argument) {
        int users = running.get();
        while (true) {
            if (users == CLOSED) {
                throw new IllegalStateException(argument + ": its arena is closed");
            }
            int witness = running.compareAndExchange(users, users + 1);
            if (witness == users) {
                return;
            }
            users = witness;
        }
    }

    void release() {
        running.getAndDecrement();
    }

    @Override
    public String toString() {
        return "KernelArena" + (scope().isAlive() ? "" : ", closed");
    }
}
