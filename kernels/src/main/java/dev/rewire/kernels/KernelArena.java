package dev.rewire.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The arena of everything that kernels run on: panels, block values, scratch. Allocations are aligned to 64 bytes and zeroed, and may be
 * used by every thread.
 *
 * <p>Kernels reach this memory by address, past the checks of a {@link MemorySegment}, so its lifetime is what keeps them safe: the arena
 * counts the products that run on it and {@link #close()} refuses to free memory under them.
 */
public final class KernelArena implements Arena {
    /** Bytes that every allocation is aligned to: a cache line, and the widest vector. */
    public static final long ALIGNMENT = 64;

    private static final int CLOSED = -1;

    private final Arena backing;
    private final AtomicInteger running = new AtomicInteger();

    private KernelArena(Arena backing) {
        this.backing = backing;
    }

    /**
     * Opens an arena; the caller closes it.
     *
     * @return an open arena
     */
    public static KernelArena open() {
        return new KernelArena(Arena.ofShared());
    }

    /** An arena on the allocations of another, which must not be closed on its own: for tests with guarded pages. */
    static KernelArena over(Arena backing) {
        return new KernelArena(backing);
    }

    /**
     * Allocates zeroed memory.
     *
     * @param byteSize bytes, at least 0
     * @param byteAlignment a power of two; less than {@link #ALIGNMENT} counts as {@link #ALIGNMENT}
     * @throws IllegalStateException if the arena is closed
     */
    @Override
    public MemorySegment allocate(long byteSize, long byteAlignment) {
        return backing.allocate(byteSize, Math.max(byteAlignment, ALIGNMENT));
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
}
