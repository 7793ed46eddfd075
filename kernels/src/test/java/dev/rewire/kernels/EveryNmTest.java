package dev.rewire.kernels;

import dev.rewire.kernels.SpmmCase.Direction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No N:M is left to chance, nor how many rows share their places. */
@Tag("species")
class EveryNmTest {
    private static final int BATCH = 19;

    static Stream<NmProblem> general() {
        return shapes(false);
    }

    static Stream<NmProblem> transposable() {
        return shapes(true);
    }

    /** Five groups leave a rest in a vector unless M is 16. */
    private static Stream<NmProblem> shapes(boolean transposable) {
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
    @MethodSource("general")
    void forward(NmProblem problem) {
        SpmmCase product = new SpmmCase(problem, Direction.FORWARD, EpilogueKind.BIAS);
        product.expected().assertExact(product.resultOf(Layout.PANELS, 1));
    }

    @ParameterizedTest
    @MethodSource("general")
    void forwardOfOneSample(NmProblem problem) {
        SpmmCase product = new SpmmCase(problem.withBatch(1), Direction.FORWARD, EpilogueKind.BIAS);
        product.expected().assertExact(product.resultOf(Layout.ROW_MAJOR, 1));
    }

    @ParameterizedTest
    @MethodSource("transposable")
    void backwardInput(NmProblem problem) {
        SpmmCase product = new SpmmCase(problem, Direction.BACKWARD_INPUT, EpilogueKind.ACCUMULATE);
        product.expected().assertExact(product.resultOf(Layout.PANELS, 1));
    }

    @ParameterizedTest
    @MethodSource("transposable")
    void backwardInputOfOneSample(NmProblem problem) {
        SpmmCase product = new SpmmCase(problem.withBatch(1), Direction.BACKWARD_INPUT, EpilogueKind.ACCUMULATE);
        product.expected().assertExact(product.resultOf(Layout.ROW_MAJOR, 1));
    }

    @ParameterizedTest
    @MethodSource("general")
    void backwardWeight(NmProblem problem) {
        SddmmCase product = new SddmmCase(problem, false);
        product.expected().assertExact(product.resultOf(Layout.PANELS, 1));
    }
}
