package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rewire.kernels.internal.MaskKernels;
import dev.rewire.kernels.internal.scalar.ScalarMasks;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The provider's loops over masks beside the scalar ones: the same bits, in rows of any length. */
@Tag("species")
class MaskKernelsTest {
    /** Not multiples of what vectors hold, and more than a word of a mask. */
    private static final int[] GROUPS = {0, 1, 2, 3, 4, 5, 8, 15, 16, 17, 31, 33, 64};

    private static final float[] SPECIAL = {
        0f,
        -0f,
        Float.MIN_VALUE,
        -Float.MIN_VALUE,
        1e-40f,
        1f,
        -1f,
        1.5f,
        Float.MAX_VALUE,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        Float.NaN,
        Float.intBitsToFloat(0xffc0dead),
        Float.intBitsToFloat(0x7f800001)
    };

    private final MaskKernels kernels = Providers.active().masks();
    private final MaskKernels scalar = new ScalarMasks();
    private final SplittableRandom random = new SplittableRandom(7);
    private TestMemory memory;

    @BeforeEach
    void open() {
        memory = TestMemory.open();
    }

    @AfterEach
    void free() {
        memory.close();
    }

    /** Floats of which a share is special, so that some groups are full of them and others have none. */
    private MemorySegment floats(int count, double special) {
        MemorySegment floats = memory.floats(count, 0);
        for (int i = 0; i < count; i++) {
            float value =
                    random.nextDouble() < special ? SPECIAL[random.nextInt(SPECIAL.length)] : random.nextFloat(-1, 1);
            floats.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i, value);
        }
        return floats;
    }

    @ParameterizedTest
    @CsvSource({"2, 4", "1, 4", "3, 4", "4, 4", "1, 2", "4, 8", "8, 16"})
    void theLargestAreTheSame(int n, int m) {
        for (double special : new double[] {0, 0.2, 1}) {
            for (int groups : GROUPS) {
                int cols = groups * m;
                MemorySegment row = floats(cols + 1, special);
                long[] expected = new long[MaskKernels.words(cols)];
                long[] actual = filled(MaskKernels.words(cols));
                scalar.largest(row, Float.BYTES, n, m, cols, expected);
                kernels.largest(row, Float.BYTES, n, m, cols, actual);
                assertArrayEquals(expected, actual, groups + " groups, special " + special);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 4", "1, 4", "3, 4", "4, 4", "1, 2", "2, 2"})
    void theBestTilesAreTheSame(int n, int m) {
        for (double special : new double[] {0, 0.2, 1}) {
            for (int tiles : GROUPS) {
                int cols = tiles * m;
                MemorySegment rows = floats(m * (cols + 3), special);
                long[][] expected = new long[m][MaskKernels.words(cols)];
                long[][] actual = new long[m][];
                for (int row = 0; row < m; row++) {
                    actual[row] = filled(MaskKernels.words(cols));
                }
                long rowBytes = (cols + 3L) * Float.BYTES;
                scalar.tiles(rows, 0, rowBytes, n, m, cols, expected);
                kernels.tiles(rows, 0, rowBytes, n, m, cols, actual);
                assertArrayEquals(expected, actual, tiles + " tiles, special " + special);
            }
        }
    }

    private static long[] filled(int words) {
        long[] mask = new long[words];
        Arrays.fill(mask, -1);
        return mask;
    }

    private long[] mask(int n, int m, int cols) {
        long[] mask = new long[MaskKernels.words(cols)];
        scalar.largest(floats(cols, 0), 0, n, m, cols, mask);
        return mask;
    }

    private void assertSame(MemorySegment expected, MemorySegment actual, String message) {
        assertEquals(-1, expected.mismatch(actual), message);
    }

    @ParameterizedTest
    @CsvSource({"16", "64", "5"})
    void decayedGradientsAreTheSame(int blockCols) {
        for (int groups : GROUPS) {
            int cols = groups * 4;
            int blocks = cols / blockCols + 1;
            MemorySegment g = floats(blocks * (blockCols + 2), 0.1);
            MemorySegment w = floats(cols, 0.1);
            long[] mask = mask(2, 4, cols);
            MemorySegment expected = memory.floats(cols + 1, 0);
            MemorySegment actual = memory.floats(cols + 1, 0);
            long blockBytes = (blockCols + 2L) * Float.BYTES;
            scalar.decay(g, 0, blockCols, blockBytes, w, 0, cols, mask, 0.3f, expected, 0);
            kernels.decay(g, 0, blockCols, blockBytes, w, 0, cols, mask, 0.3f, actual, 0);
            // Which NaN a sum of two is depends on the processor.
            assertArrayEquals(
                    expected.toArray(ValueLayout.JAVA_FLOAT_UNALIGNED),
                    actual.toArray(ValueLayout.JAVA_FLOAT_UNALIGNED),
                    groups + " groups");
        }
    }

    @ParameterizedTest
    @CsvSource({"16, true", "64, false", "5, true"})
    void descendedRowsAreTheSame(int blockCols, boolean nesterov) {
        for (int groups : GROUPS) {
            int cols = groups * 4;
            int blocks = cols / blockCols + 1;
            MemorySegment g = floats(blocks * (blockCols + 2), 0.1);
            long[] mask = mask(2, 4, cols);
            long blockBytes = (blockCols + 2L) * Float.BYTES;
            MemorySegment[] w = twice(floats(cols + 1, 0.1));
            MemorySegment[] v = twice(floats(cols + 1, 0.1));
            scalar.sgd(g, 0, blockCols, blockBytes, w[0], v[0], 0, cols, mask, 0.3f, 0.1f, 0.9f, nesterov, 0.01f);
            kernels.sgd(g, 0, blockCols, blockBytes, w[1], v[1], 0, cols, mask, 0.3f, 0.1f, 0.9f, nesterov, 0.01f);
            // Which NaN a sum of two is depends on the processor.
            for (MemorySegment[] both : new MemorySegment[][] {w, v}) {
                assertArrayEquals(
                        both[0].toArray(ValueLayout.JAVA_FLOAT_UNALIGNED),
                        both[1].toArray(ValueLayout.JAVA_FLOAT_UNALIGNED),
                        groups + " groups");
            }
        }
    }

    private MemorySegment[] twice(MemorySegment floats) {
        MemorySegment copy = memory.floats(floats.byteSize() / Float.BYTES, 0);
        return new MemorySegment[] {floats, copy.copyFrom(floats)};
    }

    @ParameterizedTest
    @CsvSource({"2, 4", "1, 4", "3, 4", "1, 2", "4, 8", "4, 16"})
    void whatIsKeptIsTheSameAndNothingBehindItIsWritten(int n, int m) {
        for (int groups : GROUPS) {
            int cols = groups * m;
            MemorySegment row = floats(cols, 0.3);
            long[] mask = mask(n, m, cols);
            MemorySegment expected = memory.floats(groups * n + 1, 0);
            MemorySegment actual = memory.floats(groups * n + 1, 0);
            expected.fill((byte) 1);
            actual.fill((byte) 1);
            scalar.gather(row, 0, cols, mask, expected, 0);
            kernels.gather(row, 0, cols, mask, actual, 0);
            assertSame(expected, actual, groups + " groups");
        }
    }

    @ParameterizedTest
    @CsvSource({"16", "64", "5"})
    void spreadRowsAreTheSame(int blockCols) {
        for (int groups : GROUPS) {
            int cols = groups * 4;
            int blocks = cols / blockCols + 1;
            MemorySegment row = floats(cols, 0.3);
            long[] mask = mask(2, 4, cols);
            MemorySegment expected = memory.floats(blocks * (blockCols + 2L), 0);
            MemorySegment actual = memory.floats(blocks * (blockCols + 2L), 0);
            long blockBytes = (blockCols + 2L) * Float.BYTES;
            scalar.spread(row, 0, cols, mask, expected, 0, blockCols, blockBytes);
            kernels.spread(row, 0, cols, mask, actual, 0, blockCols, blockBytes);
            assertSame(expected, actual, groups + " groups");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2, 4, 16, 0",
        "2, 4, 64, 0",
        "2, 4, 64, 0.3",
        "2, 4, 48, 0",
        "2, 4, 5, 0.3",
        "1, 4, 16, 0.3",
        "2, 8, 64, 0"
    })
    void choiceAndCopiesAtOnceAreTheSameAsOneAfterTheOther(int n, int m, int blockCols, double special) {
        for (int groups : GROUPS) {
            int cols = groups * m;
            MemorySegment row = floats(cols, special);
            long blockBytes = (blockCols + 2L) * Float.BYTES;
            int blockFloats = (cols / blockCols + 1) * (blockCols + 2);
            MemorySegment[] kept = {memory.floats(groups * n + 1, 0), memory.floats(groups * n + 1, 0)};
            MemorySegment[] blocks = {memory.floats(blockFloats, 0), memory.floats(blockFloats, 0)};
            long[][] masks = new long[2][MaskKernels.words(cols)];
            scalar.copyLargest(row, 0, n, m, cols, masks[0], kept[0], 0, blocks[0], 0, blockCols, blockBytes);
            kernels.copyLargest(row, 0, n, m, cols, masks[1], kept[1], 0, blocks[1], 0, blockCols, blockBytes);
            assertArrayEquals(masks[0], masks[1], groups + " groups");
            assertSame(kept[0], kept[1], groups + " groups");
            assertSame(blocks[0], blocks[1], groups + " groups");
        }
    }

    @Test
    void withoutBlocksTheChoiceAndWhatIsKeptAreTheSame() {
        for (int groups : GROUPS) {
            int cols = groups * 4;
            MemorySegment row = floats(cols, 0.1);
            MemorySegment expected = memory.floats(groups * 2 + 1, 0);
            MemorySegment actual = memory.floats(groups * 2 + 1, 0);
            long[] mask = new long[MaskKernels.words(cols)];
            scalar.copyLargest(row, 0, 2, 4, cols, mask, expected, 0, null, 0, cols, 0);
            kernels.copyLargest(row, 0, 2, 4, cols, mask, actual, 0, null, 0, cols, 0);
            assertSame(expected, actual, groups + " groups");
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 4", "1, 4", "3, 4", "1, 2"})
    void whatIsKeptOfColumnsIsTheSame(int n, int m) {
        for (int tiles : GROUPS) {
            int cols = tiles * m;
            long rowBytes = cols * (long) Float.BYTES;
            MemorySegment rows = floats(m * cols, 0.1);
            long[][] masks = new long[m][MaskKernels.words(cols)];
            scalar.tiles(rows, 0, rowBytes, n, m, cols, masks);
            int blocks = cols / 16 + 1;
            MemorySegment expected = memory.floats(16L * blocks * n, 0);
            MemorySegment actual = memory.floats(16L * blocks * n, 0);
            scalar.gatherColumns(rows, 0, rowBytes, n, cols, masks, expected, 0, 16, n * 16L * Float.BYTES);
            kernels.gatherColumns(rows, 0, rowBytes, n, cols, masks, actual, 0, 16, n * 16L * Float.BYTES);
            assertSame(expected, actual, tiles + " tiles");
        }
    }

    /** Interpreted vectors are other code. */
    @Test
    void compiledChoicesAreTheSame() {
        int cols = 272;
        long rowBytes = cols * (long) Float.BYTES;
        MemorySegment rows = floats(4 * cols, 0.1);
        long[] largest = new long[MaskKernels.words(cols)];
        long[][] tiles = new long[4][MaskKernels.words(cols)];
        scalar.largest(rows, 0, 2, 4, cols, largest);
        scalar.tiles(rows, 0, rowBytes, 2, 4, cols, tiles);
        long[] compiledLargest = new long[MaskKernels.words(cols)];
        long[][] compiledTiles = new long[4][MaskKernels.words(cols)];
        for (int i = 0; i < 5_000; i++) {
            kernels.largest(rows, 0, 2, 4, cols, compiledLargest);
            kernels.tiles(rows, 0, rowBytes, 2, 4, cols, compiledTiles);
        }
        assertArrayEquals(largest, compiledLargest);
        assertArrayEquals(tiles, compiledTiles);
    }

    @Test
    void theScalarLargestAreTheSpecifiedOnes() {
        int cols = 400;
        MemorySegment row = floats(cols, 0.5);
        long[] mask = new long[MaskKernels.words(cols)];
        scalar.largest(row, 0, 2, 4, cols, mask);
        for (int from = 0; from < cols; from += 4) {
            double[] magnitudes = new double[4];
            for (int i = 0; i < 4; i++) {
                magnitudes[i] = Math.abs(row.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, from + i));
            }
            assertEquals(
                    PruningCase.largest(magnitudes, 2), (int) ((mask[from / 64] >>> from) & 0xf), "group at " + from);
        }
    }
}
