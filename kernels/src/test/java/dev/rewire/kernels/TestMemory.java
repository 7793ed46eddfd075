package dev.rewire.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Where a test's matrices lie: those that kernels run on and a caller's own. */
final class TestMemory implements AutoCloseable {
    private final KernelArena kernels;
    private final Arena callers;
    private final boolean guarded;

    private TestMemory(KernelArena kernels, Arena callers, boolean guarded) {
        this.kernels = kernels;
        this.callers = callers;
        this.guarded = guarded;
    }

    static TestMemory open() {
        return new TestMemory(KernelArena.open(), Arena.ofShared(), false);
    }

    /** Every allocation touches a page that may not be touched. */
    static TestMemory guarded(GuardedArena.Side side) {
        return new TestMemory(KernelArena.over(new GuardedArena(side)), new GuardedArena(side), true);
    }

    KernelArena kernels() {
        return kernels;
    }

    Arena callers() {
        return callers;
    }

    /** A caller's floats; the offset is left out where a guard page decides what the address is. */
    MemorySegment floats(long count, int offset) {
        if (guarded) {
            return callers.allocate(count * Float.BYTES, Float.BYTES);
        }
        return callers.allocate((offset + count) * Float.BYTES, KernelArena.ALIGNMENT)
                .asSlice((long) offset * Float.BYTES, count * Float.BYTES);
    }

    @Override
    public void close() {
        kernels.close();
        callers.close();
    }
}
