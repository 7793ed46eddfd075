package dev.rewire.kernels;

import dev.rewire.kernels.SpmmCase.Direction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * No format is left to chance: no block side from 1 to 64, each at the edge and inside, tall, wide and square; no N:M, nor how many rows share
 * their places.
 */
@Tag("species")
class EveryFormatTest {
    private static final int BATCH = 19;

    static Stream<SparseProblem> any() {
        return Stream.concat(blocks(), nm(false));
    }

    /** Of N:M those whose columns are N:M, too: what the others are multiplied as is among the blocks. */
    static Stream<SparseProblem> backward() {
        return Stream.concat(blocks(), nm(true));
    }

    private static Stream<SparseProblem> blocks() {
        return IntStream.rangeClosed(1, BlockPattern.MAX_BLOCK)
                .boxed()
                .flatMap(side -> Stream.of(block(side, side), block(side, 65 - side), block(side, 1), block(1, side)))
                .distinct();
    }

    private static SparseProblem block(int blockRows, int blockCols) {
        // Two blocks and a part of a third in each direction.
        int rows = 2 * blockRows + (blockRows + 1) / 2;
        int cols = 2 * blockCols + (blockCols + 1) / 2;
        return Problem.of(BATCH, rows, cols, blockRows, blockCols, 60).with(Values.SMALL_INTEGERS);
    }

    /** Five groups leave a rest in a vector unless M is 16. */
    private static Stream<SparseProblem> nm(boolean transposable) {
        return Stream.of(2, 4, 8, 16)
                .flatMap(m -> IntStream.rangeClosed(1, m)
                        .boxed()
                        .flatMap(n -> Stream.of(1, 2, 4, 8)
                                .map(v -> new NmProblem(
                                        new NmCase(transposable ? 2 * m : 3 * v, 5, n, m, v, 1),
                                        transposable,
                                        BATCH,
                                        0,
                                        0,
                                        Values.SMALL_INTEGERS))));
    }

    @ParameterizedTest
    @MethodSource("any")
    void forward(SparseProblem problem) {
        SpmmCase product = new SpmmCase(problem, Direction.FORWARD, EpilogueKind.BIAS);
        product.expected().assertExact(product.resultOf(Layout.PANELS, 1));
    }

    @ParameterizedTest
    @MethodSource("any")
    void forwardOfOneSample(SparseProblem problem) {
        SpmmCase product = new SpmmCase(problem.withBatch(1), Direction.FORWARD, EpilogueKind.BIAS);
        product.expected().assertExact(product.resultOf(Layout.ROW_MAJOR, 1));
    }

    @ParameterizedTest
    @MethodSource("backward")
    void backwardInput(SparseProblem problem) {
        SpmmCase product = new SpmmCase(problem, Direction.BACKWARD_INPUT, EpilogueKind.ACCUMULATE);
        product.expected().assertExact(product.resultOf(Layout.PANELS, 1));
    }

    @ParameterizedTest
    @MethodSource("backward")
    void backwardInputOfOneSample(SparseProblem problem) {
        SpmmCase product = new SpmmCase(problem.withBatch(1), Direction.BACKWARD_INPUT, EpilogueKind.ACCUMULATE);
        product.expected().assertExact(product.resultOf(Layout.ROW_MAJOR, 1));
    }

    @ParameterizedTest
    @MethodSource("any")
    void backwardWeight(SparseProblem problem) {
        SddmmCase product = new SddmmCase(problem, false);
        product.expected().assertExact(product.resultOf(Layout.PANELS, 1));
    }
}
