package dev.rewire.kernels.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.io.DeviceMetadata.Order;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceMetadataTest {
    private static final List<DType> TYPES = List.of(DType.F16, DType.BF16, DType.I8, DType.F32);

    /** CUTLASS' reorder_meta, step by step: rows are moved in their tile, 2×2 squares transposed, and columns stored in pairs. */
    @Property(tries = 300)
    void wordsAreWhereTheLoopOfCutlassPutsThem(
            @ForAll @IntRange(max = 3) int typeIndex,
            @ForAll @IntRange(min = 1, max = 9) int tiles,
            @ForAll @IntRange(min = 1, max = 9) int pairs) {
        DType type = TYPES.get(typeIndex);
        int group = type == DType.I8 ? 16 : 32;
        int interweave = type == DType.I8 ? 2 : 4;
        int rows = group * tiles;
        DeviceMetadata metadata = DeviceMetadata.of(type, rows, 2 * pairs * colsOfWord(type), Order.DEVICE);
        assertEquals(2 * pairs, metadata.words());
        for (int row = 0; row < rows; row++) {
            for (int col = 0; col < metadata.words(); col++) {
                int toRow = row / group * group + row % 8 * interweave + row % group / 8;
                int toCol = col;
                if (toRow % 2 == 0 && toCol % 2 == 1) {
                    toRow++;
                    toCol--;
                } else if (toRow % 2 == 1 && toCol % 2 == 0) {
                    toRow--;
                    toCol++;
                }
                long columnMajorInterleaved2 = toCol / 2 * 2L * rows + toRow * 2L + toCol % 2;
                assertEquals(columnMajorInterleaved2, metadata.position(row, col), "row " + row + ", word " + col);
            }
        }
    }

    @Property(tries = 300)
    void decodingGivesThePatternThatWasEncoded(
            @ForAll @IntRange(max = 3) int typeIndex,
            @ForAll Order order,
            @ForAll @IntRange(max = 5) int tiles,
            @ForAll @IntRange(max = 5) int pairs,
            @ForAll long seed) {
        DType type = TYPES.get(typeIndex);
        int rows = 32 * tiles;
        int cols = 2 * pairs * colsOfWord(type);
        NmPattern pattern = draw(type, rows, cols, seed);
        DeviceMetadata metadata = DeviceMetadata.of(type, rows, cols, order);
        MemorySegment words = filled(metadata);
        metadata.encode(pattern, words);
        assertEquals(pattern, metadata.decode(words));
    }

    /** Any bytes are either refused, with the code, or the metadata of the pattern that they give. */
    @Property(tries = 1000)
    void acceptedBytesAreThoseOfTheirPattern(
            @ForAll @IntRange(max = 3) int typeIndex,
            @ForAll Order order,
            @ForAll @IntRange(max = 3) int corrupted,
            @ForAll long seed) {
        DType type = TYPES.get(typeIndex);
        SplittableRandom random = new SplittableRandom(seed);
        DeviceMetadata metadata = DeviceMetadata.of(type, 32, 2 * colsOfWord(type), order);
        MemorySegment words = filled(metadata);
        metadata.encode(draw(type, 32, 2 * colsOfWord(type), seed), words);
        for (int i = 0; i < corrupted; i++) {
            words.set(ValueLayout.JAVA_BYTE, random.nextLong(words.byteSize()), (byte) random.nextInt());
        }
        NmPattern decoded;
        try {
            decoded = metadata.decode(words);
        } catch (IllegalArgumentException e) {
            assertTrue(corrupted > 0 && e.getMessage().startsWith("metadata: code 0x"), e::getMessage);
            return;
        }
        MemorySegment again = filled(metadata);
        metadata.encode(decoded, again);
        assertEquals(-1, words.mismatch(again));
    }

    @Property(tries = 100)
    void rowMajorWordsOfTwoToFourAreThePackedIndices(
            @ForAll boolean int8,
            @ForAll @IntRange(max = 5) int rows,
            @ForAll @IntRange(max = 5) int words,
            @ForAll long seed) {
        DType type = int8 ? DType.I8 : DType.F16;
        NmPattern pattern = draw(type, rows, words * colsOfWord(type), seed);
        DeviceMetadata metadata = DeviceMetadata.of(type, rows, pattern.cols(), Order.ROW_MAJOR);
        MemorySegment target = filled(metadata);
        metadata.encode(pattern, target);
        assertArrayEquals(pattern.packed(), target.toArray(ValueLayout.JAVA_BYTE));
    }

    @Example
    void groupsFollowOneAnotherFromTheLowestBits() {
        int[] indices = {0, 1, 0, 2, 1, 2, 0, 3, 1, 3, 2, 3, 0, 1, 0, 1};
        DeviceMetadata bytes = DeviceMetadata.of(DType.I8, 1, 32, Order.ROW_MAJOR);
        int[] word = new int[1];
        bytes.encode(NmPattern.of(1, 32, 2, 4, indices), MemorySegment.ofArray(word));
        assertEquals(0x44EDC984, word[0]);
        DeviceMetadata floats = DeviceMetadata.of(DType.F32, 1, 8, Order.ROW_MAJOR);
        short[] pairs = new short[1];
        floats.encode(NmPattern.of(1, 8, 1, 2, new int[] {0, 1, 1, 0}), MemorySegment.ofArray(pairs));
        assertEquals((short) 0x4EE4, pairs[0]);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x0, 0x1, 0x2, 0x3, 0x5, 0x6, 0x7, 0xA, 0xB, 0xF})
    void refusesACodeThatKeepsNoTwoInOrder(int code) {
        refusesCode(DType.BF16, code, "0x4, 0x8, 0x9, 0xC, 0xD, 0xE");
        refusesCode(DType.I8, code, "0x4, 0x8, 0x9, 0xC, 0xD, 0xE");
        refusesCode(DType.F32, code, "0x4, 0xE (1:2, as fp32 has it)");
    }

    @ParameterizedTest
    @ValueSource(ints = {0x8, 0x9, 0xC, 0xD})
    void refusesACodeOfFp32ThatKeepsHalvesOfBoth(int code) {
        refusesCode(DType.F32, code, "0x4, 0xE (1:2, as fp32 has it)");
    }

    private static void refusesCode(DType type, int code, String accepted) {
        DeviceMetadata metadata = DeviceMetadata.of(type, 64, 4 * colsOfWord(type), Order.DEVICE);
        MemorySegment words = MemorySegment.ofArray(new byte[(int) metadata.byteSize()]);
        words.fill((byte) 0x44);
        int bytesOfWord = (int) (metadata.byteSize() / (64L * metadata.words()));
        // Row 43, word 3: the second group of the word is the high nibble of its lowest byte.
        long place = metadata.position(43, 3) * bytesOfWord;
        words.set(ValueLayout.JAVA_BYTE, place, (byte) (code << 4 | 0x4));
        int group = 3 * bytesOfWord * 2 + 1;
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> metadata.decode(words));
        assertEquals(
                String.format(
                        "metadata: code 0x%X of row 43, group %d is illegal; accepted are %s", code, group, accepted),
                refusal.getMessage());
    }

    @Example
    void fp32TwoToFourIsRefusedInsteadOfRounded() {
        DeviceMetadata metadata = DeviceMetadata.of(DType.F32, 32, 32, Order.DEVICE);
        NmPattern pattern = draw(DType.F16, 32, 32, 1);
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> metadata.encode(pattern, filled(metadata)));
        assertTrue(refusal.getMessage().contains("fp32 on tensor cores is 1:2, not 2:4"), refusal::getMessage);
    }

    @ParameterizedTest
    @CsvSource({
        "F16, 31, 32, DEVICE, rows: 31 does not fit; accepted are multiples of 32",
        "I8, 8, 64, DEVICE, rows: 8 does not fit; accepted are multiples of 16",
        "F32, 16, 16, DEVICE, rows: 16 does not fit; accepted are multiples of 32",
        "BF16, 32, 48, DEVICE, cols: 48 does not fit; accepted are multiples of 32 (a pair of words",
        "I8, 16, 32, DEVICE, cols: 32 does not fit; accepted are multiples of 64 (a pair of words",
        "F32, 32, 8, DEVICE, cols: 8 does not fit; accepted are multiples of 16 (a pair of words",
        "F16, 1, 24, ROW_MAJOR, cols: 24 does not fit; accepted are multiples of 16 (a word",
        "F16, -1, 16, ROW_MAJOR, rows: -1 does not fit",
        "F16, 1, -16, ROW_MAJOR, cols: -16 does not fit",
    })
    void namesTheSideThatDoesNotFit(DType type, int rows, int cols, Order order, String message) {
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> DeviceMetadata.of(type, rows, cols, order));
        assertTrue(refusal.getMessage().startsWith(message), refusal::getMessage);
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"F16", "BF16", "I8", "F32"})
    void refusesTypesThatHaveNoSuchMetadata(DType type) {
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> DeviceMetadata.of(type, 32, 64, Order.DEVICE));
        assertTrue(refusal.getMessage().startsWith("type: " + type + " has no 2:4 metadata"), refusal::getMessage);
    }

    @Example
    void namesAPatternOrAMemoryOfAnotherShape() {
        DeviceMetadata metadata = DeviceMetadata.of(DType.F16, 32, 32, Order.DEVICE);
        NmPattern other = draw(DType.F16, 64, 32, 1);
        assertThrows(IllegalArgumentException.class, () -> metadata.encode(other, filled(metadata)));
        MemorySegment tooShort = MemorySegment.ofArray(new byte[127]);
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> metadata.decode(tooShort));
        assertEquals("source: 127 bytes do not fit; expected 128 (32 rows of 2 words)", refusal.getMessage());
        assertThrows(IndexOutOfBoundsException.class, () -> metadata.position(32, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> metadata.position(0, 2));
    }

    private static int colsOfWord(DType type) {
        return type == DType.I8 ? 32 : type == DType.F32 ? 8 : 16;
    }

    private static NmPattern draw(DType type, int rows, int cols, long seed) {
        int n = type == DType.F32 ? 1 : 2;
        return NmPattern.random(rows, cols, n, 2 * n, 1, new SplittableRandom(seed));
    }

    /** Memory full of ones, so that what was not written shows. */
    private static MemorySegment filled(DeviceMetadata metadata) {
        return MemorySegment.ofArray(new byte[(int) metadata.byteSize()]).fill((byte) -1);
    }
}
