package dev.rewire.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * An arena in which a step outside of an allocation kills the process: each lies between two pages without access rights, flush with the
 * one or the other as far as its alignment allows. The bytes that alignment leaves free are NaNs for whoever reads them, and {@link
 * #close()} finds out whether they were written.
 */
final class GuardedArena implements Arena {
    /** Which end of an allocation touches its guard page. */
    enum Side {
        END,
        START
    }

    private static final byte SLACK = (byte) 0xff;

    private final Side side;
    private final Arena arena = Arena.ofShared();
    private volatile boolean slackWritten;

    GuardedArena(Side side) {
        this.side = side;
    }

    /** Whether this system has the calls, with the constants that are used here. */
    static boolean isSupported() {
        return System.getProperty("os.name").equals("Linux");
    }

    @Override
    @SuppressWarnings("restricted")
    public MemorySegment allocate(long byteSize, long byteAlignment) {
        if (byteSize < 0 || byteAlignment > Pages.SIZE) {
            throw new IllegalArgumentException(byteSize + " bytes aligned to " + byteAlignment);
        }
        MemorySegment pages = Pages.map(Math.max(1, Math.ceilDiv(byteSize, Pages.SIZE)) * Pages.SIZE);
        long start = side == Side.START ? 0 : (pages.byteSize() - byteSize) & -byteAlignment;
        MemorySegment before = pages.asSlice(0, start).fill(SLACK);
        MemorySegment behind = pages.asSlice(start + byteSize).fill(SLACK);
        return pages.asSlice(start, byteSize).reinterpret(arena, memory -> {
            slackWritten |= !isSlack(before) || !isSlack(behind);
            Pages.unmap(pages);
        });
    }

    private static boolean isSlack(MemorySegment bytes) {
        for (long i = 0; i < bytes.byteSize(); i++) {
            if (bytes.get(ValueLayout.JAVA_BYTE, i) != SLACK) {
                return false;
            }
        }
        return true;
    }

    @Override
    public MemorySegment.Scope scope() {
        return arena.scope();
    }

    @Override
    public void close() {
        arena.close();
        if (slackWritten) {
            throw new AssertionError("bytes beside an allocation were written");
        }
    }
}
