package dev.rewire.kernels.arrays;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.SparseMatrix;
import dev.rewire.kernels.ValueType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Arrays of other libraries come in and go out with the same elements, whatever the order and the block. */
class SparseArraysTest {
    private static final int ROWS = 37;
    private static final int COLS = 41;

    enum Format {
        CSR,
        CSC,
        COO,
        BSR;

        SparseArrays of(BlockSparseMatrix matrix) {
            return switch (this) {
                case CSR -> SparseArrays.csr(matrix);
                case CSC -> SparseArrays.csc(matrix);
                case COO -> SparseArrays.coo(matrix);
                case BSR -> SparseArrays.bsr(matrix);
            };
        }
    }

    @Property(tries = 200)
    void anyOrderAndBlockGiveTheSameElements(
            @ForAll Format format,
            @ForAll @IntRange(min = 1, max = 9) int blockRows,
            @ForAll @IntRange(min = 1, max = 9) int blockCols,
            @ForAll @IntRange(min = 1, max = 64) int otherRows,
            @ForAll @IntRange(min = 1, max = 64) int otherCols,
            @ForAll boolean shuffled,
            @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        try (KernelArena arena = KernelArena.open()) {
            BlockSparseMatrix given = draw(arena, blockRows, blockCols, random);
            SparseArrays arrays = format.of(given);
            SparseArrays in = shuffled ? shuffled(arrays, random) : arrays;
            BlockSparseMatrix back = in.toBlocks(arena, otherRows, otherCols);
            assertSame(given, back);
            assertEquals(given.pattern().covering(otherRows, otherCols), back.pattern());
            assertSame(given, in.toCsr(Duplicates.REFUSED).toBlocks(arena, blockRows, blockCols));
        }
    }

    @Property(tries = 50)
    void ownBlocksComeBackAsTheyWere(
            @ForAll @IntRange(min = 1, max = 20) int blockRows,
            @ForAll @IntRange(min = 1, max = 20) int blockCols,
            @ForAll long seed) {
        try (KernelArena arena = KernelArena.open()) {
            BlockSparseMatrix given = draw(arena, blockRows, blockCols, new SplittableRandom(seed));
            BlockSparseMatrix back = SparseArrays.bsr(given).toBlocks(arena, blockRows, blockCols);
            assertEquals(given.pattern(), back.pattern());
            assertEquals(-1, given.values().mismatch(back.values()));
        }
    }

    @Property(tries = 50)
    void nmMatricesGoOutByTheirKeptElements(@ForAll long seed) {
        try (KernelArena arena = KernelArena.open()) {
            SparseMatrix nm = SparseMatrix.allocate(
                    arena, NmPattern.random(6, 16, 2, 4, 1, new SplittableRandom(seed)), ValueType.BF16);
            for (int i = 0; i < nm.storedElements(); i++) {
                nm.type().set(nm.values(), i, i + 1);
            }
            CsrArrays csr = SparseArrays.csr(nm);
            assertEquals(nm.storedElements(), csr.values().length);
            assertSame(nm, csr.toBlocks(arena, 2, 2));
            assertSame(nm, SparseArrays.csc(nm).toBlocks(arena, 3, 5));
        }
    }

    @Example
    void paddingOfGivenBlocksDoesNotCount() {
        float[] values = {1, 2, 3, 9, 9, 9, 9, 9, 9};
        try (KernelArena arena = KernelArena.open()) {
            BsrArrays arrays = new BsrArrays(1, 2, 3, 3, new int[] {0, 1}, new int[] {0}, values);
            BlockSparseMatrix matrix = arrays.toBlocks(arena, 3, 3);
            assertArrayEquals(
                    new float[] {1, 2, 0, 0, 0, 0, 0, 0, 0}, matrix.values().toArray(ValueLayout.JAVA_FLOAT));
            assertEquals(2, arrays.toCsr(Duplicates.REFUSED).values().length);
        }
    }

    @ParameterizedTest
    @EnumSource
    void duplicatesAreSummedInTheirOrderOrRefused(Format format) {
        // In this order 1e8 − 1e8 + 1 is 1; in others 1 is lost.
        int[] zeros = {0, 0, 0, 0};
        int[] ones = {1, 0, 1, 1};
        float[] values = {1e8f, -0f, -1e8f, 1};
        int[] end = {0, 4};
        int[] twoEnds = {0, 0, 4};
        SparseArrays arrays = switch (format) {
            case CSR -> new CsrArrays(1, 2, end, ones, values);
            case COO -> new CooArrays(1, 2, zeros, ones, values);
            case BSR -> new BsrArrays(1, 2, 1, 1, end, ones, values);
            case CSC -> new CscArrays(2, 2, twoEnds, ones, values);
        };
        try (KernelArena arena = KernelArena.open()) {
            BlockSparseMatrix matrix = arrays.toBlocks(arena, 1, 1, Duplicates.SUMMED);
            boolean byColumns = format == Format.CSC;
            assertEquals(1f, byColumns ? matrix.get(1, 1) : matrix.get(0, 1));
            float sign = byColumns ? matrix.get(0, 1) : matrix.get(0, 0);
            assertEquals(
                    Float.floatToRawIntBits(-0f), Float.floatToRawIntBits(sign), "what is given once keeps its sign");
            assertEquals(2, matrix.pattern().blocks());
            String message = assertThrows(IllegalArgumentException.class, () -> arrays.toBlocks(arena, 1, 1))
                    .getMessage();
            String place = byColumns
                    ? "rowIndices[2]: (1, 1)"
                    : format == Format.COO ? "rowIndices, colIndices[2]: (0, 1)" : "colIndices[2]: (0, 1)";
            assertEquals(
                    place + " is repeated, it was given at 0; accepted is each place once: add them up, or pass"
                            + " Duplicates.SUMMED",
                    message);
        }
    }

