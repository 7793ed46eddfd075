package dev.rewire.kernels;

import dev.rewire.kernels.SpmmCase.Direction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No block side from 1 to 64 is left to chance: each stands at the edge and inside, tall, wide and square. */
@Tag("species")
class EveryBlockShapeTest {
    private static final int BATCH = 19;

    static Stream<Problem> shapes() {
        return IntStream.rangeClosed(1, BlockPattern.MAX_BLOCK)
                .boxed()
                .flatMap(side -> Stream.of(shape(side, side), shape(side, 65 - side), shape(side, 1), shape(1, side)))
                .distinct();
    }

    private static Problem shape(int blockRows, int blockCols) {
        // Two blocks and a part of a third in each direction.
        int rows = 2 * blockRows + (blockRows + 1) / 2;
        int cols = 2 * blockCols + (blockCols + 1) / 2;
        return Problem.of(BATCH, rows, cols, blockRows, blockCols, 60).with(Values.SMALL_INTEGERS);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void forward(Problem problem) {
        SpmmCase product = new SpmmCase(problem, Direction.FORWARD, EpilogueKind.BIAS);
        product.expected().assertExact(product.resultOf(Layout.PANELS, 1));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void forwardOfOneSample(Problem problem) {
        Problem single = Problem.of(1, problem.rows(), problem.cols(), problem.blockRows(), problem.blockCols(), 60)
                .with(Values.SMALL_INTEGERS);
        SpmmCase product = new SpmmCase(single, Direction.FORWARD, EpilogueKind.BIAS);
        product.expected().assertExact(product.resultOf(Layout.ROW_MAJOR, 1));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void backwardInput(Problem problem) {
        SpmmCase product = new SpmmCase(problem, Direction.BACKWARD_INPUT, EpilogueKind.ACCUMULATE);
        product.expected().assertExact(product.resultOf(Layout.PANELS, 1));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void backwardWeight(Problem problem) {
        SddmmCase product = new SddmmCase(problem, false);
        product.expected().assertExact(product.resultOf(Layout.PANELS, 1));
    }
}
