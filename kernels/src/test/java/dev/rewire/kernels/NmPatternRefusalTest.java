package dev.rewire.kernels;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NmPatternRefusalTest {
    private static NmPattern of(int... indices) {
        return NmPattern.of(2, 8, 2, 4, indices);
    }

    private static NmPattern ofPacked(int n, int m, int cols, int... packed) {
        byte[] bytes = new byte[packed.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) packed[i];
        }
        return NmPattern.ofPacked(2, cols, n, m, bytes);
    }

    @Test
    void refusesAnIndexBehindItsGroup() {
        Refusal.ofArgument("index of row 1, group 0: 4 ", () -> of(0, 1, 0, 1, 2, 4, 0, 1));
    }

    @Test
    void refusesANegativeIndex() {
        Refusal.ofArgument("index of row 0, group 1: -1 ", () -> of(0, 1, -1, 1, 2, 3, 0, 1));
    }

    @Test
    void refusesARepeatedIndex() {
        Refusal.ofArgument(
                "index of row 1, group 1: 1 is out of range; accepted are 2 to 3", () -> of(0, 1, 0, 1, 2, 3, 1, 1));
    }

    @Test
    void refusesUnorderedIndices() {
        Refusal.ofArgument(
                "index of row 0, group 0: 0 is out of range; accepted are 3 to 3", () -> of(2, 0, 0, 1, 2, 3, 1, 2));
    }

    @Test
    void refusesAnIndexThatLeavesNoRoomForTheNext() {
        Refusal.ofArgument(
                "index of row 0, group 0: 3 is out of range; accepted are 0 to 2", () -> of(3, 3, 0, 1, 2, 3, 1, 2));
    }

    @Test
    void refusesTooFewIndices() {
        Refusal.ofArgument("indices.length: 7 ", () -> of(0, 1, 0, 1, 2, 3, 1));
    }

    @Test
    void refusesTooManyIndices() {
        Refusal.ofArgument("indices.length: 9 ", () -> of(0, 1, 0, 1, 2, 3, 1, 2, 0));
    }

    @Test
    void refusesPackedIndicesThatRepeat() {
        Refusal.ofArgument("index of row 1, group 1: 1 ", () -> ofPacked(2, 4, 8, 0x44, 0x54));
    }

    @Test
    void refusesPackedIndicesThatAreUnordered() {
        Refusal.ofArgument("index of row 1, group 0: 0 ", () -> ofPacked(2, 4, 8, 0x44, 0x42));
    }

    /** An index of eight takes four bits and needs three. */
    @Test
    void refusesAPackedIndexBehindItsGroup() {
        Refusal.ofArgument("index of row 1, group 1: 9 ", () -> ofPacked(1, 8, 16, 0x21, 0x91));
    }

    @Test
    void refusesBitsBehindTheLastGroup() {
        Refusal.ofArgument("packed, bits behind the last group of row 1: 1 ", () -> ofPacked(2, 4, 4, 0x04, 0x14));
    }

    @Test
    void refusesTooFewBytes() {
        Refusal.ofArgument("packed.length: 1 ", () -> ofPacked(2, 4, 8, 0x44));
    }

    @Test
    void refusesTooManyBytes() {
        Refusal.ofArgument("packed.length: 3 ", () -> ofPacked(2, 4, 8, 0x44, 0x44, 0x44));
    }

    @Test
    void refusesColumnsThatTheGroupDoesNotDivide() {
        Refusal.ofArgument("cols: 6 is not divisible by m = 4", () -> NmPattern.builder(2, 6, 2, 4));
    }

    @Test
    void refusesAGroupThatIsNoPowerOfTwo() {
        Refusal.ofArgument("m: 6 ", () -> NmPattern.builder(2, 6, 2, 6));
    }

    @Test
    void refusesAGroupOfOne() {
        Refusal.ofArgument("m: 1 ", () -> NmPattern.builder(2, 6, 1, 1));
    }

    @Test
    void refusesAGroupOver16() {
        Refusal.ofArgument("m: 32 ", () -> NmPattern.builder(2, 32, 1, 32));
    }

    @Test
    void refusesANegativeGroup() {
        Refusal.ofArgument("m: -2147483648 ", () -> NmPattern.builder(2, 8, 2, Integer.MIN_VALUE));
    }

    @Test
    void refusesToKeepNothing() {
        Refusal.ofArgument("n: 0 ", () -> NmPattern.builder(2, 8, 0, 4));
    }

    @Test
    void refusesToKeepMoreThanAGroup() {
        Refusal.ofArgument("n: 5 ", () -> NmPattern.builder(2, 8, 5, 4));
    }

    @Test
    void refusesNegativeRows() {
        Refusal.ofArgument("rows: -1 ", () -> NmPattern.builder(-1, 8, 2, 4));
    }

    @Test
    void refusesNegativeColumns() {
        Refusal.ofArgument("cols: -4 ", () -> NmPattern.builder(1, -4, 2, 4));
    }

    @Test
    void refusesMoreElementsThanAnArrayHolds() {
        Refusal.ofArgument("kept elements: 2147483648 ", () -> NmPattern.builder(1 << 16, 1 << 16, 2, 4));
    }

    @Test
    void refusesToShareFewerThanOneRow() {
        Refusal.ofArgument("sharedRows: 0 ", () -> NmPattern.random(2, 8, 2, 4, 0, new SplittableRandom(1)));
    }

    @Test
    void refusesToTransposeWhatIsNotTransposable() {
        Refusal.ofState(
                "NmPattern 4×4, 2:4 shared by 4 rows is not transposable",
                () -> NmPattern.of(4, 4, 2, 4, new int[] {0, 1, 0, 1, 0, 1, 0, 1})
                        .transpose());
    }
}