    @Example
    void whatIsWrongIsNamed() {
        float[] two = {1, 2};
        refused(
                "rowOffsets[0]: 1 does not fit; expected 0; indices count from 0: subtract 1 from all that count from 1",
                new CsrArrays(1, 2, new int[] {1, 3}, new int[] {1, 2}, two));
        refused(
                "colIndices[1]: 2 is out of range; accepted are 0 to 1; indices count from 0: subtract 1 from all that count from 1",
                new CsrArrays(1, 2, new int[] {0, 2}, new int[] {1, 2}, two));
        refused(
                "rowOffsets.length: 1 does not fit; expected 2 (rows + 1)",
                new CsrArrays(1, 2, new int[1], new int[0], two));
        refused(
                "rowOffsets[2]: 1 is less than the one before it, 2; accepted are offsets that never fall",
                new CsrArrays(2, 2, new int[] {0, 2, 1}, new int[] {0, 1}, two));
        refused(
                "colIndices.length: 2 does not fit; expected 1 (the last of rowOffsets)",
                new CsrArrays(1, 2, new int[] {0, 1}, new int[] {0, 1}, two));
        refused(
                "values.length: 2 does not fit; expected 1 (of all elements)",
                new CsrArrays(1, 2, new int[] {0, 1}, new int[] {0}, two));
        refused(
                "colIndices[0]: -1 is out of range; accepted are 0 to 1",
                new CooArrays(1, 2, new int[2], new int[] {-1, 0}, two));
        refused(
                "colIndices.length: 1 does not fit; expected 2 (as many as rowIndices)",
                new CooArrays(1, 2, new int[2], new int[1], two));
        refused(
                "rows: -1 is out of range; accepted are 0 to 2147483583",
                new CooArrays(-1, 2, new int[2], new int[2], two));
        refused(
                "rows: 2147483647 is out of range; accepted are 0 to 2147483583",
                new CooArrays(Integer.MAX_VALUE, 2, new int[2], new int[2], two));
        refused(
                "rowIndices[0]: 0 is out of range; accepted are none, there is no such row or column",
                new CscArrays(0, 1, new int[] {0, 2}, new int[2], two));
        refused(
                "blockRows: 65 is out of range; accepted are 1 to 64",
                new BsrArrays(1, 2, 65, 1, new int[2], new int[0], two));
        refused(
                "values.length: 2 does not fit; expected 4 (of all blocks)",
                new BsrArrays(2, 2, 2, 2, new int[] {0, 1}, new int[1], two));
    }

