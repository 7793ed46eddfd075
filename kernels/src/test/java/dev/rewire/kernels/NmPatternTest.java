package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class NmPatternTest {
    /** 2×8 of 2:4: the first row keeps 0, 3 and 5, 6; the second 1, 2 and 6, 7. */
    private static final NmPattern PATTERN = NmPattern.of(2, 8, 2, 4, new int[] {0, 3, 1, 2, 1, 2, 2, 3});

    @Test
    void countsGroupsAndElements() {
        assertEquals(2, PATTERN.groups());
        assertEquals(4, PATTERN.rowElements());
        assertEquals(8, PATTERN.elements());
        assertEquals(0.5, PATTERN.density());
    }

    @Test
    void findGivesWhichOfItsGroupAnElementIs() {
        assertEquals(0, PATTERN.find(0, 0));
        assertEquals(1, PATTERN.find(0, 3));
        assertEquals(0, PATTERN.find(0, 5));
        assertEquals(1, PATTERN.find(1, 7));
    }

    @Test
    void findGivesMinusOneElsewhere() {
        assertEquals(-1, PATTERN.find(0, 1));
        assertEquals(-1, PATTERN.find(1, 5));
    }

    @Test
    void theFirstGroupLiesInTheLowNibble() {
        assertArrayEquals(new byte[] {(byte) 0x9c, (byte) 0xe9}, PATTERN.packed());
    }

    /** The codes that {@code mma.sp::ordered_metadata} accepts. */
    @Test
    void nibblesOfTwoOfFourAreTheSixLegalCodes() {
        Set<Integer> codes = new TreeSet<>();
        for (int first = 0; first < 4; first++) {
            for (int second = first + 1; second < 4; second++) {
                codes.add((int)
                        NmPattern.of(1, 4, 2, 4, new int[] {first, second}).packed()[0]);
            }
        }
        assertEquals(Set.of(0x4, 0x8, 0x9, 0xc, 0xd, 0xe), codes);
    }

    @Test
    void noOtherNibbleIsAccepted() {
        for (int code : new int[] {0x0, 0x1, 0x2, 0x3, 0x5, 0x6, 0x7, 0xa, 0xb, 0xf}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> NmPattern.ofPacked(1, 4, 2, 4, new byte[] {(byte) code}),
                    () -> "0x" + Integer.toHexString(code));
        }
    }

    @Test
    void aRowStartsAtAByte() {
        NmPattern pattern = NmPattern.of(2, 6, 1, 2, new int[] {1, 0, 1, 0, 1, 1});
        assertArrayEquals(new byte[] {0b101, 0b110}, pattern.packed());
    }

    @Test
    void indicesOfEightTakeFourBits() {
        assertArrayEquals(
                new byte[] {0x30, 0x07},
                NmPattern.of(1, 8, 3, 8, new int[] {0, 3, 7}).packed());
    }

    @Test
    void laterChangesOfThePackedArrayDoNotReachThePattern() {
        byte[] packed = PATTERN.packed();
        NmPattern pattern = NmPattern.ofPacked(2, 8, 2, 4, packed);
        packed[0] = 0x44;
        pattern.packed()[0] = 0x44;
        assertEquals(PATTERN, pattern);
    }

    @Test
    void equalPatternsHaveEqualHashes() {
        NmPattern same = NmPattern.ofPacked(2, 8, 2, 4, PATTERN.packed());
        assertEquals(PATTERN, same);
        assertEquals(PATTERN.hashCode(), same.hashCode());
    }

    @Test
    void otherPlacesAreNotEqual() {
        assertNotEquals(PATTERN, NmPattern.of(2, 8, 2, 4, new int[] {0, 3, 1, 2, 1, 2, 1, 3}));
    }

    @Test
    void theSameBytesOfAnotherShapeAreNotEqual() {
        // Each has the bytes 0 and 1.
        NmPattern pattern = NmPattern.of(2, 2, 1, 2, new int[] {0, 1});
        assertNotEquals(pattern, NmPattern.of(2, 4, 1, 2, new int[] {0, 0, 1, 0}));
        assertNotEquals(pattern, NmPattern.of(2, 4, 1, 4, new int[] {0, 1}));
        assertNotEquals(pattern, NmPattern.of(1, 24, 1, 8, new int[] {0, 0, 1}));
    }

    @Test
    void indexRefusesAPlaceBehindTheLast() {
        assertThrows(IndexOutOfBoundsException.class, () -> PATTERN.index(2, 0, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> PATTERN.index(0, 2, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> PATTERN.index(0, 0, 2));
    }

    @Test
    void findRefusesAnElementBehindTheLast() {
        assertThrows(IndexOutOfBoundsException.class, () -> PATTERN.find(2, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> PATTERN.find(0, 8));
    }
}
