package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;

/** Stored places taken out of a gradient of all places, whose rows are long enough to be written as whole vectors. */
@Tag("species")
class DenseGradientLinesTest {
    private static final int ROWS = 40;
    private static final int COLS = 100;
    private static final float OLD = 1000;

    @Property(tries = 60)
    void blocksOfOneRowGetWhatBelongsToThem(
            @ForAll @IntRange(min = 1, max = 20) int width,
            @ForAll @IntRange(min = 0, max = 100) int percent,
            @ForAll @IntRange(min = 1, max = 150) int batch,
            @ForAll boolean accumulate,
            @ForAll @IntRange(min = 1, max = 3) int threads,
            @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int blocks = ROWS * ((COLS + width - 1) / width) * percent / 100;
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(threads)) {
            BlockSparseMatrix dw =
                    BlockSparseMatrix.allocate(arena, BlockPattern.random(ROWS, COLS, 1, width, blocks, random));
            dw.fill(OLD);
            DenseMatrix dy = small(DenseMatrix.allocate(arena, batch, ROWS), random);
            DenseMatrix x = small(DenseMatrix.allocate(arena, batch, COLS), random);
            SddmmPlan.backwardWeight(arena, dw, batch, Layout.ROW_MAJOR, accumulate, workers, PlanChoice.DENSE)
                    .run(dy, x);
            for (int row = 0; row < ROWS; row++) {
                for (int col = 0; col < COLS; col++) {
                    if (dw.pattern().stores(row, col)) {
                        float expected = accumulate ? OLD : 0;
                        for (int sample = 0; sample < batch; sample++) {
                            expected += dy.get(sample, row) * x.get(sample, col);
                        }
                        assertEquals(expected, dw.get(row, col), row + ", " + col);
                    }
                }
            }
        }
    }

    /** Of integers, whose sums are exact in any order. */
    private static DenseMatrix small(DenseMatrix matrix, SplittableRandom random) {
        for (int row = 0; row < matrix.rows(); row++) {
            for (int col = 0; col < matrix.cols(); col++) {
                matrix.set(row, col, random.nextInt(-8, 9));
            }
        }
        return matrix;
    }
}
