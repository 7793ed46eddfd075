package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.SpmmCase.Direction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every batch up to one that fills a panel, and some whose last panel is nearly empty: kernels leave out lanes behind the last sample. */
@Tag("species")
class FewSamplesTest {
    private static final int[] BATCHES = IntStream.concat(IntStream.rangeClosed(1, 65), IntStream.of(72, 80, 100, 129))
            .toArray();

    static Stream<SparseProblem> problems() {
        // Sides that no block of several divides, and rows of several turns of items with some left over.
        Stream<SparseProblem> blocks = Stream.of(
                        new int[] {1, 1},
                        new int[] {1, 4},
                        new int[] {4, 1},
                        new int[] {2, 2},
                        new int[] {5, 3},
                        new int[] {16, 16})
                .map(block -> Problem.of(1, 37, 83, block[0], block[1], 40).with(Values.SMALL_INTEGERS));
        return Stream.concat(
                blocks,
                Stream.of(
                        NmProblem.general(1, 36, 80, 2, 4, 1).with(Values.SMALL_INTEGERS),
                        NmProblem.general(1, 36, 80, 1, 4, 4).with(Values.SMALL_INTEGERS),
                        NmProblem.transposable(1, 32, 80, 2, 4).with(Values.SMALL_INTEGERS)));
    }

    @ParameterizedTest
    @MethodSource("problems")
    void spmmIsExactInPanels(SparseProblem problem) {
        for (int batch : BATCHES) {
            for (Direction direction : Direction.values()) {
                EpilogueKind[] kinds = EpilogueKind.values();
                SpmmCase product = new SpmmCase(problem.withBatch(batch), direction, kinds[batch % kinds.length]);
                product.expected().assertExact(product.resultOf(Layout.PANELS, 1));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("problems")
    void spmmIsExactInRows(SparseProblem problem) {
        for (int batch : BATCHES) {
            for (Direction direction : Direction.values()) {
                EpilogueKind epilogue = batch % 2 == 0 ? EpilogueKind.ACCUMULATE_BIAS_RELU : EpilogueKind.NONE;
                SpmmCase product = new SpmmCase(problem.withBatch(batch), direction, epilogue);
                product.expected().assertExact(product.resultOf(Layout.ROW_MAJOR, 1));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("problems")
    void sddmmIsExact(SparseProblem problem) {
        for (int batch : BATCHES) {
            SddmmCase product = new SddmmCase(problem.withBatch(batch), batch % 2 == 0);
            product.expected().assertExact(product.resultOf(Layout.PANELS, 1));
            product.expected().assertExact(product.resultOf(Layout.ROW_MAJOR, 1));
        }
    }

    @ParameterizedTest
    @MethodSource("problems")
    void workersChangeNoBit(SparseProblem problem) {
        for (int batch : new int[] {2, 3, 5, 8, 17, 33, 80}) {
            for (Direction direction : Direction.values()) {
                SpmmCase product = new SpmmCase(problem.withBatch(batch), direction, EpilogueKind.BIAS);
                Grid expected = product.resultOf(Layout.ROW_MAJOR, 1);
                assertTrue(expected.sameBits(product.resultOf(Layout.ROW_MAJOR, 3)), direction + ", batch " + batch);
            }
        }
    }

    /** Rows of the caller behind the last sample, and floats behind the last feature, are nobody's to write. */
    @ParameterizedTest
    @MethodSource("problems")
    void nothingIsWrittenBehindTheLastSample(SparseProblem problem) {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            SparseMatrix w = SparseMatrix.allocate(arena, problem.pattern());
            for (int batch : new int[] {2, 7, 12, 20, 33, 63}) {
                DenseMatrix x = DenseMatrix.allocate(arena, batch, problem.cols());
                int stride = problem.rows() + 5;
                DenseMatrix all = DenseMatrix.allocate(arena, batch + 3, stride);
                for (int row = 0; row < batch + 3; row++) {
                    for (int col = 0; col < stride; col++) {
                        all.set(row, col, 7);
                    }
                }
                DenseMatrix y = DenseMatrix.of(all.segment(), batch, problem.rows(), stride);
                SpmmPlan.forward(arena, w, batch, Layout.ROW_MAJOR, Epilogue.NONE, workers)
                        .run(x, y);
                for (int row = 0; row < batch + 3; row++) {
                    for (int col = 0; col < stride; col++) {
                        float expected = row < batch && col < problem.rows() ? 0 : 7;
                        assertTrue(all.get(row, col) == expected, batch + " samples: (" + row + ", " + col + ")");
                    }
                }
            }
        }
    }
}