    private static void refused(String message, SparseArrays arrays) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, arrays::check).getMessage());
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, () -> arrays.sorted(Duplicates.SUMMED))
                        .getMessage());
    }

    @Example
    void segmentsOfAnyKindAreCopied() {
        try (Arena memory = Arena.ofConfined();
                KernelArena arena = KernelArena.open()) {
            MemorySegment offsets = memory.allocateFrom(ValueLayout.JAVA_INT, 0, 1, 2);
            MemorySegment indices = MemorySegment.ofArray(new int[] {1, 0});
            MemorySegment values = memory.allocateFrom(ValueLayout.JAVA_FLOAT, 3, 4);
            CsrArrays csr = CsrArrays.of(2, 2, offsets, indices, values);
            values.fill((byte) 0);
            assertEquals(3, csr.toBlocks(arena, 1, 1).get(0, 1));
            assertEquals(
                    3,
                    CscArrays.of(2, 2, offsets, indices, MemorySegment.ofArray(csr.values()))
                            .toBlocks(arena, 2, 2)
                            .get(1, 0));
            assertThrows(
                    IllegalArgumentException.class, () -> CsrArrays.of(2, 2, offsets, indices, memory.allocate(7)));
        }
    }

    @Example
    void zerosAreElementsUntilTheyAreDropped() {
        CsrArrays csr =
                new CsrArrays(2, 3, new int[] {0, 2, 4}, new int[] {2, 0, 1, 0}, new float[] {0, 1, Float.NaN, -0f});
        CsrArrays kept = csr.withoutZeros();
        assertArrayEquals(new int[] {0, 1, 2}, kept.rowOffsets());
        assertArrayEquals(new int[] {0, 1}, kept.colIndices());
        assertArrayEquals(new float[] {1, Float.NaN}, kept.values());
        try (KernelArena arena = KernelArena.open()) {
            assertEquals(4, csr.toBlocks(arena, 1, 1).pattern().blocks());
        }
    }

    @Example
    void emptyMatricesHaveEmptyArrays() {
        try (KernelArena arena = KernelArena.open()) {
            for (int[] shape : new int[][] {{0, 0}, {0, 5}, {5, 0}, {5, 5}}) {
                BlockSparseMatrix none = BlockSparseMatrix.allocate(
                        arena, BlockPattern.random(shape[0], shape[1], 2, 2, 0, new SplittableRandom(1)));
                for (Format format : Format.values()) {
                    assertEquals(
                            none.pattern(),
                            format.of(none).toBlocks(arena, 2, 2).pattern());
                }
            }
        }
    }

    private static BlockSparseMatrix draw(KernelArena arena, int blockRows, int blockCols, RandomGenerator random) {
        int grid = Math.ceilDiv(ROWS, blockRows) * Math.ceilDiv(COLS, blockCols);
        BlockPattern pattern = BlockPattern.random(ROWS, COLS, blockRows, blockCols, random.nextInt(grid + 1), random);
        BlockSparseMatrix matrix = BlockSparseMatrix.allocate(arena, pattern);
        MemorySegment values = matrix.values();
        Stored.forEach(
                pattern,
                (row, col, at) -> values.setAtIndex(
                        ValueLayout.JAVA_FLOAT, at, random.nextInt(5) == 0 ? 0 : random.nextFloat(-1, 1)));
        return matrix;
    }

    private static void assertSame(SparseMatrix expected, SparseMatrix actual) {
        assertEquals(expected.rows(), actual.rows());
        assertEquals(expected.cols(), actual.cols());
        for (int row = 0; row < expected.rows(); row++) {
            for (int col = 0; col < expected.cols(); col++) {
                assertEquals(expected.get(row, col), actual.get(row, col), row + ", " + col);
            }
        }
    }

    /** Entries of each row or column, or all, in another order. */
    private static SparseArrays shuffled(SparseArrays arrays, RandomGenerator random) {
        return switch (arrays) {
            case CsrArrays a -> {
                BsrArrays blocks = shuffled(
                        new BsrArrays(a.rows(), a.cols(), 1, 1, a.rowOffsets(), a.colIndices(), a.values()), random);
                yield new CsrArrays(a.rows(), a.cols(), a.rowOffsets(), blocks.colIndices(), blocks.values());
            }
            case CscArrays a -> {
                BsrArrays blocks = shuffled(
                        new BsrArrays(a.cols(), a.rows(), 1, 1, a.colOffsets(), a.rowIndices(), a.values()), random);
                yield new CscArrays(a.rows(), a.cols(), a.colOffsets(), blocks.colIndices(), blocks.values());
            }
            case BsrArrays a -> shuffled(a, random);
            case CooArrays a -> {
                int[] order = order(0, a.values().length, random);
                yield new CooArrays(
                        a.rows(),
                        a.cols(),
                        pick(a.rowIndices(), order),
                        pick(a.colIndices(), order),
                        pick(a.values(), order, 1));
            }
        };
    }

    private static BsrArrays shuffled(BsrArrays a, RandomGenerator random) {
        int[] order = new int[a.colIndices().length];
        for (int row = 0; row + 1 < a.rowOffsets().length; row++) {
            int from = a.rowOffsets()[row];
            int[] ofRow = order(from, a.rowOffsets()[row + 1], random);
            System.arraycopy(ofRow, 0, order, from, ofRow.length);
        }
        int each = a.blockRows() * a.blockCols();
        return new BsrArrays(
                a.rows(),
                a.cols(),
                a.blockRows(),
                a.blockCols(),
                a.rowOffsets(),
                pick(a.colIndices(), order),
                pick(a.values(), order, each));
    }

    private static int[] order(int from, int to, RandomGenerator random) {
        int[] order = new int[to - from];
        for (int i = 0; i < order.length; i++) {
            int other = random.nextInt(i + 1);
            order[i] = order[other];
            order[other] = from + i;
        }
        return order;
    }

    private static int[] pick(int[] from, int[] order) {
        int[] picked = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            picked[i] = from[order[i]];
        }
        return picked;
    }

    private static float[] pick(float[] from, int[] order, int each) {
        float[] picked = new float[from.length];
        for (int i = 0; i < order.length; i++) {
            System.arraycopy(from, order[i] * each, picked, i * each, each);
        }
        return picked;
    }
}
