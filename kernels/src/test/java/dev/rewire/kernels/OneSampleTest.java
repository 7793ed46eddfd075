package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rewire.kernels.SpmmCase.Direction;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;

/** Samples one after the other, of blocks that are multiplied by lines of 16 places where they are dense enough, or that are whole vectors; values are small integers, whose sums are exact in any order. */
@Tag("species")
class OneSampleTest {
    private static final int ROWS = 37;
    private static final int COLS = 100;

    /** Rows and columns. */
    enum Block {
        B1X1(1, 1),
        B1X2(1, 2),
        B1X3(1, 3),
        B1X4(1, 4),
        B1X8(1, 8),
        B2X1(2, 1),
        B4X1(4, 1),
        B8X1(8, 1),
        B2X2(2, 2),
        B2X4(2, 4),
        B4X2(4, 2),
        B4X4(4, 4),
        B8X2(8, 2),
        B8X8(8, 8),
        B16X1(16, 1),
        B64X2(64, 2);

        private final int rows;
        private final int cols;

        Block(int rows, int cols) {
            this.rows = rows;
            this.cols = cols;
        }

        BlockPattern pattern(int percent, SplittableRandom random) {
            int all = ((ROWS + rows - 1) / rows) * ((COLS + cols - 1) / cols);
            return BlockPattern.random(ROWS, COLS, rows, cols, all * percent / 100, random);
        }
    }

    @Property(tries = 150)
    void everyBlockIsMultipliedOnce(
            @ForAll Direction direction,
            @ForAll Block block,
            @ForAll @IntRange(min = 0, max = 100) int percent,
            @ForAll @IntRange(min = 1, max = 5) int batch,
            @ForAll @IntRange(min = 1, max = 3) int threads,
            @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(threads)) {
            BlockSparseMatrix w = BlockSparseMatrix.allocate(arena, block.pattern(percent, random));
            SpmmPlan plan = direction.plan(arena, w, batch, Layout.ROW_MAJOR, Epilogue.NONE, workers);
            check(arena, w, direction, plan, batch, random, 1);
        }
    }

    /** Times a zero it would be NaN. */
    @Property(tries = 30)
    void anInfinityStaysOutOfWhatIsNotStored(
            @ForAll Direction direction,
            @ForAll Block block,
            @ForAll @IntRange(min = 20, max = 90) int percent,
            @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            BlockSparseMatrix w = BlockSparseMatrix.allocate(arena, block.pattern(percent, random));
            SpmmPlan plan = direction.plan(arena, w, 1, Layout.ROW_MAJOR, Epilogue.NONE, workers);
            check(arena, w, direction, plan, 1, random, Float.POSITIVE_INFINITY);
        }
    }

    @Property(tries = 30)
    void aRewiringMayLeaveFewerValuesThanALineHas(
            @ForAll Direction direction,
            @ForAll Block block,
            @ForAll @IntRange(min = 0, max = 100) int percent,
            @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            BlockSparseMatrix w = BlockSparseMatrix.allocate(arena, block.pattern(100, random));
            SpmmPlan plan = direction.plan(arena, w, 1, Layout.ROW_MAJOR, Epilogue.NONE, workers);
            w.rewire(block.pattern(percent / 10, random));
            plan.replan();
            check(arena, w, direction, plan, 1, random, 1);
        }
    }

    /** Of positive integers, of inputs the first as told. */
    private static void check(
            KernelArena arena,
            BlockSparseMatrix w,
            Direction direction,
            SpmmPlan plan,
            int batch,
            SplittableRandom random,
            float first) {
        boolean forward = direction == Direction.FORWARD;
        int inputs = forward ? COLS : ROWS;
        int outputs = forward ? ROWS : COLS;
        for (int row = 0; row < ROWS; row++) {
            for (int col = 0; col < COLS; col++) {
                if (w.pattern().stores(row, col)) {
                    w.set(row, col, random.nextInt(1, 9));
                }
            }
        }
        DenseMatrix x = DenseMatrix.allocate(arena, batch, inputs);
        for (int sample = 0; sample < batch; sample++) {
            for (int input = 0; input < inputs; input++) {
                x.set(sample, input, input == 0 ? first : random.nextInt(1, 9));
            }
        }
        DenseMatrix y = DenseMatrix.allocate(arena, batch, outputs);
        plan.run(x, y);
        for (int sample = 0; sample < batch; sample++) {
            for (int output = 0; output < outputs; output++) {
                float expected = 0;
                for (int input = 0; input < inputs; input++) {
                    int row = forward ? output : input;
                    int col = forward ? input : output;
                    if (w.pattern().stores(row, col)) {
                        expected += x.get(sample, input) * w.get(row, col);
                    }
                }
                assertEquals(expected, y.get(sample, output), "sample " + sample + ", output " + output);
            }
        }
    }
}
