package dev.rewire.kernels.internal.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Products of one sample and values of binary16, in few instructions. The bits of a binary16, moved to where a binary32 has its exponent and fraction, are 2⁻¹¹²
 * times the value, subnormal or not; inputs are multiplied by 2¹¹². So each product, and with it each sum, is bit by bit what it is of values that were widened. Two
 * things break that, and tiles note them: infinite values and NaN, which would be taken for numbers, and inputs that 2¹¹² makes infinite. What they computed then is
 * computed again from widened values.
 */
final class ScaledHalves {
    /** Where an exponent of a binary16 that has all bits set carries to, when one is added to it; and a bit of each binary32 that is NaN. */
    static final int NOTED = 1 << 28;

    private ScaledHalves() {}

    /** Whether a tile has noted nothing in the vector that it left in scratch. */
    static boolean areExact(MemorySegment scratch, long offset) {
        int noted = 0;
        for (long lane = 0; lane < RawMemory.VECTOR_BYTES; lane += Integer.BYTES) {
            noted |= scratch.get(ValueLayout.JAVA_INT, offset + lane);
        }
        return (noted & NOTED) == 0;
    }
}
