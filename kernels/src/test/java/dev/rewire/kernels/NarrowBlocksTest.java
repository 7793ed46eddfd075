package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.SpmmCase.Direction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Few samples and narrow blocks, which have kernels of their own, in batches around the one from which on panels are faster. */
@Tag("species")
class NarrowBlocksTest {
    private static final String SHAPES = """
            1, 1
            1, 2
            1, 3
            1, 4
            2, 1
            3, 1
            4, 1
            2, 2
            """;

    @ParameterizedTest
    @CsvSource(textBlock = SHAPES)
    void eachEpilogueIsWithinTheBound(int blockRows, int blockCols) {
        for (EpilogueKind epilogue : EpilogueKind.values()) {
            for (int batch = 1; batch <= 4; batch++) {
                for (Direction direction : Direction.values()) {
                    // Sides that no block of several divides, so that the last ones reach over the edge.
                    Problem problem = new Problem(batch, 61, 83, blockRows, blockCols, 30, 1, 3, Values.UNIFORM, batch);
                    SpmmCase product = new SpmmCase(problem, direction, epilogue);
                    product.expected().assertWithinBound(product.resultOf(Layout.PANELS, 1));
                    if (!epilogue.mask) {
                        product.expected().assertWithinBound(product.resultOf(Layout.ROW_MAJOR, 1));
                        product.expected().assertWithinBound(product.resultOf(Layout.FEATURE_MAJOR, 1));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = SHAPES)
    void gradientsAreWithinTheBound(int blockRows, int blockCols) {
        for (int batch = 1; batch <= 4; batch++) {
            Problem problem = new Problem(batch, 61, 83, blockRows, blockCols, 30, 1, 3, Values.UNIFORM, batch);
            for (Layout layout : Layout.values()) {
                for (int threads = 1; threads <= 3; threads += 2) {
                    SddmmCase adding = new SddmmCase(problem, true);
                    adding.expected().assertWithinBound(adding.resultOf(layout, threads));
                    SddmmCase writing = new SddmmCase(problem, false);
                    writing.expected().assertWithinBound(writing.resultOf(layout, threads));
                }
            }
        }
    }

    /** Enough values that those that are scattered are cut into several parts. */
    @ParameterizedTest
    @CsvSource(textBlock = SHAPES)
    void workersChangeNoBit(int blockRows, int blockCols) {
        for (int batch = 1; batch <= 4; batch += 2) {
            for (Direction direction : Direction.values()) {
                SpmmCase product = new SpmmCase(
                        Problem.of(batch, 501, 403, blockRows, blockCols, 60), direction, EpilogueKind.NONE);
                Grid expected = product.resultOf(Layout.ROW_MAJOR, 1);
                product.expected().assertWithinBound(expected);
                for (int threads = 2; threads <= 3; threads++) {
                    Grid actual = product.resultOf(Layout.ROW_MAJOR, threads);
                    assertTrue(expected.sameBits(actual), direction + ", batch " + batch + ", " + threads + " threads");
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = SHAPES)
    void replansForAnotherPattern(int blockRows, int blockCols) {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            Problem problem = Problem.of(1, 41, 41, blockRows, blockCols, 30);
            BlockSparseMatrix w = BlockSparseMatrix.allocate(arena, problem.pattern());
            int blocks = w.pattern().blocks();
            DenseMatrix x = DenseMatrix.allocate(arena, 1, 41);
            for (int i = 0; i < 41; i++) {
                x.set(0, i, 1);
            }
            DenseMatrix y = DenseMatrix.allocate(arena, 1, 41);
            for (Direction direction : Direction.values()) {
                SpmmPlan plan = direction.plan(arena, w, 1, Layout.ROW_MAJOR, Epilogue.NONE, workers);
                w.rewire(BlockPattern.random(
                        41, 41, blockRows, blockCols, blocks, problem.random(direction == Direction.FORWARD ? 8 : 9)));
                w.fill(1);
                plan.replan();
                plan.run(x, y);
                for (int i = 0; i < 41; i++) {
                    float stored = 0;
                    for (int j = 0; j < 41; j++) {
                        stored += direction == Direction.FORWARD ? w.get(i, j) : w.get(j, i);
                    }
                    assertEquals(stored, y.get(0, i), direction + ", output " + i);
                }
            }
        }
    }
}
