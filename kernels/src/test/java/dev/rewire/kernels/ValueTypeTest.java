package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Against a decoder by the definition of the formats, and a search among all that it decodes. */
class ValueTypeTest {
    private final MemorySegment memory = Arena.ofAuto().allocate(8);

    /** A format of 16 bits by its fields. Codes that are not negative, up to the infinity, are ordered like their values. */
    enum Format {
        BF16(ValueType.BF16, 8),
        F16(ValueType.F16, 5);

        final ValueType type;
        final int fractionBits;
        final int bias;
        final int infinity;

        Format(ValueType type, int exponentBits) {
            this.type = type;
            fractionBits = 15 - exponentBits;
            bias = (1 << (exponentBits - 1)) - 1;
            infinity = ((1 << exponentBits) - 1) << fractionBits;
        }

        /** The value of a code that is not negative; of the infinity what it would be if the exponents went on. */
        double decode(int code) {
            int exponent = code >>> fractionBits;
            int fraction = code & (1 << fractionBits) - 1;
            return exponent == 0
                    ? Math.scalb((double) fraction, 1 - bias - fractionBits)
                    : Math.scalb((double) fraction + (1 << fractionBits), exponent - bias - fractionBits);
        }

        double stored(int code) {
            return code == infinity ? Double.POSITIVE_INFINITY : decode(code);
        }

        /** The last code whose value is not above a magnitude. */
        int floor(double magnitude) {
            int low = 0;
            int high = infinity;
            while (low < high) {
                int middle = (low + high + 1) / 2;
                if (decode(middle) <= magnitude) {
                    low = middle;
                } else {
                    high = middle - 1;
                }
            }
            return low;
        }

        /** Rounded to the nearest, to the even code of two; exact, since neighbours are within twice of each other or subnormal. */
        double nearest(double magnitude) {
            int below = floor(magnitude);
            if (below == infinity) {
                return Double.POSITIVE_INFINITY;
            }
            double middle = (decode(below) + decode(below + 1)) / 2;
            boolean up = magnitude > middle || (magnitude == middle && below % 2 == 1);
            return stored(up ? below + 1 : below);
        }
    }

    private float store(ValueType type, float value) {
        type.set(memory, 1, value);
        return type.get(memory, 1);
    }

    @Property(tries = 5000)
    void storesTheNearest(@ForAll Format format, @ForAll int bits) {
        float value = Float.intBitsToFloat(bits);
        if (!Float.isNaN(value)) {
            assertEquals(Math.copySign(format.nearest(Math.abs(value)), value), store(format.type, value));
        }
    }

    /** Random bits hardly meet the range of 16 bits; these do. */
    @Property(tries = 5000)
    void storesTheNearestNearEachValue(
            @ForAll Format format, @ForAll @IntRange(max = 0x7f80) int code, @ForAll short offset) {
        int bits = Float.floatToRawIntBits((float) format.decode(code % format.infinity)) + offset;
        float value = Float.intBitsToFloat(bits & Integer.MAX_VALUE);
        if (!Float.isNaN(value)) {
            assertEquals(format.nearest(value), store(format.type, value));
        }
    }

    @Property
    void everyValueIsStoredExactly(@ForAll Format format) {
        for (int code = 0; code <= format.infinity; code++) {
            float value = (float) format.stored(code);
            assertEquals(value, store(format.type, value));
            assertEquals(-value, store(format.type, -value));
        }
    }

    /** Zero and infinity are among the neighbours: the smallest subnormal and the largest number too. */
    @Property
    void theMiddleOfTwoNeighboursGoesToTheEvenOne(@ForAll Format format) {
        for (int code = 0; code < format.infinity; code++) {
            float middle = (float) ((format.decode(code) + format.decode(code + 1)) / 2);
            assertEquals(format.stored(code + code % 2), store(format.type, middle), "code " + code);
        }
    }

    @Property
    void besideTheMiddleTheNearerNeighbourIsStored(@ForAll Format format) {
        for (int code = 0; code < format.infinity; code++) {
            float middle = (float) ((format.decode(code) + format.decode(code + 1)) / 2);
            assertEquals(format.stored(code), store(format.type, Math.nextDown(middle)), "below, code " + code);
            assertEquals(format.stored(code + 1), store(format.type, Math.nextUp(middle)), "above, code " + code);
        }
    }

    /** In bfloat16 a payload in the lower half would be cut to that of an infinity. */
    @Property(tries = 2000)
    void aNaNStaysOne(@ForAll ValueType type, @ForAll int bits) {
        assertTrue(Float.isNaN(store(type, Float.intBitsToFloat(bits | 0x7f800001))));
    }

    @Example
    void theSmallestPayloadStaysANaN() {
        for (ValueType type : ValueType.values()) {
            assertTrue(Float.isNaN(store(type, Float.intBitsToFloat(0x7f800001))), () -> "" + type);
        }
    }

    @Example
    void zeroKeepsItsSign() {
        for (ValueType type : ValueType.values()) {
            assertEquals(-0f, store(type, -0f));
            assertEquals(0f, store(type, 0f));
        }
    }

    @Property
    void floatsKeepTheirBits(@ForAll int bits) {
        float stored = store(ValueType.F32, Float.intBitsToFloat(bits));
        assertEquals(bits, Float.floatToRawIntBits(stored));
    }

    @Property(tries = 2000)
    void unitRoundoffBoundsTheErrorOfNormalNumbers(@ForAll Format format, @ForAll float fraction) {
        float value = 1 + Math.abs(fraction % 1);
        double error = Math.abs(store(format.type, value) - (double) value);
        assertTrue(error <= format.type.unitRoundoff() * value);
    }

    @Property
    void unitRoundoffIsReached(@ForAll Format format) {
        float worst = (float) (1 + format.type.unitRoundoff());
        assertEquals(format.type.unitRoundoff(), worst - store(format.type, worst));
    }

    @Example
    void valuesLieNextToEachOther() {
        for (ValueType type : ValueType.values()) {
            MemorySegment values = Arena.ofAuto().allocate(3L * type.bytes());
            for (int i = 0; i < 3; i++) {
                type.set(values, i, i + 1);
            }
            assertEquals("1.0 2.0 3.0", type.get(values, 0) + " " + type.get(values, 1) + " " + type.get(values, 2));
            assertThrows(IndexOutOfBoundsException.class, () -> type.get(values, 3));
            assertThrows(IndexOutOfBoundsException.class, () -> type.set(values, -1, 0));
        }
    }
}
