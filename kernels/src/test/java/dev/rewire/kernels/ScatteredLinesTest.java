package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;

/** One sample backward to the input, of rows that are dense enough to be walked by lines of 16 places. */
@Tag("species")
class ScatteredLinesTest {
    private static final int ROWS = 37;
    private static final int COLS = 100;

    @Property(tries = 60)
    void everyRowGivesWhatItStores(
            @ForAll @IntRange(min = 1, max = 4) int width,
            @ForAll @IntRange(min = 0, max = 100) int percent,
            @ForAll @IntRange(min = 1, max = 3) int threads,
            @ForAll long seed) {
        check(width, percent, threads, new SplittableRandom(seed), 1);
    }

    /** Times a zero it would be NaN. */
    @Property(tries = 20)
    void anInfiniteGradientStaysOutOfWhatItsRowDoesNotStore(
            @ForAll @IntRange(min = 20, max = 90) int percent, @ForAll long seed) {
        check(1, percent, 1, new SplittableRandom(seed), Float.POSITIVE_INFINITY);
    }

    /** Of positive integers, whose sums are exact in any order, and a first gradient. */
    private static void check(int width, int percent, int threads, SplittableRandom random, float first) {
        int blocks = ROWS * ((COLS + width - 1) / width) * percent / 100;
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(threads)) {
            BlockSparseMatrix w =
                    BlockSparseMatrix.allocate(arena, BlockPattern.random(ROWS, COLS, 1, width, blocks, random));
            DenseMatrix dy = DenseMatrix.allocate(arena, 1, ROWS);
            for (int row = 0; row < ROWS; row++) {
                dy.set(0, row, row == 0 ? first : random.nextInt(1, 9));
                for (int col = 0; col < COLS; col++) {
                    if (w.pattern().stores(row, col)) {
                        w.set(row, col, random.nextInt(1, 9));
                    }
                }
            }
            DenseMatrix dx = DenseMatrix.allocate(arena, 1, COLS);
            SpmmPlan.backwardInput(arena, w, 1, Layout.ROW_MAJOR, Epilogue.NONE, workers)
                    .run(dy, dx);
            for (int col = 0; col < COLS; col++) {
                float expected = 0;
                for (int row = 0; row < ROWS; row++) {
                    if (w.pattern().stores(row, col)) {
                        expected += dy.get(0, row) * w.get(row, col);
                    }
                }
                assertEquals(expected, dx.get(0, col), "input " + col);
            }
        }
    }
}
