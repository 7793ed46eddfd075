package dev.rewire.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** How the values of a matrix are stored. Whatever the storage, products compute with 32-bit floats. */
public enum ValueType {
    /** IEEE 754 binary32. */
    F32(Float.BYTES),
    /** bfloat16: the upper half of a binary32; 8 bits of precision, the range of binary32. */
    BF16(Short.BYTES),
    /** IEEE 754 binary16: 11 bits of precision, at most 65504. */
    F16(Short.BYTES);

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    private final int bytes;

    ValueType(int bytes) {
        this.bytes = bytes;
    }

    /**
     * Size of a value.
     *
     * @return bytes
     */
    public int bytes() {
        return bytes;
    }

    /**
     * The largest relative error of storing a value that is neither too large nor subnormal in this type.
     *
     * @return the unit roundoff: 2⁻²⁴ for a value that is not a binary32 already, 2⁻⁸ for BF16, 2⁻¹¹ for F16
     */
    public double unitRoundoff() {
        return switch (this) {
            case F32 -> 0x1p-24;
            case BF16 -> 0x1p-8;
            case F16 -> 0x1p-11;
        };
    }

    /**
     * Reads a value.
     *
     * @param values native order, as {@link #set} writes them
     * @param index of the value, from 0
     * @return the value, exactly
     * @throws IndexOutOfBoundsException if there is no such value
     */
    public float get(MemorySegment values, long index) {
        return switch (this) {
            case F32 -> values.get(FLOAT, index * bytes);
            case BF16 -> Float.intBitsToFloat(values.get(SHORT, index * bytes) << 16);
            case F16 -> Float.float16ToFloat(values.get(SHORT, index * bytes));
        };
    }

    /**
     * Writes a value, rounded to the nearest that the type has, to the even one of two; what is too large becomes infinite, as IEEE 754 has it.
     *
     * @param values where to
     * @param index of the value, from 0
     * @param value what to store
     * @throws IndexOutOfBoundsException if there is no such place
     */
    public void set(MemorySegment values, long index, float value) {
        switch (this) {
            case F32 -> values.set(FLOAT, index * bytes, value);
            case BF16 -> values.set(SHORT, index * bytes, toBf16(value));
            case F16 -> values.set(SHORT, index * bytes, Float.floatToFloat16(value));
        }
    }

    private static short toBf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40); // quiet, so that cutting its payload does not make it infinite
        }
        return (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
    }
}
