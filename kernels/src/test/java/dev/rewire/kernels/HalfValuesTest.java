package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.internal.CacheSizes;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.GenerationMode;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;

/** Values of 16 bits: a product widens them exactly, so it is, bit by bit, that of the same values in 32 bits. */
@Tag("species")
class HalfValuesTest {
    private static final int[] BATCHES = {1, 7, 17, 64, 65};

    @Property(tries = 80)
    void forwardOfBlocksIsThatOfTheSameValuesInFloats(
            @ForAll HalfType type,
            @ForAll @IntRange(min = 1, max = 70) int rows,
            @ForAll @IntRange(min = 1, max = 70) int cols,
            @ForAll @IntRange(min = 0, max = 4) int batch,
            @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] sides = {1, 3, 4, 8, 16, 32, 64};
        int blockRows = sides[random.nextInt(sides.length)];
        int blockCols = sides[random.nextInt(sides.length)];
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            BlockPattern grid = BlockPattern.full(rows, cols, blockRows, blockCols);
            BlockPattern pattern =
                    BlockPattern.random(rows, cols, blockRows, blockCols, random.nextInt(grid.blocks() + 1), random);
            BlockSparseMatrix halves = BlockSparseMatrix.fromDense(arena, weights(arena, rows, cols, random), pattern)
                    .convert(arena, type.type);
            assertSameProduct(
                    arena,
                    halves,
                    halves.convert(arena, ValueType.F32),
                    cols,
                    rows,
                    BATCHES[batch],
                    random,
                    (w, n) -> SpmmPlan.forward(arena, w, n, Layout.PANELS, Epilogue.NONE, workers));
        }
    }

    @Property(generation = GenerationMode.EXHAUSTIVE)
    void fewSamplesTimesBlocksOfAnyWidthAreThoseOfTheSameValuesInFloats(
            @ForAll HalfType type, @ForAll @IntRange(min = 1, max = 64) int blockCols) {
        SplittableRandom random = new SplittableRandom(blockCols);
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            for (int blockRows : new int[] {1, 4, 48}) {
                int rows = 2 * blockRows;
                int cols = 3 * blockCols;
                BlockPattern pattern = BlockPattern.random(rows, cols, blockRows, blockCols, 4, random);
                BlockSparseMatrix halves = BlockSparseMatrix.fromDense(
                                arena, weights(arena, rows, cols, random), pattern)
                        .convert(arena, type.type);
                assertSameProduct(
                        arena,
                        halves,
                        halves.convert(arena, ValueType.F32),
                        cols,
                        rows,
                        1 + random.nextInt(2),
                        random,
                        (w, n) -> SpmmPlan.forward(arena, w, n, Layout.PANELS, Epilogue.NONE, workers));
            }
        }
    }

    /** Which few samples are multiplied one after the other depends on the cache: of the floats, for both. */
    @Property(tries = 4)
    void fewSamplesTimesValuesThatFitTheSecondCacheAreThoseOfTheSameValuesInFloatsThatDoNot(
            @ForAll HalfType type, @ForAll @IntRange(min = 2, max = 5) int batch) {
        SplittableRandom random = new SplittableRandom(batch);
        int rows = 32;
        int cols = Math.toIntExact(CacheSizes.L2 * 3 / 4 / Short.BYTES / rows);
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            BlockSparseMatrix halves = BlockSparseMatrix.fromDense(
                            arena, finite(arena, rows, cols, random), BlockPattern.full(rows, cols, 16, 16))
                    .convert(arena, type.type);
            assertSameProduct(
                    arena,
                    halves,
                    halves.convert(arena, ValueType.F32),
                    cols,
                    rows,
                    batch,
                    random,
                    (w, n) -> SpmmPlan.forward(arena, w, n, Layout.PANELS, Epilogue.NONE, workers));
        }
    }

    @Property(tries = 80)
    void forwardOfNmIsThatOfTheSameValuesInFloats(
            @ForAll HalfType type,
            @ForAll @IntRange(min = 1, max = 20) int rows,
            @ForAll @IntRange(min = 1, max = 20) int groups,
            @ForAll @IntRange(min = 0, max = 4) int batch,
            @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int m = 2 << random.nextInt(4);
        int cols = groups * m;
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            NmPattern pattern = NmPattern.random(rows, cols, 1 + random.nextInt(m), m, 1 + random.nextInt(4), random);
            SemiStructuredMatrix halves =
                    SemiStructuredMatrix.fromDense(arena, weights(arena, rows, cols, random), pattern, type.type);
            assertSameProduct(
                    arena,
                    halves,
                    halves.convert(arena, ValueType.F32),
                    cols,
                    rows,
                    BATCHES[batch],
                    random,
                    (w, n) -> SpmmPlan.forward(arena, w, n, Layout.PANELS, Epilogue.NONE, workers));
        }
    }

    /** Scaled tiles take finite values and inputs below 2¹⁶, subnormal ones too; above, and where one is not finite, others do. */
    @Property(tries = 80)
    void oneSampleOfAnyInputsTimesFiniteBlocksIsThatOfTheSameValuesInFloats(
            @ForAll InputKind kind, @ForAll @IntRange(min = 1, max = 6) int gridRows, @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int side = 16 << random.nextInt(3);
        int rows = gridRows * side;
        int cols = 3 * side;
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            BlockPattern pattern =
                    BlockPattern.random(rows, cols, side, side, 1 + random.nextInt(3 * gridRows), random);
            BlockSparseMatrix halves = BlockSparseMatrix.fromDense(arena, finite(arena, rows, cols, random), pattern)
                    .convert(arena, ValueType.F16);
            BlockSparseMatrix floats = halves.convert(arena, ValueType.F32);
            assertSameProductOfOneSample(arena, halves, floats, kind, random, workers);
        }
    }

    @Property(tries = 80)
    void oneSampleOfAnyInputsTimesFiniteNmIsThatOfTheSameValuesInFloats(
            @ForAll InputKind kind, @ForAll @IntRange(min = 1, max = 20) int rows, @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int m = 2 << random.nextInt(3);
        int cols = (1 + random.nextInt(40)) * m;
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            NmPattern pattern = NmPattern.random(rows, cols, Math.max(1, m / 2), m, 1, random);
            SemiStructuredMatrix halves =
                    SemiStructuredMatrix.fromDense(arena, finite(arena, rows, cols, random), pattern, ValueType.F16);
            SemiStructuredMatrix floats = halves.convert(arena, ValueType.F32);
            assertSameProductOfOneSample(arena, halves, floats, kind, random, workers);
        }
    }

    /** One value that is not finite, wherever it stands, with either sign, reaches its output. */
    @Property(tries = 40)
    void oneValueThatIsNotFiniteIsNotTakenForANumber(@ForAll boolean nm, @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN};
        float value = values[random.nextInt(values.length)];
        int row = random.nextInt(48);
        int firstCol = random.nextInt(16) * 4;
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            DenseMatrix dense = DenseMatrix.allocate(arena, 48, 64);
            for (int col = firstCol; col < firstCol + 4; col++) {
                dense.set(row, col, value);
            }
            SparseMatrix w = nm
                    ? SemiStructuredMatrix.fromDense(
                            arena, dense, NmPattern.random(48, 64, 2, 4, 1, random), ValueType.F16)
                    : BlockSparseMatrix.fromDense(arena, dense, BlockPattern.full(48, 64, 16, 16))
                            .convert(arena, ValueType.F16);
            PanelMatrix x = PanelMatrix.allocate(arena, 1, 64);
            PanelMatrix y = PanelMatrix.allocate(arena, 1, 48);
            for (int col = 0; col < 64; col++) {
                x.set(0, col, 1);
            }
            SpmmPlan.forward(arena, w, 1, Layout.PANELS, Epilogue.NONE, workers).run(x, y);
            assertEquals(value, y.get(0, row));
        }
    }

    @Example
    void backwardProductsRefuseThemByName() {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            BlockSparseMatrix w = BlockSparseMatrix.allocate(arena, BlockPattern.full(4, 4, 4, 4), ValueType.BF16);
            IllegalArgumentException refusal = assertThrows(
                    IllegalArgumentException.class,
                    () -> SpmmPlan.backwardInput(arena, w, 1, Layout.PANELS, Epilogue.NONE, workers));
            assertEquals(
                    "w: values stored as BF16; accepted is F32 (only forward products read others)",
                    refusal.getMessage());
        }
    }

    /** What the same product of rounded weights can differ from that of the weights themselves: u·Σ|x||w|, besides the sum's own γ_k. */
    @Property(tries = 40)
    void storingRoundsByTheUnitRoundoff(@ForAll HalfType type, @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int inputs = 96;
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            DenseMatrix dense = DenseMatrix.allocate(arena, 16, inputs);
            PanelMatrix x = PanelMatrix.allocate(arena, 1, inputs);
            PanelMatrix y = PanelMatrix.allocate(arena, 1, 16);
            for (int col = 0; col < inputs; col++) {
                x.set(0, col, random.nextFloat() - 0.5f);
                for (int row = 0; row < 16; row++) {
                    dense.set(row, col, random.nextFloat(0.01f, 1));
                }
            }
            BlockSparseMatrix w = BlockSparseMatrix.fromDense(arena, dense, BlockPattern.full(16, inputs, 16, 16))
                    .convert(arena, type.type);
            SpmmPlan.forward(arena, w, 1, Layout.PANELS, Epilogue.NONE, workers).run(x, y);
            for (int row = 0; row < 16; row++) {
                double exact = 0;
                double magnitude = 0;
                for (int col = 0; col < inputs; col++) {
                    double product = (double) dense.get(row, col) * x.get(0, col);
                    exact += product;
                    magnitude += Math.abs(product);
                }
                double bound = (type.type.unitRoundoff() + 1.01 * inputs * 0x1p-24) * magnitude;
                double error = Math.abs(y.get(0, row) - exact);
                assertTrue(error <= bound, "output " + row + ": error " + error + " above " + bound);
            }
        }
    }

    /** What the inputs of a sample are, besides small numbers. */
    enum InputKind {
        SMALL,
        SUBNORMAL,
        LARGEST_SCALED,
        LARGE,
        NOT_FINITE;

        float value(SplittableRandom random) {
            float sign = random.nextBoolean() ? 1 : -1;
            return sign
                    * switch (this) {
                        case SMALL -> random.nextFloat();
                        case SUBNORMAL -> Float.MIN_VALUE * random.nextInt(1 << 23);
                        case LARGEST_SCALED -> Math.nextDown(0x1p16f);
                        case LARGE -> 0x1p16f * (1 + random.nextInt(3));
                        case NOT_FINITE -> random.nextBoolean() ? Float.NaN : Float.POSITIVE_INFINITY;
                    };
        }
    }

    private static void assertSameProductOfOneSample(
            KernelArena arena,
            SparseMatrix halves,
            SparseMatrix floats,
            InputKind kind,
            SplittableRandom random,
            Workers workers) {
        int inputs = halves.pattern().cols();
        int outputs = halves.pattern().rows();
        PanelMatrix x = PanelMatrix.allocate(arena, 1, inputs);
        for (int col = 0; col < inputs; col++) {
            InputKind ofInput = random.nextInt(16) == 0 ? kind : InputKind.SMALL;
            x.set(0, col, ofInput.value(random));
        }
        PanelMatrix actual = PanelMatrix.allocate(arena, 1, outputs);
        PanelMatrix expected = PanelMatrix.allocate(arena, 1, outputs);
        SpmmPlan.forward(arena, halves, 1, Layout.PANELS, Epilogue.NONE, workers)
                .run(x, actual);
        SpmmPlan.forward(arena, floats, 1, Layout.PANELS, Epilogue.NONE, workers)
                .run(x, expected);
        for (int output = 0; output < outputs; output++) {
            assertEquals(expected.get(0, output), actual.get(0, output), "output " + output);
        }
    }

    /** Over the whole range of binary16, subnormal values and the largest one, too. */
    private static DenseMatrix finite(KernelArena arena, int rows, int cols, SplittableRandom random) {
        DenseMatrix dense = DenseMatrix.allocate(arena, rows, cols);
        for (int row = 0; row < rows; row++) {
            for (int col = 0; col < cols; col++) {
                float value = Math.scalb(random.nextFloat() - 0.5f, random.nextInt(-26, 16));
                dense.set(row, col, random.nextInt(50) == 0 ? -65504 : value);
            }
        }
        return dense;
    }

    /** The types that are not floats. */
    enum HalfType {
        BF16(ValueType.BF16),
        F16(ValueType.F16);

        final ValueType type;

        HalfType(ValueType type) {
            this.type = type;
        }
    }

    private static <W> void assertSameProduct(
            KernelArena arena,
            W halves,
            W floats,
            int inputs,
            int outputs,
            int batch,
            SplittableRandom random,
            BiFunction<W, Integer, SpmmPlan> plan) {
        PanelMatrix x = PanelMatrix.allocate(arena, batch, inputs);
        for (int row = 0; row < batch; row++) {
            for (int col = 0; col < inputs; col++) {
                x.set(row, col, random.nextFloat() - 0.5f);
            }
        }
        PanelMatrix actual = PanelMatrix.allocate(arena, batch, outputs);
        PanelMatrix expected = PanelMatrix.allocate(arena, batch, outputs);
        plan.apply(halves, batch).run(x, actual);
        plan.apply(floats, batch).run(x, expected);
        for (int row = 0; row < batch; row++) {
            for (int col = 0; col < outputs; col++) {
                assertEquals(
                        Float.floatToIntBits(expected.get(row, col)),
                        Float.floatToIntBits(actual.get(row, col)),
                        "sample " + row + ", output " + col + ": " + actual.get(row, col) + " instead of "
                                + expected.get(row, col));
            }
        }
    }

    /** Values over the whole range of the types: tiny and huge ones, zeros of both signs, an infinity or a NaN now and then. */
    private static DenseMatrix weights(KernelArena arena, int rows, int cols, SplittableRandom random) {
        DenseMatrix dense = DenseMatrix.allocate(arena, rows, cols);
        for (int row = 0; row < rows; row++) {
            for (int col = 0; col < cols; col++) {
                float value = Math.scalb(random.nextFloat() - 0.5f, random.nextInt(-26, 17));
                int special = random.nextInt(400);
                dense.set(
                        row,
                        col,
                        switch (special) {
                            case 0 -> Float.POSITIVE_INFINITY;
                            case 1 -> Float.NEGATIVE_INFINITY;
                            case 2 -> Float.NaN;
                            case 3 -> -0f;
                            case 4 -> 65504;
                            case 5 -> 0x1p-24f;
                            default -> value;
                        });
            }
        }
        return dense;
    }
}
