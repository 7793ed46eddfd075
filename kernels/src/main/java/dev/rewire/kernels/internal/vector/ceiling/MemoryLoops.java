package dev.rewire.kernels.internal.vector.ceiling;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Loops that wait for memory and for nothing else. Segments are of at most 1 GiB, so that offsets are ints, which C2 counts best. */
public final class MemoryLoops {
    private static final VectorSpecies<Float> SPECIES = FmaLoop.SPECIES;
    private static final int BYTES = SPECIES.vectorByteSize();
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    /** Bytes that a turn of a loop reads from a segment. */
    public static final int STEP = 4 * BYTES;

    private MemoryLoops() {}

    /** The sum of all floats: reads everything once. */
    public static float sum(MemorySegment a, int bytes) {
        FloatVector s = FloatVector.zero(SPECIES);
        FloatVector t = s;
        FloatVector u = s;
        FloatVector v = s;
        for (int i = 0; i <= bytes - STEP; i += STEP) {
            s = s.add(at(a, i));
            t = t.add(at(a, i + BYTES));
            u = u.add(at(a, i + 2 * BYTES));
            v = v.add(at(a, i + 3 * BYTES));
        }
        return s.add(t).add(u.add(v)).lane(0);
    }

    /** {@code a = b + c / 2}: reads two segments and writes a third. */
    public static void triad(MemorySegment a, MemorySegment b, MemorySegment c, int bytes) {
        FloatVector half = FloatVector.broadcast(SPECIES, 0.5f);
        for (int i = 0; i <= bytes - STEP; i += STEP) {
            put(a, i, at(c, i).fma(half, at(b, i)));
            put(a, i + BYTES, at(c, i + BYTES).fma(half, at(b, i + BYTES)));
            put(a, i + 2 * BYTES, at(c, i + 2 * BYTES).fma(half, at(b, i + 2 * BYTES)));
            put(a, i + 3 * BYTES, at(c, i + 3 * BYTES).fma(half, at(b, i + 3 * BYTES)));
        }
    }

    private static FloatVector at(MemorySegment segment, int offset) {
        return FloatVector.fromMemorySegment(SPECIES, segment, offset, ORDER);
    }

    private static void put(MemorySegment segment, int offset, FloatVector vector) {
        vector.intoMemorySegment(segment, offset, ORDER);
    }
}
