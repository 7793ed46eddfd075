package dev.rewire.kernels.internal.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The constants that generated tiles load and compute with; the JIT folds them because they are static and final.
 *
 * <p>{@link #ALL} reaches any address without a check of bounds or lifetime. Only tiles use it, on memory that the plan has validated and
 * holds for the time of the run.
 */
final class RawMemory {
    static final VectorSpecies<Float> SPECIES = VectorWidth.chosen();
    static final VectorSpecies<Integer> INTS = SPECIES.withLanes(int.class);
    static final VectorSpecies<Short> SHORTS =
            VectorSpecies.of(short.class, VectorShape.forBitSize(SPECIES.vectorBitSize() / 2));
    static final int LANES = SPECIES.length();
    static final int VECTOR_BYTES = SPECIES.vectorByteSize();

    static final ByteOrder ORDER = ByteOrder.nativeOrder();
    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    static final ValueLayout.OfByte BITS_8 = ValueLayout.JAVA_BYTE;
    static final ValueLayout.OfChar BITS_16 = ValueLayout.JAVA_CHAR_UNALIGNED;

    @SuppressWarnings("restricted") // the reason for this class; see above
    static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /** User space ends below this. After the AND with it, C2 knows that an address plus a small offset is inside of ALL and drops the check. */
    static final long ADDRESS_MASK = 0x0000_7fff_ffff_ffffL;

    // For lane exchanges at distance 1, 2, 4, 8: the lanes that have the bit, and each lane's partner.
    static final VectorMask<Float> HAS_1 = lanesWith(1);
    static final VectorMask<Float> HAS_2 = lanesWith(2);
    static final VectorMask<Float> HAS_4 = lanesWith(4);
    static final VectorMask<Float> HAS_8 = lanesWith(8);
    static final VectorShuffle<Float> SWAP_1 = swap(1);
    static final VectorShuffle<Float> SWAP_2 = swap(2);
    static final VectorShuffle<Float> SWAP_4 = swap(4);
    static final VectorShuffle<Float> SWAP_8 = swap(8);

    private RawMemory() {}

    private static VectorMask<Float> lanesWith(int bit) {
        long bits = 0;
        for (int lane = 0; lane < LANES; lane++) {
            if ((lane & bit) != 0) {
                bits |= 1L << lane;
            }
        }
        return VectorMask.fromLong(SPECIES, bits);
    }

    private static VectorShuffle<Float> swap(int distance) {
        return VectorShuffle.fromOp(SPECIES, lane -> (lane ^ distance) % LANES);
    }
}
