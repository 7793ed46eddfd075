package dev.rewire.kernels.io;

import dev.rewire.kernels.ValueType;

/** The type of a tensor's elements, under the name that safetensors gives it; little-endian. In the order of their alignment. */
public enum DType {
    /** A byte that is 0 or 1. */
    BOOL(8),
    /** OCP MX E2M1, two to a byte. */
    F4(4),
    /** OCP MX E2M3, four to three bytes. */
    F6_E2M3(6),
    /** OCP MX E3M2, four to three bytes. */
    F6_E3M2(6),
    /** Unsigned byte. */
    U8(8),
    /** Signed byte. */
    I8(8),
    /** FP8 with 5 bits of exponent. */
    F8_E5M2(8),
    /** FP8 with 4 bits of exponent. */
    F8_E4M3(8),
    /** OCP MX scale: a power of two. */
    F8_E8M0(8),
    /** FP8 with 4 bits of exponent, without infinities and negative zero. */
    F8_E4M3FNUZ(8),
    /** FP8 with 5 bits of exponent, without infinities and negative zero. */
    F8_E5M2FNUZ(8),
    /** Signed, 16 bits. */
    I16(16),
    /** Unsigned, 16 bits. */
    U16(16),
    /** IEEE 754 binary16. */
    F16(16),
    /** bfloat16. */
    BF16(16),
    /** Signed, 32 bits. */
    I32(32),
    /** Unsigned, 32 bits. */
    U32(32),
    /** IEEE 754 binary32. */
    F32(32),
    /** Complex: two binary32. */
    C64(64),
    /** IEEE 754 binary64. */
    F64(64),
    /** Signed, 64 bits. */
    I64(64),
    /** Unsigned, 64 bits. */
    U64(64);

    private final int bits;

    DType(int bits) {
        this.bits = bits;
    }

    /**
     * The type of what a matrix stores.
     *
     * @param type how its values are stored
     * @return the type of that name
     */
    public static DType of(ValueType type) {
        return switch (type) {
            case F32 -> F32;
            case BF16 -> BF16;
            case F16 -> F16;
        };
    }

    /**
     * Size of an element.
     *
     * @return bits: 4, 6, 8, 16, 32 or 64
     */
    public int bits() {
        return bits;
    }

    /**
     * Size of a tensor.
     *
     * @param shape its dimensions, each at least 0
     * @return bytes
     * @throws ArithmeticException if the elements do not fill whole bytes, or a long does not hold their bits
     */
    long bytes(long... shape) {
        long elements = 1;
        for (long dimension : shape) {
            elements = Math.multiplyExact(elements, dimension);
        }
        long total = Math.multiplyExact(elements, bits);
        if (total % Byte.SIZE != 0) {
            throw new ArithmeticException(total + " bits are no whole bytes");
        }
        return total / Byte.SIZE;
    }
}
