package dev.rewire.kernels.internal.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.VectorSpecies;

/**
 * The constants that generated tiles load and compute with; the JIT folds them because they are static and final.
 *
 * <p>{@link #ALL} reaches any address without a check of bounds or lifetime. Only tiles use it, on memory that the plan has validated and
 * holds for the time of the run.
 */
final class RawMemory {
    static final VectorSpecies<Float> SPECIES = VectorWidth.chosen();
    static final int LANES = SPECIES.length();
    static final int VECTOR_BYTES = SPECIES.vectorByteSize();

    static final ByteOrder ORDER = ByteOrder.nativeOrder();
    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    static final ValueLayout.OfByte BITS_8 = ValueLayout.JAVA_BYTE;
    static final ValueLayout.OfChar BITS_16 = ValueLayout.JAVA_CHAR_UNALIGNED;

    @SuppressWarnings("restricted") // the reason for this class; see above
    static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /** User space ends below this. After the AND with it, C2 knows that an address plus a small offset is inside of ALL and drops the check. */
    static final long ADDRESS_MASK = 0x0000_7fff_ffff_ffffL;

    private RawMemory() {}
}
