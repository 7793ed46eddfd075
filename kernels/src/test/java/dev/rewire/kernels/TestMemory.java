package dev.rewire.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Where a test's matrices lie: those that kernels run on and a caller's own. */
final class TestMemory implements AutoCloseable {
    private final KernelArena kernels;
    private final Arena callers;
    private final boolean guarded;
    private final boolean inPlace;
    private final boolean flushWithEnd;

    private TestMemory(KernelArena kernels, Arena callers, boolean guarded, boolean inPlace, boolean flushWithEnd) {
        this.kernels = kernels;
        this.callers = callers;
        this.guarded = guarded;
        this.inPlace = inPlace;
        this.flushWithEnd = flushWithEnd;
    }

    static TestMemory open() {
        return new TestMemory(KernelArena.open(), Arena.ofShared(), false, false, true);
    }

    /** Every allocation touches a page that may not be touched. */
    static TestMemory guarded(GuardedArena.Side side) {
        return new TestMemory(
                KernelArena.over(new GuardedArena(side)),
                new GuardedArena(side),
                true,
                false,
                side == GuardedArena.Side.END);
    }

    /** The same, but a caller's matrices lie where kernels may run on them. */
    TestMemory inPlace() {
        return new TestMemory(kernels, callers, guarded, true, flushWithEnd);
    }

    /** A caller's matrix. */
    DenseMatrix matrix(MemorySegment segment, int rows, int cols, long stride) {
        return inPlace
                ? DenseMatrix.of(kernels, segment, rows, cols, stride)
                : DenseMatrix.of(segment, rows, cols, stride);
    }

    KernelArena kernels() {
        return kernels;
    }

    Arena callers() {
        return callers;
    }

    /** A caller's floats; the offset is left out where a guard page decides what the address is. */
    MemorySegment floats(long count, int offset) {
        if (inPlace) {
            long bytes = (offset + count) * Float.BYTES;
            long whole = (bytes + KernelArena.ALIGNMENT - 1) / KernelArena.ALIGNMENT * KernelArena.ALIGNMENT;
            // In whole lines of a cache the last float touches the guard page.
            long from = flushWithEnd ? whole - count * Float.BYTES : 0;
            return kernels.allocate(whole).asSlice(from, count * Float.BYTES);
        }
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
